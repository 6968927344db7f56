"""Figures that the state sets anew from time to time: each with its first day, its source, and how sure it is."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from shared.catalog.strict import Bilingual, Entry, Text

Mark = Literal["V", "V2", "M", "computed"]
"""`V`: read in the source. `V2`: read at second hand. `M`: from memory, unverified. `computed`: by arithmetic alone."""


class Amount(Entry):
    """An amount of won a month."""

    won: int = Field(ge=0)
    mark: Mark

    @property
    def label(self) -> Literal["미확인"] | None:
        """What stands beside it wherever it is shown: 미확인 where nothing was found that says so."""
        return "미확인" if self.mark in ("M", "computed") else None


class YearTable(Entry):
    """The amounts of a year, by the number of people in a household."""

    in_force_from: date
    source: Text
    by_persons: dict[Annotated[int, Field(ge=1)], Amount] = Field(min_length=1)

    def of(self, persons: int) -> Amount | None:
        """Give the amount for a household of so many; None where none is stated."""
        return self.by_persons.get(persons)


class MedianIncome(Entry):
    """기준 중위소득, the standard median income: the file `parameters/median_income.yaml`."""

    name: Bilingual
    tables: tuple[YearTable, ...] = Field(min_length=1)

    @field_validator("tables")
    @classmethod
    def _one_after_another(cls, tables: tuple[YearTable, ...]) -> tuple[YearTable, ...]:
        days = [table.in_force_from for table in tables]
        if days != sorted(set(days)):
            raise ValueError("the tables stand in the order of in_force_from, and no two have one day")
        return tables

    def on(self, day: date) -> YearTable | None:
        """Give the table in force on `day`; None before the first."""
        return next((table for table in reversed(self.tables) if table.in_force_from <= day), None)
