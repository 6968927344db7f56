"""What citizens could not be told, and what can be done about it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs

router = APIRouter()

_SHOWN = 200


@router.get("/untold")
@needs("mend")
async def untold(request: Request, desk: DeskOf, visit: SignedIn) -> Response:
    """Show suspended endpoints, and the latest notices that were given up: receipt, app, notice, time, nothing more."""
    found = await desk.stores.untold.latest(_SHOWN + 1)
    notices = found[:_SHOWN]
    entries = await desk.stores.queue.load({notice.submission_id for notice in notices})
    listed = [
        (notice, entry)
        for notice in notices
        if (entry := entries.get(notice.submission_id)) and visit.may(visit.act, *entry.place)
    ]
    return draw(
        request,
        visit,
        "untold.html",
        listed=listed,
        most=_SHOWN,
        more=len(found) > _SHOWN,
        suspended=await desk.stores.untold.suspended(),
        wallets=desk.catalog.wallets,
    )
