"""Reads one page of a list, stretch by stretch, each bounded on both sides: what a page costs is what it shows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.dashboard.filters import Listed
from services.dashboard.rules import Entry, Position, windows
from services.dashboard.store.queue import Queue
from services.dashboard.tally import Tally

SIZE = 50
SKEW = timedelta(hours=1)
"""How far other machines' clocks may be ahead of ours."""
_TICK = timedelta(milliseconds=1)
"""The least that two instants in the store differ by: a stretch does not hold its own end."""
_ENTERED = 20
"""Stretches that what came in lately is read in, at first."""


@dataclass(frozen=True)
class Listing:
    """One page of the list, first come first, and whether there are more on either side."""

    entries: list[Entry]
    earlier: Position | None = None
    later: Position | None = None


async def list_page(
    queue: Queue,
    listed: Listed,
    tally: Tally,
    now: datetime,
    *,
    after: Position | None = None,
    before: Position | None = None,
    size: int = SIZE,
) -> Listing:
    """Read one page of at most `size`, after a position or before one. Raises `Unavailable`."""
    if not tally.groups:
        return Listing([])
    listed = replace(listed, backwards=before is not None)
    oldest = listed.since or min(group.first for group in tally.groups) - SKEW
    newest = listed.until or max(now, *(group.last for group in tally.groups)) + SKEW
    edge, found = before or after, list[Entry]()
    if edge:
        found = await queue.beside(listed, edge, size + 1)
    start = edge.at + (timedelta() if before else _TICK) if edge else oldest
    stop = min(oldest, start) if before else max(newest, start)
    for stretch in windows(start, stop, _span(listed, tally, size, newest - oldest)):
        if len(found) > size:
            break
        found += await queue.within(listed, stretch, size + 1 - len(found))
    more, page = len(found) > size, found[:size]
    if before:
        page.reverse()
    first, last = (listed.position(page[0]), listed.position(page[-1])) if page else (None, None)
    return Listing(
        page,
        earlier=first if (more if before else after is not None) else None,
        later=last if (before or more) else None,
    )


def _span(listed: Listed, tally: Tally, size: int, whole: timedelta) -> timedelta:
    if listed.by == "entered_at":
        return max(whole / _ENTERED, timedelta(seconds=1))
    return tally.span(size, listed.submission_class, listed.mark, listed.office)
