"""How those who are eligible are put in order: priority levels, a table of points, and what gives out the places."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.catalog.conditions import Condition, Region
from shared.catalog.strict import Bilingual, Entry, Kind, Text

Order = Literal["priority", "score", "first_come", "lottery"]


class Selection(Entry):
    """How places are given to those who are eligible."""

    order: tuple[Order, ...] = Field(min_length=1)
    """Compared one after another: lower level first, higher score first, earlier first, or as a lottery draws."""
    quota: int | None = Field(ge=1)
    """Places; null: everybody who is eligible."""
    waiting_list: int | None = Field(default=None, ge=0)
    """Places on the waiting list; null: everybody who is left."""
    one_per: Literal["submission", "person", "household"]
    """Of several submissions of one of these only the first can be selected."""
    second_approver: bool
    """Whether a bulk decision needs a second official."""

    @field_validator("order")
    @classmethod
    def _leaves_no_ties(cls, order: tuple[Order, ...]) -> tuple[Order, ...]:
        breaks = [one in ("first_come", "lottery") for one in order]
        if not breaks[-1] or any(breaks[:-1]):
            raise ValueError("order ends with first_come or lottery, which leave no ties, and has neither before")
        if len(set(order)) < len(order):
            raise ValueError("order names one thing twice")
        return order


class Level(Entry):
    """One level of a priority list. Somebody is on the first that is met while every one before it is not."""

    level: int = Field(ge=1)
    name: Bilingual
    condition: Condition


class Band(Entry):
    """The points of the values from `low` to `high`, both included; null: from there on."""

    low: int = Field(ge=0)
    high: int | None = None
    points: int

    @model_validator(mode="after")
    def _low_to_high(self) -> Self:
        if self.high is not None and self.high < self.low:
            raise ValueError(f"high ({self.high}) is below low ({self.low}), so no value is between: exchange them")
        return self


class _Item(Entry):
    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")]
    name: Bilingual


class CodeItem(_Item):
    """Points by the code of a choice."""

    kind: Literal["code"]
    observes: dict[Kind, Text] = Field(min_length=1)
    points: dict[Text, int] = Field(min_length=1)


class _Banded(_Item):
    bands: tuple[Band, ...] = Field(min_length=1)

    @field_validator("bands")
    @classmethod
    def _apart(cls, bands: tuple[Band, ...]) -> tuple[Band, ...]:
        for one, after in pairwise(bands):
            if one.high is None or after.low <= one.high:
                raise ValueError(f"the band from {after.low} overlaps the one before it: begin it above its high")
        return bands

    def points_of(self, value: int) -> int:
        """Give the points of a value; none where no band holds it."""
        return next((one.points for one in self.bands if one.low <= value and value <= (one.high or value)), 0)


class AgeItem(_Banded):
    """Points by age in completed years on the as-of date."""

    kind: Literal["age"]


class MembersItem(_Banded):
    """Points by how many people the household copy of the register lists."""

    kind: Literal["members"]


class ResidenceItem(_Banded):
    """Points by the completed years of living in the region without a break, up to the as-of date."""

    kind: Literal["residence_years"]
    region: Region
    observes: dict[Kind, Text] = Field(min_length=1)


class ExternalItem(_Item):
    """Points that only another register or office can tell."""

    kind: Literal["external"]


ScoreItem = Annotated[
    CodeItem | AgeItem | MembersItem | ResidenceItem | ExternalItem,
    Field(discriminator="kind"),
]
