"""Counts followed as they change: server-sent events (WHATWG HTML, §9.2) to every open queue page.

However many watch a programme, its counts are asked for once (`Counting`); each event tells all of them with their
instant, so that a browser that missed some, or comes again, needs only the newest.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from services.dashboard.filters import MARKS, Filter
from services.dashboard.reach import Reach
from services.dashboard.tally import Tally
from shared.errors import Unavailable
from shared.logs import error_fields

MEDIA_TYPE = "text/event-stream"
TURN_SECONDS = 1.0
STILL = timedelta(seconds=15)
"""After so long without a change the instant alone is told, which also shows a connection that is gone."""
LONGEST_SECONDS = 600
"""Then a stream ends, and the browser comes again and shows who it is."""
ASKED_AGAIN_SECONDS = 30
"""How often it is asked whether whoever watches still may."""
MOST, MOST_OF_ONE = 500, 8
"""Streams open at once, in a process and of one session."""
RETRY_MS = 2_000


class Full(Exception):
    """Enough streams are open."""


def told(tally: Tally) -> dict[str, Any]:
    """Give counts as a program and an open page read them."""
    return {
        "received": tally.received,
        "classes": tally.classes,
        "viewed": tally.viewed,
        "decided": tally.decided,
        "unaccounted": tally.unaccounted,
        "as_of": tally.as_of.isoformat(),
    }


def told_beside(everything: Tally, mine: Reach, wanted: Filter) -> dict[str, Any]:
    """Give the counts that stand beside one list: `told`, and by name those of its marks and of its offices.

    Only where they count just what the list holds; a page shows no others.
    """
    tally = everything.at(mine.office)
    counts: dict[str, int] = {}
    if wanted.plain:
        counts |= {f"mark-{mark}": tally.count(wanted.submission_class, mark) for mark in MARKS}
        counts |= {f"office-{office}": count for office, count in by_office(mine, everything, wanted).items()}
    return told(tally) | {"beside": counts}


def by_office(mine: Reach, everything: Tally, wanted: Filter) -> dict[str, int]:
    """Count what is listed at each office that may be chosen; at those, too, that no version names any more."""
    others = sorted(set(everything.offices) - set(mine.offices)) if mine.whole else ()
    return {one: everything.count(wanted.submission_class, wanted.mark, one) for one in (*mine.offices, *others)}


class Live:
    """The open streams of this process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: Counter[str] = Counter()
        self._ending = asyncio.Event()

    def stop(self) -> None:
        """End every stream, soon: the process is about to end, and browsers come again to another."""
        self._ending.set()

    def enter(self, session: str) -> None:
        """Begin one of a session. Raises `Full`."""
        if self._open.total() >= MOST or self._open[session] >= MOST_OF_ONE:
            raise Full
        self._open[session] += 1

    def leave(self, session: str) -> None:
        """End one of a session."""
        self._open[session] -= 1
        if not self._open[session]:
            del self._open[session]

    async def events(
        self,
        tally: Callable[[], Awaitable[Tally]],
        allowed: Callable[[], Awaitable[bool]],
        tell: Callable[[Tally], dict[str, Any]] = told,
    ) -> AsyncIterator[str]:
        """Tell the counts now and whenever they change, as long as it is `allowed`; wait while the store is away."""
        now = asyncio.get_running_loop().time
        ends, asked, last = now() + LONGEST_SECONDS, now(), Tally((), datetime.min.replace(tzinfo=UTC))
        yield f"retry: {RETRY_MS}\n\n"
        while not self._ending.is_set() and now() < ends:
            try:
                if now() - asked > ASKED_AGAIN_SECONDS:
                    asked = now()
                    if not await allowed():
                        return
                current = await tally()
            except Unavailable as error:
                structlog.get_logger(service="dashboard").warning("counts-wait", **error_fields(error))
            else:
                if current.groups != last.groups or current.as_of - last.as_of > STILL:
                    last = current
                    yield f"event: counts\ndata: {json.dumps(tell(current))}\n\n"
            await self._pause()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._ending.wait(), TURN_SECONDS)
        except TimeoutError:
            return
