"""A programme's conditions as a tree: all of these, any of these, or one thing to find out about the submitter."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from shared.catalog.strict import Bilingual, Entry, Kind, Text

Work = Literal["employee", "civil_servant", "private_school", "self_employed"]
"""What a submitter may declare about their work; the same words as `shared.facts.Submitter.declared_work`."""
Region = Literal["seoul"]
Undecided = Literal["not_met", "cannot_tell"]


class AgeBetween(Entry):
    """The holder's age on the as-of date is `low` to `high`, both included."""

    kind: Literal["age_between"]
    low: int = Field(ge=0)
    high: int
    counted: Literal["birthday", "calendar_year"]
    """`birthday`: completed years (만 나이). `calendar_year`: year less birth year, where a notice lists years."""

    @model_validator(mode="after")
    def _low_to_high(self) -> Self:
        if self.high < self.low:
            raise ValueError(f"high ({self.high}) is below low ({self.low})")
        return self


class LivesIn(Entry):
    """The holder's registered address is in the region."""

    kind: Literal["lives_in"]
    region: Region


class WorksIn(Entry):
    """The holder works, on the as-of date, at a workplace in the region."""

    kind: Literal["works_in"]
    region: Region
    outside_insurance: tuple[Work, ...] = ()
    """Declared kinds of work of which the employment-insurance history shows nothing (고용보험법 제10조)."""


class DeclaresWork(Entry):
    """The holder declares this work. No certificate shows it yet, so it is at most "cannot tell", never met."""

    kind: Literal["declares_work"]
    work: Work
    region: Region


Test = Annotated[AgeBetween | LivesIn | WorksIn | DeclaresWork, Field(discriminator="kind")]


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


class All(Entry):
    """Every one of these."""

    all: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(Entry):
    """At least one of these."""

    any: tuple["Condition", ...] = Field(min_length=1)


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


def leaves(condition: All | AnyOf | Leaf) -> Iterator[Leaf]:
    """Give the leaves of a tree, in the order in which they stand."""
    match condition:
        case Leaf():
            yield condition
        case All(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from leaves(part)
