"""The queue's rules: standings folded from batches of events, places in line, and stretches of time. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.events import (
    TAKES,
    EndpointResumed,
    EndpointSuspended,
    NotificationExhausted,
    NotificationRecovered,
    SubmissionEvent,
)
from shared.standing import Standing, SubmissionClass, fold

UNTOLD = (NotificationExhausted, NotificationRecovered, EndpointSuspended, EndpointResumed)
"""The events that tell what citizens could not be told."""

FOLDED: tuple[type[SubmissionEvent], ...] = tuple(
    event for event in TAKES["dashboard"] if issubclass(event, SubmissionEvent) and event not in UNTOLD
)
"""The events that a standing is folded from."""

_GROWTH = 4


@dataclass(frozen=True)
class Entry:
    """One submission in the queue. `version` counts its writes; 0 is one that was never written."""

    submission_id: str
    version: int = 0
    standing: Standing = field(default_factory=Standing)
    entered_at: datetime | None = None
    """When the desk first listed it, by its own clock."""
    changed_at: datetime | None = None
    """When it was last written, by the same."""

    @property
    def place(self) -> tuple[str, str]:
        """The programme and the office that it was sent to; empty until its reception is known."""
        return self.standing.programme_id or "", self.standing.office or ""


@dataclass(frozen=True, order=True)
class Position:
    """A place in the queue: first come, first served, and of two at one instant the smaller id."""

    at: datetime
    submission_id: str

    def __str__(self) -> str:
        """Give it as a page's address carries it."""
        return f"{self.at.isoformat()}~{self.submission_id}"

    @staticmethod
    def parse(text: str) -> "Position | None":
        """Read `str(position)`; None for anything else."""
        at, separator, submission_id = text.partition("~")
        try:
            instant = datetime.fromisoformat(at)
        except ValueError:
            return None
        return Position(instant, submission_id) if separator and instant.tzinfo else None


def folded(known: Mapping[str, Entry], events: Iterable[SubmissionEvent], now: datetime) -> list[Entry]:
    """Fold events into the entries known; give those that changed, each with the version it is to be written as.

    `now` is when they are written, and when those that can be listed from now on entered.
    """
    after: dict[str, Standing] = {}
    for event in events:
        before = known.get(event.submission_id, Entry(event.submission_id)).standing
        after[event.submission_id] = fold(after.get(event.submission_id, before), event)
    entries = ((known.get(name, Entry(name)), standing) for name, standing in after.items())
    return [
        replace(
            old,
            version=old.version + 1,
            standing=new,
            entered_at=old.entered_at or (now if new.programme_id else None),
            changed_at=now,
        )
        for old, new in entries
        if new != old.standing
    ]


def windows(start: datetime, stop: datetime, span: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Give adjacent stretches [low, high) from `start` to `stop`, in that direction, each some times the last.

    A query bounded on both sides costs what it finds; one that is open at an end may cost all that is stored.
    """
    forward = start <= stop
    at = start
    while at != stop:
        try:
            following = min(at + span, stop) if forward else max(at - span, stop)
        except OverflowError:
            following = stop
        yield (at, following) if forward else (following, at)
        at, span = following, span * _GROWTH


def screening_key(standing: Standing) -> str:
    """Name the screening that holds, so that a decision rests on what was on the screen; empty where there is none."""
    return f"{standing.screening.revision}|{standing.screening.name}" if standing.screening else ""


def decidable(entries: Sequence[Entry], submission_class: SubmissionClass) -> list[Entry]:
    """Give those that are still of this class and not decided."""
    return [
        entry
        for entry in entries
        if entry.standing.submission_class == submission_class and entry.standing.decided_at is None
    ]


_RRN = re.compile(r"(?<!\d)(\d{6})([-\s]?)[0-9]\d{6}(?!\d)")


def without_rrn(text: str) -> str:
    """Cover the last seven digits of every resident registration number (주민등록번호) in `text`."""
    return _RRN.sub(r"\1\2*******", text)
