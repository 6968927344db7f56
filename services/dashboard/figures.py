"""The overview's figures: what came in and was decided by day, how long it waited, how well it was read. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.dashboard.rules import Entry
from shared.clock import seoul_date
from shared.standing import CLASSES, SubmissionClass

DAYS = 14
"""Days that are shown, the last of them today."""
SAMPLE = 1_000
"""Submissions, the latest, that reading quality is told of."""
FEW = 5
"""A number below this is not told of a kind of certificate: with so few it may be known whose it is."""
_FROM_READING = ("sources_disagree", "metadata_only", "metadata_unreadable", "business_number_check", "unverified")

WAITS: tuple[timedelta, ...] = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 72, 168, 336))
"""Ends of the stretches that a waiting time falls into; the last stretch has none."""


@dataclass(frozen=True)
class Day:
    """One day: what was received on it by the class it now stands in, and what was decided on it."""

    day: date
    classes: Mapping[SubmissionClass, int]
    eligible: int
    ineligible: int

    @property
    def received(self) -> int:
        """All that came in."""
        return sum(self.classes.values())

    @property
    def decided(self) -> int:
        """All that was decided."""
        return self.eligible + self.ineligible


@dataclass(frozen=True)
class Decisions:
    """Decisions of one day that are alike in what was decided and in how long it had waited."""

    day: date
    decision: str
    waited: int
    """Which stretch of `WAITS`."""
    count: int


@dataclass(frozen=True)
class Reading:
    """How submissions with a kind of certificate were read."""

    kind: str
    submissions: int
    unreadable: int
    findings: Mapping[str, int]

    @property
    def told(self) -> bool:
        """Whether there are enough to tell."""
        return self.submissions >= FEW

    @property
    def share_read(self) -> float:
        """The share that was read."""
        return 1 - self.unreadable / self.submissions


def first_day(now: datetime) -> date:
    """Give the first day that is shown."""
    return seoul_date(now) - timedelta(days=DAYS - 1)


def wait_of(received_at: datetime, at: datetime) -> int:
    """Give which stretch of `WAITS` a waiting time falls into."""
    return sum(at - received_at >= end for end in WAITS)


def days_of(
    now: datetime, received: Mapping[tuple[date, SubmissionClass], int], decisions: Iterable[Decisions]
) -> list[Day]:
    """Give every day that is shown, those without anything too."""
    decided: Counter[tuple[date, str]] = Counter()
    for some in decisions:
        decided[some.day, some.decision] += some.count
    found = []
    for number in range(DAYS):
        day = first_day(now) + timedelta(days=number)
        classes: dict[SubmissionClass, int] = {name: received.get((day, name), 0) for name in CLASSES}
        found.append(Day(day, classes, decided[day, "eligible"], decided[day, "ineligible"]))
    return found


def waits_of(decisions: Iterable[Decisions]) -> list[int]:
    """Give how many decisions fell into each stretch of waiting."""
    counts: Counter[int] = Counter()
    for some in decisions:
        counts[some.waited] += some.count
    return [counts[number] for number in range(len(WAITS) + 1)]


def readings_of(entries: Sequence[Entry], kinds: Mapping[str, Iterable[str]]) -> list[Reading]:
    """Tell, kind by kind, how submissions that hold one were read; most first.

    `kinds` are the kinds declared of each. What is said of a submission is said of all its kinds: which of several was
    unreadable is known only to who opens it.
    """
    held: Counter[str] = Counter()
    unreadable: Counter[str] = Counter()
    findings: dict[str, Counter[str]] = {}
    for entry in entries:
        standing = entry.standing
        found = set(standing.screening.findings if standing.screening else ()) & set(_FROM_READING)
        read = standing.submission_class != "unreadable"
        if read and standing.screening is None:
            continue  # gone, or not read yet
        for kind in set(kinds.get(entry.submission_id, ())) - {""}:
            held[kind] += 1
            unreadable[kind] += not read
            findings.setdefault(kind, Counter()).update(found)
    return [Reading(kind, count, unreadable[kind], findings[kind]) for kind, count in held.most_common()]
