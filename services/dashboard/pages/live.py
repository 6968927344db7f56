"""The counts for an open page, as they change."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.dashboard.live import MEDIA_TYPE, Full
from services.dashboard.pages.guard import LIVE, DeskOf, SignedIn, needs
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.queue import programme_of

router = APIRouter()


@router.get(LIVE)
@needs("see")
async def live(desk: DeskOf, visit: SignedIn, programme: str = "") -> Response:
    """Tell a programme's counts, as `/api/overview` gives them, as server-sent events `counts`; 503 where full."""
    chosen = programme_of(desk, visit, programme)
    session = visit.session

    async def allowed() -> bool:
        return await desk.stores.sessions.stands(session, desk.clock())

    async def events() -> AsyncIterator[str]:
        try:
            async for event in desk.live.events(lambda: desk.counting.tally(chosen.id), allowed):
                yield event
        finally:
            desk.live.leave(session.key)

    try:
        desk.live.enter(session.key)
    except Full:
        return JSONResponse({"title": _("열린 화면이 너무 많습니다"), "status": 503}, 503, {"retry-after": "10"})
    return StreamingResponse(events(), media_type=MEDIA_TYPE, headers={"x-accel-buffering": "no"})
