"""Counts of a programme's queue: they sum to what was received, or the page says that they do not. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.standing import CLASSES, SubmissionClass

Mark = Literal["", "unseen", "undecided", "decided"]
"""Which of a class are listed: all, those nobody has looked at, those not decided, those decided."""

_LEAST_SPAN = timedelta(seconds=1)


@dataclass(frozen=True)
class Group:
    """How many of a programme share class, office and marks, and when the first and the last were received."""

    submission_class: str
    office: str
    viewed: bool
    decided: bool
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Tally:
    """What a programme's queue holds, counted at one instant."""

    groups: tuple[Group, ...]
    as_of: datetime

    def count(self, submission_class: SubmissionClass | None = None, mark: Mark = "", office: str = "") -> int:
        """Count a class (None: all), or those of it that a mark lists, at one office or at all."""
        return sum(
            group.count
            for group in self.groups
            if submission_class in (None, group.submission_class)
            and office in ("", group.office)
            and _listed(group, mark)
        )

    def at(self, office: str) -> "Tally":
        """Give the counts of what was sent to one office; of everything, where that is empty."""
        return replace(self, groups=tuple(one for one in self.groups if office in ("", one.office)))

    @property
    def offices(self) -> tuple[str, ...]:
        """The offices that any were sent to."""
        return tuple(sorted({group.office for group in self.groups}))

    @property
    def received(self) -> int:
        """All that was received."""
        return self.count()

    @property
    def classes(self) -> dict[SubmissionClass, int]:
        """The count of every class, in order."""
        return {name: self.count(name) for name in CLASSES}

    @property
    def viewed(self) -> int:
        """How many an official has looked at."""
        return sum(group.count for group in self.groups if group.viewed)

    @property
    def decided(self) -> int:
        """How many are decided and said."""
        return self.count(mark="decided")

    @property
    def unaccounted(self) -> int:
        """How many stand in no class. Anything but 0 is a defect, and the page says so."""
        return self.received - sum(self.classes.values())

    def span(self, size: int, submission_class: SubmissionClass | None, mark: Mark, office: str = "") -> timedelta:
        """Guess how long a stretch of time holds `size` of these, were they spread evenly."""
        count = self.count(submission_class, mark, office)
        if not count:
            return timedelta(days=1)
        whole = max(group.last for group in self.groups) - min(group.first for group in self.groups)
        return max(whole * (2 * size / count), _LEAST_SPAN)


def _listed(group: Group, mark: Mark) -> bool:
    return {"": True, "unseen": not group.viewed, "undecided": not group.decided, "decided": group.decided}[mark]
