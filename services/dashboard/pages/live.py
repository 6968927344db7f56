"""The counts for an open page, as they change."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.dashboard.live import MEDIA_TYPE, Full
from services.dashboard.pages.guard import LIVE, DeskOf, SignedIn, needs
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.reaching import reach_of
from services.dashboard.tally import Tally

router = APIRouter()


@router.get(LIVE)
@needs("see")
async def live(desk: DeskOf, visit: SignedIn, programme: str = "", office: str = "") -> Response:
    """Tell the counts of a programme or an office of it as server-sent events `counts`; 503 where full.

    Each is as `/api/overview` gives it.
    """
    mine = reach_of(desk, visit, programme, office)
    session = visit.session

    async def allowed() -> bool:
        return await desk.stores.sessions.stands(session, desk.clock())

    async def tally() -> Tally:
        return (await desk.counting.tally(mine.programme.id)).at(mine.office)

    async def events() -> AsyncIterator[str]:
        try:
            async for event in desk.live.events(tally, allowed):
                yield event
        finally:
            desk.live.leave(session.key)

    try:
        desk.live.enter(session.key)
    except Full:
        return JSONResponse({"title": _("열린 화면이 너무 많습니다"), "status": 503}, 503, {"retry-after": "10"})
    return StreamingResponse(events(), media_type=MEDIA_TYPE, headers={"x-accel-buffering": "no"})
