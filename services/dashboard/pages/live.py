"""The counts for an open page, as they change."""

from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.dashboard.filters import Filter
from services.dashboard.live import MEDIA_TYPE, Full, told_beside
from services.dashboard.pages.guard import LIVE, DeskOf, SignedIn, needs
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.reaching import reach_of

router = APIRouter()


@router.get(LIVE)
@needs("see")
async def live(request: Request, desk: DeskOf, visit: SignedIn) -> Response:
    """Tell the counts beside a list as server-sent events `counts`, fields as of `/queue`; 503 where full.

    They are what `/api/overview` gives of the programme or its office, and those of the list's marks and offices.
    """
    wanted = Filter.parse(request.query_params)
    mine = reach_of(desk, visit, wanted.programme, wanted.office)
    session = visit.session

    async def allowed() -> bool:
        return await desk.stores.sessions.stands(session, desk.clock())

    async def events() -> AsyncIterator[str]:
        try:
            tell = partial(told_beside, mine=mine, wanted=wanted)
            async for event in desk.live.events(lambda: desk.counting.tally(mine.programme.id), allowed, tell):
                yield event
        finally:
            desk.live.leave(session.key)

    try:
        desk.live.enter(session.key)
    except Full:
        return JSONResponse({"title": _("열린 화면이 너무 많습니다"), "status": 503}, 503, {"retry-after": "10"})
    return StreamingResponse(events(), media_type=MEDIA_TYPE, headers={"x-accel-buffering": "no"})
