"""Recording what was found of a condition that certificates leave open: met or not, by which source, when and why."""

import uuid
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.language import said as in_words
from services.dashboard.pages.submission import entry_of, open_look, refused_page
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.reasons import LEAST
from services.dashboard.rules import without_rrn
from services.dashboard.store.sessions import OpenLook
from services.dashboard.visits import Visit
from shared.catalog.conditions import Leaf
from shared.clock import seoul_date
from shared.facts import Settled
from shared.gate import Opened, Refused

router = APIRouter()

_NAMES = uuid.UUID("4e0d6f2c-9a53-5b1e-a0c4-6d7f1b8e2a95")
_FIELDS = ("result", "source", "on", "reason")
_ADDRESS = "/submissions/{submission_id}/looks/{look_id}/conditions/{code}"


class _Wrong(ValueError):
    """A field that does not say what it must, by its name."""


@router.get(_ADDRESS)
@needs("correct")
async def form(
    request: Request, desk: DeskOf, visit: SignedIn, submission_id: str, look_id: str, code: str
) -> Response:
    """Show what stands of a condition as a form, to whoever took the look."""
    found = await _opened(request, desk, visit, submission_id, look_id)
    if isinstance(found, Response):
        return found
    return _form(request, desk, visit, *found, code)


@router.post(_ADDRESS)
@needs("correct")
async def settle(request: Request, desk: DeskOf, acting: Acts, submission_id: str, look_id: str, code: str) -> Response:
    """Take `result` (met, not_met or withdraw), `source`, `on`, `reason`, `expects` and `token`."""
    found = await _opened(request, desk, acting.visit, submission_id, look_id)
    if not acting.text("expects").isdecimal():
        raise Forbidden
    if isinstance(found, Response):
        return found
    _leaf(desk, found[0], code)
    try:
        settled, reason = _said(acting, seoul_date(desk.clock())), _reason(acting)
    except _Wrong as wrong:
        return _form(request, desk, acting.visit, *found, code, said=acting, wrong=str(wrong))
    done = await desk.gate.settle(
        submission_id,
        {code: settled},
        reason=reason,
        official=acting.person.official,
        look_id=look_id,
        request_id=f"settle-{uuid.uuid5(_NAMES, '|'.join((acting.text('token'), look_id, code)))}",
        expects=int(acting.text("expects")),
    )
    back = f"/submissions/{submission_id}/looks/{look_id}"
    if isinstance(done, Refused):
        return refused_page(request, acting.visit, done, back=back)
    await desk.done(done.event)
    return RedirectResponse(f"{back}#conditions", 303)


def _said(acting: Acting, today: date) -> Settled | None:
    """Give what was found; None where what was said before is taken back. Raises `_Wrong`."""
    result, source = acting.text("result"), without_rrn(acting.text("source"))
    if result == "withdraw":
        return None
    if result != "met" and result != "not_met":
        raise _Wrong("result")
    if not source:
        raise _Wrong("source")
    try:
        on = date.fromisoformat(acting.text("on"))
    except ValueError:
        raise _Wrong("on") from None
    if on > today:
        raise _Wrong("on")
    return Settled(result=result, source=source, on=on, by=acting.person.name)


def _reason(acting: Acting) -> str:
    reason = without_rrn(acting.text("reason"))
    if len(reason) < LEAST:
        raise _Wrong("reason")
    return reason


async def _opened(
    request: Request, desk: Desk, visit: Visit, submission_id: str, look_id: str
) -> tuple[Opened, OpenLook] | Response:
    entry = await entry_of(desk, visit, submission_id)
    taken = await desk.stores.sessions.look(look_id, submission_id, visit.person, desk.clock())
    if taken is None:
        return RedirectResponse(f"/submissions/{submission_id}", 303)
    opened = await open_look(desk, visit, entry, taken.purpose, look_id)
    return refused_page(request, visit, opened) if isinstance(opened, Refused) else (opened, taken)


def _leaf(desk: Desk, opened: Opened, code: str) -> Leaf:
    """Give the condition. Raises `NotThere` unless a finding settles it."""
    programme = desk.catalog.programmes.get(opened.case.programme_id)
    leaf = next((one for one in programme.leaves if one.code == code), None) if programme else None
    if leaf is None or not leaf.by_person:
        raise NotThere
    return leaf


def _form(
    request: Request,
    desk: Desk,
    visit: Visit,
    opened: Opened,
    taken: OpenLook,
    code: str,
    *,
    said: Acting | None = None,
    wrong: str = "",
) -> Response:
    leaf = _leaf(desk, opened, code)
    stands = opened.facts.settled.get(code) if opened.facts else None
    before = {"result": stands.result, "source": stands.source, "on": stands.on.isoformat()} if stands else {}
    shown = {name: said.text(name) if said else before.get(name, "") for name in _FIELDS}
    return draw(
        request,
        visit,
        "settle.html",
        status=422 if wrong else 200,
        case=opened.case,
        taken=taken,
        leaf=leaf,
        asks=in_words(leaf.test.asks) if leaf.test.kind == "external" else "",
        stands=stands,
        today=seoul_date(desk.clock()),
        expects=int(said.text("expects")) if said else len(opened.case.corrections),
        said=shown,
        wrong=wrong,
    )
