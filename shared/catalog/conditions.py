"""A programme's conditions as a tree: all of these, any of these, or one thing to find out about the submitter."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from shared.catalog.strict import Bilingual, Entry, Kind, Text
from shared.regions import REGIONS

Work = Literal["employee", "civil_servant", "private_school", "self_employed"]
"""What a submitter may declare about their work; the same words as `shared.facts.Submitter.declared_work`."""
Undecided = Literal["not_met", "cannot_tell"]


def _known_region(name: str) -> str:
    if name not in REGIONS:
        raise ValueError(f"{name} is no region that addresses are told by; known are {', '.join(sorted(REGIONS))}")
    return name


Region = Annotated[Text, AfterValidator(_known_region)]
"""`seoul`, `capital_area`, or a district of Seoul by its name."""


class AgeBetween(Entry):
    """The holder's age on the as-of date is `low` to `high`, both included."""

    kind: Literal["age_between"]
    low: int = Field(ge=0)
    high: int | None = None
    """Null: any age from `low` on."""
    counted: Literal["birthday", "calendar_year"]
    """`birthday`: completed years (만 나이). `calendar_year`: year less birth year, where a notice lists years."""

    @model_validator(mode="after")
    def _low_to_high(self) -> Self:
        if self.high is not None and self.high < self.low:
            raise ValueError(f"high ({self.high}) is below low ({self.low}), so nobody is of that age: exchange them")
        return self


class LivesIn(Entry):
    """The holder's registered address is in the region."""

    kind: Literal["lives_in"]
    region: Region


class WorksIn(Entry):
    """The holder works, on the as-of date, at a workplace in the region."""

    kind: Literal["works_in"]
    region: Literal["seoul"]
    outside_insurance: tuple[Work, ...] = ()
    """Declared kinds of work of which the employment-insurance history shows nothing (고용보험법 제10조)."""


class DeclaresWork(Entry):
    """The holder declares this work. No certificate shows it yet, so by itself it is at most "cannot tell"."""

    kind: Literal["declares_work"]
    work: Work
    region: Literal["seoul"]


class Holds(Entry):
    """The holder has a certificate of one of the observed kinds that counts, which is all that it takes."""

    kind: Literal["holds"]
    contradicted_by: tuple[Kind, ...] = ()
    """Those of the observed kinds that show the contrary. Where both are sent, nothing can be told."""


class OneOf(Entry):
    """The observed value, a choice, is one of these codes of the certificate's template."""

    kind: Literal["one_of"]
    codes: tuple[Text, ...] = Field(min_length=1)


class Ticked(Entry):
    """How the ticked options compare with these codes of the certificate's template."""

    kind: Literal["ticked"]
    relation: Literal["none_of", "only", "any_of"]
    codes: tuple[Text, ...] = Field(min_length=1)


class InRegister(Entry):
    """The holder is listed on the observed household copy of the resident register."""

    kind: Literal["in_register"]


class SpouseInRegister(Entry):
    """The holder's spouse is listed beside them.

    Where none is, there may be none, or one who is registered elsewhere: that is never "not met".
    """

    kind: Literal["spouse_in_register"]


class IncomeAtMost(Entry):
    """The household's recognised income (소득인정액) is at most this share of the standard median income.

    No certificate of a citizen shows it, so it is "cannot tell" until an official has found it out; what is read is
    compared for them to see.
    """

    kind: Literal["income_at_most"]
    percent: int = Field(ge=1)
    parameter: Literal["median_income"]


class External(Entry):
    """Something that no certificate shows and another register or office knows."""

    kind: Literal["external"]
    asks: Bilingual
    """A whole sentence: what is to be looked up, and where."""
    unless_shown: Undecided = "cannot_tell"
    """What holds until then. Missing is not false, so `not_met` needs a notice that says so."""

    @field_validator("asks")
    @classmethod
    def _whole_sentences(cls, asks: Bilingual) -> Bilingual:
        if not asks.ko.endswith("니다.") or not asks.en.endswith("."):
            raise ValueError("asks is read aloud, so it ends as a whole sentence does (-니다.)")
        return asks


Test = Annotated[
    AgeBetween
    | LivesIn
    | WorksIn
    | DeclaresWork
    | Holds
    | OneOf
    | Ticked
    | InRegister
    | SpouseInRegister
    | IncomeAtMost
    | External,
    Field(discriminator="kind"),
]


BY_PERSON = ("external", "income_at_most", "spouse_in_register", "declares_work")
"""Tests that certificates can leave open whatever they say: what an official finds settles them."""


class Source(Entry):
    """Where a rule comes from: a law's article or a notice."""

    title: Text
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None


class Leaf(Entry):
    """One thing to find out, with what is said of each result."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")]
    name: Bilingual
    test: Test
    observes: dict[Kind, Text] = Field(default_factory=dict)
    """The kinds of certificate that can show it, and the value of each that does, by its name in the template."""
    when_not_sent: Undecided = "cannot_tell"
    """The result when none of those kinds was sent. Missing is not false, so `not_met` needs a notice that says so."""
    met: Bilingual
    not_met: Bilingual
    cannot_tell: Bilingual
    law: Source

    @field_validator("met", "not_met", "cannot_tell")
    @classmethod
    def _says_why(cls, text: Bilingual) -> Bilingual:
        for said in (text.ko, text.en):
            if said.count("{why}") != 1 or said.count("{") != 1:
                raise ValueError("a reason holds {why} once and no other brace")
        return text

    @property
    def by_person(self) -> bool:
        """Whether an official's finding settles it."""
        return self.test.kind in BY_PERSON

    @property
    def leaves(self) -> tuple["Leaf", ...]:
        """Itself."""
        return (self,)


class All(Entry):
    """Every one of these."""

    all: tuple["Condition", ...] = Field(min_length=1)

    @property
    def parts(self) -> tuple["Condition", ...]:
        """What it joins."""
        return self.all

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves below, in the order in which they stand."""
        return tuple(leaf for part in self.parts for leaf in part.leaves)


class AnyOf(Entry):
    """At least one of these."""

    any: tuple["Condition", ...] = Field(min_length=1)

    @property
    def parts(self) -> tuple["Condition", ...]:
        """What it joins."""
        return self.any

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves below, in the order in which they stand."""
        return tuple(leaf for part in self.parts for leaf in part.leaves)


def _shape(node: Any) -> str:
    """Name the shape by the key that stands in it. `as` keeps the name out of the place that an error names."""
    if isinstance(node, dict):
        return next((f"as {key}" for key in ("all", "any") if key in node), "as leaf")
    return "as all" if isinstance(node, All) else "as any" if isinstance(node, AnyOf) else "as leaf"


Condition = Annotated[
    Annotated[All, Tag("as all")] | Annotated[AnyOf, Tag("as any")] | Annotated[Leaf, Tag("as leaf")],
    Discriminator(_shape),
]

All.model_rebuild()
AnyOf.model_rebuild()


def placed(node: All | AnyOf | Leaf, place: str) -> Iterator[tuple[str, Leaf, tuple[Leaf, ...]]]:
    """Give every leaf of the tree that stands at `place`, with its own place and with the leaves that outweigh it.

    Those stand beside it, or beside something it is part of: joined with the same again, it changes nothing.
    """
    yield from _placed(node, place, ())


def _placed(
    node: All | AnyOf | Leaf, place: str, above: tuple[Leaf, ...]
) -> Iterator[tuple[str, Leaf, tuple[Leaf, ...]]]:
    if isinstance(node, Leaf):
        yield place, node, above
        return
    word = "all" if isinstance(node, All) else "any"
    for at, part in enumerate(node.parts):
        beside = tuple(
            one
            for other, one in enumerate(node.parts)
            if isinstance(one, Leaf) and other != at and _before(other, at, part)
        )
        yield from _placed(part, f"{place}.{word}.{at}", (*above, *beside))


def _before(other: int, at: int, part: All | AnyOf | Leaf) -> bool:
    """Of two leaves that are the same the second is the idle one; a branch is idle whichever stands first."""
    return other < at or not isinstance(part, Leaf)
