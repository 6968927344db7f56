"""Saved searches of one's own, and the word that all that has come is seen."""

from datetime import datetime
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.dashboard.filters import Filter
from services.dashboard.pages.guard import Acting, Acts, DeskOf, needs
from services.dashboard.pages.reaching import reach_of
from services.dashboard.pages.troubles import Forbidden

router = APIRouter()

_LONGEST = 40


@router.post("/searches")
@needs("see")
async def save(desk: DeskOf, acting: Acts) -> Response:
    """Save the list `query` under `name`, over one of that name. Only what a filter knows is kept."""
    wanted, name = _wanted(acting), acting.text("name")[:_LONGEST]
    reach_of(desk, acting.visit, wanted.programme, wanted.office)
    if name:
        await desk.stores.searches.save(acting.person.id, name, wanted.query(), desk.clock())
    return RedirectResponse(f"/queue?{wanted.query()}", 303)


@router.post("/searches/drop")
@needs("see")
async def drop(desk: DeskOf, acting: Acts) -> Response:
    """Forget one's own search `search_id`, and lead back to the list `query`."""
    wanted = _wanted(acting)
    reach_of(desk, acting.visit, wanted.programme, wanted.office)
    await desk.stores.searches.drop(acting.person.id, acting.text("search_id"))
    return RedirectResponse(f"/queue?{wanted.query()}", 303)


@router.post("/queue/seen")
@needs("see")
async def seen(desk: DeskOf, acting: Acts) -> Response:
    """Let nothing be new any more that had come to where the list is of when it was drawn, which is field `until`."""
    wanted = _wanted(acting)
    mine = reach_of(desk, acting.visit, wanted.programme, wanted.office)
    now = desk.clock()
    await desk.stores.stays.all_seen(acting.person.id, mine.name, min(_drawn_at(acting), now), now)
    return RedirectResponse(f"/queue?{wanted.query(only='')}", 303)


def _wanted(acting: Acting) -> Filter:
    return Filter.parse(dict(parse_qsl(acting.text("query"))))


def _drawn_at(acting: Acting) -> datetime:
    try:
        at = datetime.fromisoformat(acting.text("until"))
    except ValueError:
        raise Forbidden from None
    if at.tzinfo is None:
        raise Forbidden
    return at
