"""A programme is data: what it is called, when it is open, what it accepts and what it requires."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from shared.catalog.conditions import Condition, Leaf, Source
from shared.catalog.parameters import MedianIncome
from shared.catalog.ranks import Level, ScoreItem, Selection
from shared.catalog.strict import Bilingual, Entry, Kind, Slug, Text
from shared.clock import seoul_date


class Accepts(Entry):
    """Which certificates a submission needs: every one of `all_of`, and at least one of `any_of` where it names any."""

    all_of: tuple[Kind, ...] = ()
    any_of: tuple[Kind, ...] = ()
    also: tuple[Kind, ...] = ()
    """Kinds that may be sent beside them and need not be."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind that may be sent."""
        return tuple(dict.fromkeys((*self.all_of, *self.any_of, *self.also)))

    def satisfied_by(self, sent: Collection[str]) -> bool:
        """Tell whether the kinds `sent` are enough, and none of them is a kind that is not accepted."""
        enough = set(self.all_of) <= set(sent) and (not self.any_of or bool(set(self.any_of) & set(sent)))
        return enough and set(sent) <= set(self.kinds)


class AsOf(Entry):
    """The date on which the conditions must hold: of submission, of announcement, or another the notice names."""

    policy: Literal["submission_date", "announcement", "fixed_date"]
    day: date | None = None

    @model_validator(mode="after")
    def _day_when_fixed(self) -> Self:
        if (self.policy == "fixed_date") != (self.day is not None):
            raise ValueError("a day goes with fixed_date, and with nothing else")
        return self


class Unverified(Entry):
    """A value in this file that no source was found for. It is shown with its label wherever it is shown."""

    place: Text
    """Dotted path in the file; a part of a list by its `code`, `id` or place from 0."""
    label: Literal["미확인", "예시"]
    """`미확인`: not found, or only inferred. `예시`: a sample, to be replaced by whoever runs the programme."""
    reason: Text


class LegalBasis(Entry):
    """What permits processing resident registration numbers (주민등록번호).

    개인정보 보호법 제24조의2제1항 wants a law, a Presidential Decree or the like that says so specifically.
    An ordinance, a ministry rule or consent is none.
    """

    law: Text
    """The act or decree, and its article."""
    text: Text
    """What it says, in a few words."""


class Programme(Entry):
    """One version of one programme (사업)."""

    id: Kind
    version: int = Field(ge=1)
    in_force_from: date | None = None
    """The first Asia/Seoul day on which this version is applied; null: from the beginning."""
    draft: bool = False
    """Whether it is only tried out: never applied, but a run may name it."""
    name: Bilingual
    aliases: tuple[Text, ...] = ()
    institution: Slug
    office: Slug
    """The responsible office, one of the institution's: it answers questions, runs selections, publishes versions."""
    districts: tuple[Slug, ...] = ()
    """Further offices that a citizen may send to, of any institution: of the districts (자치구), for one."""
    notice: Source
    opens_at: AwareDatetime | None
    closes_at: AwareDatetime | None
    announced_on: date | None = None
    """공고일, the day of the announcement."""
    as_of: AsOf
    accepts: Accepts
    freshness_days: dict[Kind, Annotated[int, Field(ge=0)]]
    """How many days before the as-of date a certificate may have been issued; a kind that is not named has no limit."""
    issued_on_or_after: dict[Kind, Literal["announcement"]] = Field(default_factory=dict)
    """Kinds of which only a certificate issued on the day of the announcement or later counts."""
    newest_counts: tuple[Kind, ...] = ()
    """Kinds that print a register: of several the newest print holds. Of other kinds each one counts."""
    unverified_certificates: Literal["accept", "cannot_tell"] = "accept"
    """What a certificate is worth whose genuineness was not checked (미검증): as good as read, or a person's look."""
    rrn_basis: LegalBasis | None = None
    """What permits keeping whole resident registration numbers; where nothing does, they are blacked out."""
    undo_minutes: int = Field(ge=0)
    """How long a decision can be undone before it is said to the citizen."""
    answers_within: int | None = Field(default=None, ge=1)
    """Within how many working days from the day of receipt an answer is expected. Told as expected, never promised."""
    retention_days: int = Field(ge=1)
    take_back_policy: Bilingual
    conditions: Condition
    priorities: tuple[Level, ...] = ()
    """The priority list (우선순위): beside the conditions, some level of it must be met. Empty: there is none."""
    score_table: tuple[ScoreItem, ...] = ()
    """The table of points (배점표). Empty: there is none."""
    selection: Selection | None = None
    """Null: nobody is ranked, and everybody who is eligible has a place."""
    unverified: tuple[Unverified, ...] = ()
    titles: dict[Kind, Bilingual] = Field(default_factory=dict)
    """What its certificates are called. Filled in by the loader from the certificates' own files."""
    printed: dict[str, Text] = Field(default_factory=dict)
    """What stands on a certificate for a code, by kind, value and code: `DISAB.degree.severe`. Filled in likewise."""
    median_income: MedianIncome | None = None
    """Filled in by the loader where a condition compares with it."""
    closed_because: Bilingual | None = None
    """Why it closes at `closes_at`, where somebody closed it sooner than its file says. Filled in likewise."""

    @model_validator(mode="after")
    def _districts_are_further_offices(self) -> Self:
        if len(set(self.offices)) != len(self.offices):
            raise ValueError("districts are further offices: name each once, and not the responsible one again")
        return self

    @property
    def offices(self) -> tuple[Slug, ...]:
        """Every office that receives for it, the responsible one first."""
        return (self.office, *self.districts)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Its conditions one by one, in order; those of the priority list behind them."""
        return sum((level.condition.leaves for level in self.priorities), self.conditions.leaves)

    def label_of(self, place: str) -> Literal["미확인", "예시"] | None:
        """Give the label of a value for which no source was found, by its place; None where one was."""
        return next((one.label for one in self.unverified if one.place == place), None)

    def is_open(self, now: datetime) -> bool:
        """Tell whether it takes submissions at the aware instant `now`: from the opening on, up to the closing."""
        return (self.opens_at is None or self.opens_at <= now) and (self.closes_at is None or now < self.closes_at)

    @property
    def pinned_day(self) -> date | None:
        """The as-of date of everybody alike; None where each submission has its own."""
        return self.announced_on if self.as_of.policy == "announcement" else self.as_of.day

    def as_of_date(self, received_at: datetime) -> date:
        """Give the as-of date of a submission, or of a supplement, received at the aware instant `received_at`."""
        return self.pinned_day or seoul_date(received_at)
