"""Showing what names a person, for a purpose that is recorded before it is shown."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.pages import access_words
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acts, DeskOf, needs
from services.dashboard.pages.submission import entry_of
from services.dashboard.pages.troubles import Forbidden
from shared.gate import Refused

router = APIRouter()

_NAMES = uuid.UUID("3f8b4c1a-5d0e-5a77-9c21-6d1f0b7e2a90")


@router.post("/submissions/{submission_id}/looks/{look_id}/unmask")
@needs("open")
async def unmask(request: Request, desk: DeskOf, acting: Acts, submission_id: str, look_id: str) -> Response:
    """Uncover within one's own open look: field `purpose`. The same form sent twice is one act."""
    purpose = acting.text("purpose")
    taken = await desk.stores.sessions.look(look_id, submission_id, acting.person, desk.clock())
    if taken is None or purpose not in access_words.PURPOSES:
        raise Forbidden
    await entry_of(desk, acting.visit, submission_id)
    if not taken.unmasked:
        shown = await desk.gate.unmask(
            submission_id,
            official=acting.person.official,
            look_id=look_id,
            purpose=purpose,
            request_id=f"unmask-{uuid.uuid5(_NAMES, f'{look_id}|{purpose}')}",
        )
        if not shown:
            case = await desk.gate.case(submission_id)
            refused = Refused(case.state if case else "not_found")
            return draw(request, acting.visit, "refused.html", status=409, refused=refused, back="")
        await desk.stores.sessions.unmask(taken, purpose)
    return RedirectResponse(f"/submissions/{submission_id}/looks/{look_id}", 303)
