"""The counts on the screen: one query's answer with its instant, asked again when something has changed.

They are counted from the entries themselves and never kept beside them, so they cannot drift from the list. Where
counting has become slow, a reader is given the last answer with its instant while the next is being counted.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from services.dashboard.tally import Group, Tally
from shared import metrics
from shared.clock import Clock
from shared.standing import CLASSES

QUICK = 0.02
"""Seconds a reader may be kept waiting for a fresh count."""
_SHARE = 10
"""Counting takes at most one part in so many of the time."""
_OTHERS = 2.0
"""Seconds after which another process at the desk may have changed something."""


class Counting:
    """The tallies of all programmes."""

    def __init__(self, groups: Callable[[str], Awaitable[list[Group]]], clock: Clock) -> None:
        """Take the query that counts a programme."""
        self._groups = groups
        self._clock = clock
        self._known: dict[str, tuple[Tally, float, float]] = {}  # with when, and how long it took, in seconds
        self._changed: set[str] = set()
        self._counts: dict[str, asyncio.Task[Tally]] = {}

    def changed(self, programme_ids: Iterable[str | None]) -> None:
        """Tell that entries of these programmes changed."""
        self._changed.update(programme_id for programme_id in programme_ids if programme_id)

    async def tally(self, programme_id: str) -> Tally:
        """Give a programme's counts. Raises `Unavailable`."""
        if programme_id not in self._known:
            return await self._count(programme_id)
        tally, counted, cost = self._known[programme_id]
        age = time.monotonic() - counted
        stale = age > _OTHERS or programme_id in self._changed
        if not stale or (cost > QUICK and age < _SHARE * cost):
            return tally
        if cost <= QUICK:
            return await self._count(programme_id)
        self._start(programme_id)
        return tally

    async def show(self, programme_ids: Iterable[str]) -> None:
        """Show the counts of these as metrics. Raises `Unavailable`."""
        metrics.permit("programme", programme_ids)
        metrics.permit("class", CLASSES)
        for programme_id in programme_ids:
            tally = await self.tally(programme_id)
            metrics.of(metrics.RECEIVED, programme=programme_id).set(tally.received)
            for name, count in tally.classes.items():
                metrics.of(metrics.SUBMISSIONS, programme=programme_id, **{"class": name}).set(count)

    async def _count(self, programme_id: str) -> Tally:
        return await asyncio.shield(self._start(programme_id))

    def _start(self, programme_id: str) -> asyncio.Task[Tally]:
        if programme_id not in self._counts:
            self._changed.discard(programme_id)
            task = self._counts[programme_id] = asyncio.create_task(self._ask(programme_id))
            task.add_done_callback(lambda done: self._done(programme_id, done))
        return self._counts[programme_id]

    async def _ask(self, programme_id: str) -> Tally:
        begun = time.monotonic()
        tally = Tally(tuple(await self._groups(programme_id)), self._clock())
        now = time.monotonic()
        self._known[programme_id] = (tally, now, now - begun)
        return tally

    def _done(self, programme_id: str, task: asyncio.Task[Tally]) -> None:
        del self._counts[programme_id]
        if not task.cancelled() and task.exception():  # whoever waited for it has been told
            self._changed.add(programme_id)
