"""Working days (근무일): every day but Saturday, Sunday and the days of `holidays.yaml`."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from shared.catalog.conditions import Source
from shared.catalog.programmes import Unverified
from shared.catalog.strict import Entry, Text

_SATURDAY = 5


class WorkingDays(Entry):
    """The file `holidays.yaml`, and how to count by it."""

    source: Source
    yearly: dict[Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")], Text]
    """Holidays of every year, by month and day."""
    days: dict[date, Text] = Field(default_factory=dict)
    """Holidays of one year: those that move, substitutes, elections."""
    unverified: tuple[Unverified, ...] = ()

    def works(self, day: date) -> bool:
        """Tell whether offices are open on `day`."""
        return day.weekday() < _SATURDAY and f"{day:%m-%d}" not in self.yearly and day not in self.days

    def after(self, day: date, count: int) -> date:
        """Give the `count`th working day after `day`, which is itself not counted. `count` is at least 1."""
        while count:
            day += timedelta(days=1)
            count -= self.works(day)
        return day
