"""Claiming (맡기): one official at a time is at a submission, for a while; whoever is second is told who is first."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from services.dashboard.claims import claim_of
from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, needs
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.moments import moment
from services.dashboard.pages.troubles import NotThere
from services.dashboard.rules import Entry
from services.dashboard.selection import GONE

router = APIRouter()


@router.post("/claims")
@needs("open")
async def claim(request: Request, desk: DeskOf, acting: Acts) -> Response:
    """Claim field `submission_id`: 409 with who has it, where another does. A repeat is a success, and lasts anew."""
    entry, now, person = await _entry(desk, acting), desk.clock(), acting.person
    wanted = claim_of(person, entry.submission_id, entry.standing.programme_id or "", now)
    standing = await desk.stores.claims.take(wanted, now)
    if await desk.stores.queue.gone([entry.submission_id]):  # either we find it gone, or its event finds the claim
        await desk.stores.claims.drop([entry.submission_id])
        raise NotThere
    mine = standing.is_of(person)
    if _wants_json(request):
        told = {
            "title": _("맡았습니다") if mine else _("다른 담당자가 맡고 있습니다"),
            "mine": mine,
            "name": standing.name,
        }
        told |= {"office": standing.office, "until": standing.until.isoformat()}
        return JSONResponse(told, 200 if mine else 409)
    if mine:
        return RedirectResponse(_back(acting), 303)
    return draw(
        request, acting.visit, "claimed.html", status=409, claim=standing, until=moment(standing.until),
        receipt=entry.standing.receipt, back=_back(acting),
    )  # fmt: skip


@router.post("/claims/release")
@needs("open")
async def release(request: Request, desk: DeskOf, acting: Acts) -> Response:
    """Give up one's own claim of field `submission_id`."""
    entry = await _entry(desk, acting)
    await desk.stores.claims.release(entry.submission_id, acting.person.id)
    return Response(status_code=204) if _wants_json(request) else RedirectResponse(_back(acting), 303)


async def _entry(desk: Desk, acting: Acting) -> Entry:
    """Give the entry, where it is theirs and still there. Raises `NotThere`, `NotAllowed`."""
    name = acting.text("submission_id")
    entry = (await desk.stores.queue.load([name])).get(name)
    if entry is None or entry.standing.submission_class in GONE:
        raise NotThere
    acting.visit.must(*entry.place)
    return entry


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _back(acting: Acting) -> str:
    query = acting.text("back")
    return f"/queue?{query}" if query.isprintable() else "/queue"
