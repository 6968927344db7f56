"""Asking for a better certificate (보완), and giving longer; the citizen is told, and keeps the place in line."""

import uuid
from datetime import date, timedelta
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, needs
from services.dashboard.pages.troubles import Forbidden
from shared.clock import seoul_date
from shared.events import SupplementWhy
from shared.gate import MOST_EXTENSIONS, ONCE_MORE, Accepted, Case, Refused

router = APIRouter()

_USUAL = timedelta(days=14)
"""How long is proposed at first; how long is reasonable (상당한 기간) the law leaves to the office (미확인)."""
_LONGEST = timedelta(days=180)
_NAMES = uuid.UUID("b2a6d0f4-91c3-5e2d-8a57-4c0f3e9d7b16")


def supplements(case: Case, today: date) -> dict[str, Any]:
    """Give what a page says of what was asked for, and what can be asked now."""
    waiting = case.awaited
    overdue = waiting is not None and waiting.due_on < today
    again = overdue and waiting is not None and not waiting.again
    latest = today + (ONCE_MORE if again else _LONGEST)
    return {
        "waiting": waiting,
        "overdue": overdue,
        "can_ask": case.state == "viewed" and (waiting is None or again),
        "ask_again": again,
        "can_extend": case.state == "viewed" and waiting is not None and waiting.extensions < MOST_EXTENSIONS,
        "most_extensions": MOST_EXTENSIONS,
        "earliest": today + timedelta(days=1),
        "latest": latest,
        "proposed": min(today + _USUAL, latest),
        "longer": max(waiting.due_on if waiting else today, today) + timedelta(days=7),
    }


@router.post("/submissions/{submission_id}/supplement")
@needs("supplement")
async def ask(request: Request, desk: DeskOf, acting: Acts, submission_id: str) -> Response:
    """Ask: fields `part` (empty: one more), `why`, `due_on`, `look_id` and `token`."""
    case = await _theirs(desk, acting, submission_id)
    why = next((one for one in get_args(SupplementWhy) if one == acting.text("why")), None)
    part = int(acting.text("part")) if acting.text("part").isdecimal() else None
    due_on = _day(acting.text("due_on"))
    if why is None or due_on is None or due_on > seoul_date(desk.clock()) + _LONGEST:
        raise Forbidden
    if part is not None and part >= len(case.certificates):
        raise Forbidden
    try:
        done = await desk.gate.ask(
            submission_id,
            part=part,
            why=why,
            due_on=due_on,
            official=acting.person.official,
            look_id=acting.text("look_id"),
            request_id=_name(acting, "ask"),
        )
    except ValueError:
        raise Forbidden from None
    return await _after(request, desk, acting, submission_id, done)


@router.post("/submissions/{submission_id}/supplement/longer")
@needs("supplement")
async def give_longer(request: Request, desk: DeskOf, acting: Acts, submission_id: str) -> Response:
    """Give the citizen who asked for it longer: fields `due_on`, `look_id` and `token`."""
    await _theirs(desk, acting, submission_id)
    due_on = _day(acting.text("due_on"))
    if due_on is None or due_on > seoul_date(desk.clock()) + _LONGEST:
        raise Forbidden
    try:
        done = await desk.gate.give_longer(
            submission_id,
            due_on=due_on,
            official=acting.person.official,
            look_id=acting.text("look_id"),
            request_id=_name(acting, "longer"),
        )
    except ValueError:
        raise Forbidden from None
    return await _after(request, desk, acting, submission_id, done)


async def _theirs(desk: Desk, acting: Acting, submission_id: str) -> Case:
    taken = await desk.stores.sessions.look(acting.text("look_id"), submission_id, acting.person, desk.clock())
    case = await desk.gate.case(submission_id) if taken else None
    if case is None:
        raise Forbidden
    acting.visit.must(case.programme_id, case.office)
    return case


async def _after(
    request: Request, desk: Desk, acting: Acting, submission_id: str, done: Accepted | Refused
) -> Response:
    back = f"/submissions/{submission_id}/looks/{acting.text('look_id')}"
    if isinstance(done, Refused):
        return draw(request, acting.visit, "refused.html", status=409, refused=done, back=back)
    await desk.done(done.event)
    return RedirectResponse(back, 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(acting: Acting, what: str) -> str:
    parts = (acting.text("token"), acting.text("look_id"))
    return f"{what}-{uuid.uuid5(_NAMES, '|'.join((what, *parts)))}"
