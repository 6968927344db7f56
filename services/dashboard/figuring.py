"""Reads the overview's figures: load, and let the pure part count. Kept for a while, with their instant."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.dashboard.figures import DAYS, SAMPLE, Day, Reading, days_of, first_day, readings_of, waits_of
from services.dashboard.filters import Listed
from services.dashboard.listing import list_page
from services.dashboard.rules import Position
from services.dashboard.store import Stores
from services.dashboard.tally import Tally
from shared.clock import SEOUL, Clock
from shared.gate import Gate

_SHARE = 10
"""Counting takes at most one part in so many of the time."""
_LEAST = 5.0
"""Seconds for which figures are kept, at least."""


@dataclass(frozen=True)
class Overview:
    """A programme's figures at one instant."""

    days: list[Day]
    waits: list[int]
    readings: list[Reading]
    sample: int
    """Submissions that the readings are told of."""
    as_of: datetime


class Figuring:
    """The figures of all programmes."""

    def __init__(self, stores: Stores, gate: Gate, clock: Clock) -> None:
        """Take where they are counted from."""
        self._stores, self._gate, self._clock = stores, gate, clock
        self._known: dict[tuple[str, str], tuple[Overview, float, float]] = {}
        self._asking: dict[tuple[str, str], asyncio.Lock] = {}

    async def overview(self, programme_id: str, tally: Tally, office: str = "") -> Overview:
        """Give a programme's figures, or an office's of it; the last, where counting again would take too much.

        `tally` counts the same. Raises `Unavailable`.
        """
        place = programme_id, office
        async with self._asking.setdefault(place, asyncio.Lock()):
            known = self._known.get(place)
            if known and time.monotonic() - known[1] < max(_LEAST, _SHARE * known[2]):
                return known[0]
            began = time.monotonic()
            found = await self._count(programme_id, tally, office)
            now = time.monotonic()
            self._known[place] = (found, now, now - began)
            return found

    async def _count(self, programme_id: str, tally: Tally, office: str) -> Overview:
        now = self._clock()
        since = datetime.combine(first_day(now), datetime.min.time(), SEOUL)
        received, decisions, (readings, sample) = await asyncio.gather(
            self._stores.figures.received(programme_id, since, office),
            self._stores.figures.decisions(programme_id, first_day(now), office),
            self._readings(programme_id, tally, now, office),
        )
        return Overview(days_of(now, received, decisions), waits_of(decisions), readings, sample, now)

    async def _readings(self, programme_id: str, tally: Tally, now: datetime, office: str) -> tuple[list[Reading], int]:
        listed = replace(Listed(programme_id, office=office), since=now - timedelta(days=DAYS))
        end = Position(now + timedelta(hours=1), "")
        page = await list_page(self._stores.queue, listed, tally, now, before=end, size=SAMPLE)
        kinds = await self._gate.kinds(entry.submission_id for entry in page.entries)
        return readings_of(page.entries, kinds), len(page.entries)
