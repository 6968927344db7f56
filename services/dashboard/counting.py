"""The counts on the screen: counted from the entries themselves and never kept beside them, so that they cannot drift.

The first count reads a whole programme. From then on only those minutes of reception are counted again in which an
entry has been written since, so that a count costs what has changed and not what is stored. Where even that has become
slow, a reader is given the last answer with its instant while the next is being counted. Nothing that was counted holds
once a read model that was built anew serves: what it holds was written before it did.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from services.dashboard.tally import Group, Tally
from shared import metrics
from shared.clock import Clock
from shared.standing import CLASSES

QUICK = 0.05
"""Seconds a reader may be kept waiting for a fresh count."""
_SHARE = 10
"""Counting takes at most one part in so many of the time."""
_OTHERS = 1.0
"""Seconds after which another process at the desk may have changed something."""
LATE = timedelta(seconds=30)
"""A write may be seen so long after the instant it carries: longer than a process waits for the store."""
_MANY = 200
"""Minutes counted again; where more have changed all are."""
_WHOLE = 100
"""A whole programme is counted again after so many times as long as that took, and at most every ten minutes: what a
clock that is wrong by more than `LATE` has spoilt does not stay."""
MINUTE = timedelta(minutes=1)


class Key(NamedTuple):
    """What is counted together."""

    submission_class: str
    office: str
    viewed: bool
    decided: bool


Cells = Mapping[datetime, Counter[Key]]
"""Counts by minute of reception."""


class Counts(Protocol):
    """Where counts come from."""

    async def serving(self) -> str:
        """Name the read model that is counted: another name once another serves, none while they are being swapped."""

    async def cells(self, programme_id: str, start: datetime | None = None, end: datetime | None = None) -> Cells:
        """Count a programme by minute of reception: all of it, or from `start` up to `end`."""

    async def touched(self, programme_id: str, since: datetime) -> set[datetime]:
        """Give the minutes of reception of what was written since."""


class Sums:
    """Counts by minute and their sums, kept level: summing, too, costs what has changed and not what is stored."""

    def __init__(self, cells: Cells) -> None:
        """Take a whole programme's."""
        self._cells: dict[datetime, Counter[Key]] = {}
        self._totals: Counter[Key] = Counter()
        self._first, self._last = min(cells, default=None), max(cells, default=None)
        for minute, cell in cells.items():
            self.put(minute, cell)

    def put(self, minute: datetime, cell: Counter[Key] | None) -> None:
        """Count a minute as this says, None as nothing, in place of what it counted."""
        if before := self._cells.pop(minute, None):
            self._totals.subtract(before)
        if cell:
            self._cells[minute] = cell
            self._totals.update(cell)
            self._first, self._last = min(self._first or minute, minute), max(self._last or minute, minute)

    def groups(self) -> tuple[Group, ...]:
        """Give the sums. First and last may be of minutes that have become empty since: they only guide a guess."""
        if self._first is None or self._last is None:
            return ()
        first, end = self._first, self._last + MINUTE
        return tuple(Group(*key, count, first, end) for key, count in sorted(self._totals.items()) if count)


@dataclass
class _Known:
    serving: str
    sums: Sums
    tally: Tally
    counted: float
    cost: float
    whole_at: float
    whole_cost: float


class Counting:
    """The tallies of all programmes."""

    def __init__(self, counts: Counts, clock: Clock) -> None:
        """Take the store's queries that count."""
        self._queue = counts
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._changed: set[str] = set()
        self._counts: dict[str, asyncio.Task[Tally]] = {}

    def changed(self, programme_ids: Iterable[str | None]) -> None:
        """Tell that entries of these programmes changed."""
        self._changed.update(programme_id for programme_id in programme_ids if programme_id)

    async def tally(self, programme_id: str) -> Tally:
        """Give a programme's counts. Raises `Unavailable`."""
        known = self._known.get(programme_id)
        if known is None:
            return await self.fresh(programme_id)
        age = time.monotonic() - known.counted
        stale = age > _OTHERS or programme_id in self._changed
        if not stale or (known.cost > QUICK and age < _SHARE * known.cost):
            return known.tally
        if known.cost <= QUICK:
            return await self.fresh(programme_id)
        self._start(programme_id)
        return known.tally

    async def show(self, programme_ids: Iterable[str]) -> None:
        """Show the counts of these as metrics. Raises `Unavailable`."""
        metrics.permit("programme", programme_ids)
        metrics.permit("class", CLASSES)
        for programme_id in programme_ids:
            tally = await self.tally(programme_id)
            metrics.of(metrics.RECEIVED, programme=programme_id).set(tally.received)
            for name, count in tally.classes.items():
                metrics.of(metrics.SUBMISSIONS, programme=programme_id, **{"class": name}).set(count)

    async def fresh(self, programme_id: str) -> Tally:
        """Give a programme's counts as of now, however long that takes. Raises `Unavailable`."""
        return await asyncio.shield(self._start(programme_id))

    def _start(self, programme_id: str) -> asyncio.Task[Tally]:
        if programme_id not in self._counts:
            self._changed.discard(programme_id)
            task = self._counts[programme_id] = asyncio.create_task(self._ask(programme_id))
            task.add_done_callback(lambda done: self._done(programme_id, done))
        return self._counts[programme_id]

    async def _ask(self, programme_id: str) -> Tally:
        begun, as_of, known = time.monotonic(), self._clock(), self._known.get(programme_id)
        serving = await self._queue.serving()
        whole = known is None or begun - known.whole_at > max(600, _WHOLE * known.whole_cost)
        whole = whole or not serving or (known is not None and known.serving != serving)
        minutes: set[datetime] = set()
        if known is not None and not whole:
            minutes = await self._queue.touched(programme_id, known.tally.as_of - LATE)
            whole = len(minutes) > _MANY
        if known is None or whole:
            sums = Sums(await self._queue.cells(programme_id))
        else:
            sums = known.sums
            again = [await self._queue.cells(programme_id, *stretch) for stretch in together(minutes)]
            found = {minute: cell for some in again for minute, cell in some.items()}
            for minute in minutes | found.keys():
                sums.put(minute, found.get(minute))
        tally = Tally(sums.groups(), as_of)
        now = time.monotonic()
        cost = now - begun
        if known is None or whole:
            self._known[programme_id] = _Known(serving, sums, tally, now, 0.0 if serving else cost, now, cost)
        else:
            self._known[programme_id] = _Known(serving, sums, tally, now, cost, known.whole_at, known.whole_cost)
        return tally

    def _done(self, programme_id: str, task: asyncio.Task[Tally]) -> None:
        del self._counts[programme_id]
        if not task.cancelled() and task.exception():  # whoever waited for it has been told
            self._changed.add(programme_id)


def together(minutes: Iterable[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Put minutes that follow one another into stretches [start, end)."""
    start: datetime | None = None
    end = start
    for minute in sorted(minutes):
        if start is None or end is None or minute > end:
            if start is not None and end is not None:
                yield start, end
            start = minute
        end = minute + MINUTE
    if start is not None and end is not None:
        yield start, end
