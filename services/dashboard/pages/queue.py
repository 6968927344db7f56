"""The queue: every submission in one class, counts that sum, pages by range. No value of a certificate stands here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.dashboard.acting import count_acts
from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.troubles import NotThere
from services.dashboard.rules import Entry, Position, windows
from services.dashboard.store.queue import Listed
from services.dashboard.tally import Mark, Tally
from services.dashboard.visits import NotAllowed, Visit
from shared.catalog import Programme
from shared.standing import CLASSES

router = APIRouter()

SIZE = 50
SKEW = timedelta(hours=1)
"""How far other machines' clocks may be ahead of ours."""
_TICK = timedelta(milliseconds=1)
"""The least that two instants in the store differ by: a stretch does not hold its own end."""


@dataclass(frozen=True)
class Listing:
    """One page of the list, first come first, and whether there are more on either side."""

    entries: list[Entry]
    earlier: Position | None
    later: Position | None


@router.get("/queue")
@needs("see")
async def queue(
    request: Request,
    desk: DeskOf,
    visit: SignedIn,
    programme: str = "",
    submission_class: Annotated[str, Query(alias="class")] = "",
    mark: Mark = "",
    after: str = "",
    before: str = "",
) -> Response:
    """Show a programme's queue; `after` and `before` are positions."""
    chosen = programme_of(desk, visit, programme)
    wanted = next((name for name in CLASSES if name == submission_class), None)
    tally = await desk.counting.tally(chosen.id)
    earlier_than = Position.parse(before)
    listed = Listed(chosen.id, wanted, mark, backwards=earlier_than is not None)
    listing = await list_page(desk, listed, tally, Position.parse(after), earlier_than)
    pending = await desk.stores.rows.pending((entry.submission_id for entry in listing.entries), desk.clock())

    def address(**changes: str) -> str:
        parts = {"programme": chosen.id, "class": wanted or "", "mark": mark, **changes}
        return "/queue?" + urlencode({name: value for name, value in parts.items() if value})

    return draw(
        request,
        visit,
        "queue.html",
        programme=chosen,
        programmes=reachable(desk, visit),
        wallets=desk.catalog.wallets,
        classes=CLASSES,
        chosen=wanted,
        mark=mark,
        tally=tally,
        acts=await count_acts(chosen.id, tally, stores=desk.stores, gate=desk.gate, questions=desk.questions),
        listing=listing,
        pending=pending,
        address=address,
        selectable=wanted in ("eligible", "ineligible") and mark != "decided" and visit.may("draft", *_where(chosen)),
    )


def programme_of(desk: Desk, visit: Visit, programme_id: str) -> Programme:
    """Give a programme where the visit's act is theirs to do; the first such where none is named.

    Raises `NotThere`, `NotAllowed`.
    """
    if not programme_id:
        first = next(iter(reachable(desk, visit)), None)
        if first is None:
            raise NotAllowed(visit, visit.act)
        return first
    if programme_id not in desk.catalog.programmes:
        raise NotThere
    programme = desk.catalog.programmes[programme_id]
    visit.must(*_where(programme))
    return programme


def reachable(desk: Desk, visit: Visit) -> list[Programme]:
    """Give the programmes where the visit's act is theirs to do."""
    return [one for one in desk.catalog.programmes.values() if visit.may(visit.act, *_where(one))]


def _where(programme: Programme) -> tuple[str, str]:
    return programme.id, programme.office


async def list_page(
    desk: Desk, listed: Listed, tally: Tally, after: Position | None, before: Position | None, size: int = SIZE
) -> Listing:
    """Read one page of at most `size`, stretch by stretch, each bounded on both sides."""
    if not tally.groups:
        return Listing([], None, None)
    oldest = min(group.first for group in tally.groups) - SKEW
    newest = max(desk.clock(), *(group.last for group in tally.groups)) + SKEW
    edge, found = before or after, list[Entry]()
    if edge:
        found = await desk.stores.queue.beside(listed, edge, size + 1)
    start = edge.at + (timedelta() if before else _TICK) if edge else oldest
    stop = min(oldest, start) if before else max(newest, start)
    for stretch in windows(start, stop, tally.span(size, listed.submission_class, listed.mark)):
        if len(found) > size:
            break
        found += await desk.stores.queue.within(listed, stretch, size + 1 - len(found))
    more, page = len(found) > size, found[:size]
    if before:
        page.reverse()
    first, last = (page[0].position, page[-1].position) if page else (None, None)
    return Listing(
        page,
        earlier=first if (more if before else after is not None) else None,
        later=last if (before or more) else None,
    )
