"""How one certificate says things: which word for a label, which spelling of a date, which stars over a number.

Drawn once for a certificate, from a chance of its own, so that the same facts can be said in many ways.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

T = TypeVar("T")

DAYS: Mapping[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "dotted": lambda day: f"{day:%Y.%m.%d}",
    "spaced": lambda day: f"{day.year}. {day.month}. {day.day}.",
    "slashed": lambda day: f"{day:%Y/%m/%d}",
    "korean": lambda day: f"{day.year}년 {day.month}월 {day.day}일",
    "korean_padded": lambda day: f"{day:%Y년 %m월 %d일}",
}
"""The usual spellings of a day."""
MONTHS: Mapping[str, Callable[[date], str]] = {
    "dotted": lambda day: f"{day:%Y.%m}",
    "iso": lambda day: f"{day:%Y-%m}",
    "spaced": lambda day: f"{day.year}. {day.month}.",
    "slashed": lambda day: f"{day:%Y/%m}",
    "korean": lambda day: f"{day.year}년 {day.month}월",
}
"""The usual spellings of a month."""
_YEARS = ("{}", "{}년", "{}년 귀속")
_WON = ("{:,}", "{:,}원")
_IDENTITIES = ("masked", "birth_date", "whole")
_STARS = "*＊●"


@dataclass(frozen=True, slots=True)
class Manner:
    """How one certificate says things. Plain unless drawn; `other` takes the second word for everything."""

    chance: Random
    varied: bool = False
    other: bool = False
    days: str = "iso"
    issue_days: str = "korean"
    months: str = "dotted"
    years: str = _YEARS[0]
    amounts: str = _WON[0]
    identity: str = "masked"
    """How a person is told from a namesake: by a masked number, a whole one, or the birth date."""
    star: str = "*"
    hidden: int = 6
    """How many of the seven digits behind the dash are stars."""
    with_hanja: bool = False
    spread_names: bool = False
    """Whether names are letter-spaced: `김 가 상`."""

    @classmethod
    def drawn(cls, chance: Random) -> "Manner":
        """Any manner there is, the usual ones more often."""
        return cls(
            chance,
            varied=True,
            days=chance.choice(tuple(DAYS)),
            issue_days=chance.choice(tuple(DAYS)),
            months=chance.choice(tuple(MONTHS)),
            years=chance.choice(_YEARS),
            amounts=chance.choices(_WON, (4, 1))[0],
            identity=chance.choices(_IDENTITIES, (7, 2, 1))[0],
            star=chance.choices(_STARS, (4, 1, 1))[0],
            hidden=chance.choices((6, 7), (2, 1))[0],
            with_hanja=chance.random() < 0.2,
            spread_names=chance.random() < 0.06,
        )

    def word(self, *spellings: str) -> str:
        """One of several ways to say the same; the first is the plain one."""
        if self.varied:
            return self.chance.choice(spellings)
        return spellings[1] if self.other and len(spellings) > 1 else spellings[0]

    def maybe(self, share: float, *, plainly: bool = False) -> bool:
        """Whether something optional is there: by chance where varied, else as the plain form has it."""
        return self.chance.random() < share if self.varied else plainly

    def picked(self, choices: tuple[T, ...], plain: T) -> T:
        """One of `choices` where varied, else the plain one."""
        return self.chance.choice(choices) if self.varied else plain

    def day(self, day: date) -> str:
        """A day in the body of the certificate."""
        return DAYS[self.days](day)

    def issue_day(self, day: date) -> str:
        """The day of issue."""
        return DAYS[self.issue_days](day)

    def month(self, day: date) -> str:
        """The month of that day."""
        return MONTHS[self.months](day)

    def year(self, year: int) -> str:
        """A year."""
        return self.years.format(year)

    def won(self, amount: int) -> str:
        """An amount of money."""
        return self.amounts.format(amount)
