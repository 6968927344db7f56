"""Claiming (맡기): one official at a time is at a submission, for a while; whoever is second is told who is first."""

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.claims import claim_of
from services.dashboard.desk import Desk
from services.dashboard.pages.guard import Acting, Acts, DeskOf, needs
from services.dashboard.pages.queue import draw_list
from services.dashboard.pages.troubles import NotThere
from services.dashboard.rules import Entry
from services.dashboard.selection import GONE

router = APIRouter()


@router.post("/claims")
@needs("open")
async def claim(request: Request, desk: DeskOf, acting: Acts) -> Response:
    """Claim field `submission_id`: where another has it, 409 and who. A repeat is a success, and lasts anew."""
    entry, now, person = await _entry(desk, acting), desk.clock(), acting.person
    wanted = claim_of(person, entry.submission_id, entry.standing.programme_id or "", now)
    standing = await desk.stores.claims.take(wanted, now)
    if await desk.stores.queue.gone([entry.submission_id]):  # either we find it gone, or its event finds the claim
        await desk.stores.claims.drop([entry.submission_id])
        raise NotThere
    if standing.is_of(person):
        return RedirectResponse(f"/queue?{_back(acting)}", 303)
    fields = dict(parse_qsl(_back(acting)))
    return await draw_list(request, desk, acting.visit, fields, taken=standing, receipt=entry.standing.receipt)


@router.post("/claims/release")
@needs("open")
async def release(desk: DeskOf, acting: Acts) -> Response:
    """Give up one's own claim of field `submission_id`."""
    entry = await _entry(desk, acting)
    await desk.stores.claims.release(entry.submission_id, acting.person.id)
    return RedirectResponse(f"/queue?{_back(acting)}", 303)


async def _entry(desk: Desk, acting: Acting) -> Entry:
    """Give the entry, where it is theirs and still there. Raises `NotThere`, `NotAllowed`."""
    name = acting.text("submission_id")
    entry = (await desk.stores.queue.load([name])).get(name)
    if entry is None or entry.standing.submission_class in GONE:
        raise NotThere
    acting.visit.must(*entry.place)
    return entry


def _back(acting: Acting) -> str:
    """Give the list they came from, as an address carries it."""
    query = acting.text("back")
    return query if query.isprintable() else ""
