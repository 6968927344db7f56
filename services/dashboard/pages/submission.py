"""Opening one submission: nothing is shown before the gate has recorded the look, and the citizen will be told."""

import base64
import binascii
import uuid
from dataclasses import replace
from functools import partial
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.pages import access_words, showing
from services.dashboard.pages.columns import names_of
from services.dashboard.pages.conditions import conditions
from services.dashboard.pages.drawing import draw, office
from services.dashboard.pages.guard import Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.history import history
from services.dashboard.pages.masking import Mask
from services.dashboard.pages.supplementing import supplements
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.reasons import LEAST, MOST, differs
from services.dashboard.rules import Entry, screening_key
from services.dashboard.store.sessions import OpenLook
from services.dashboard.visits import Visit
from shared.audit import Access
from shared.clock import seoul_date
from shared.events import Decision
from shared.gate import OPEN, Case, Opened, Refused
from shared.ids import is_submission_id
from shared.sandbox import Done
from shared.standing import Standing

router = APIRouter()

_ACCESSES = 50
"""The latest of those who looked, and when, that a page shows."""
_NAMES = uuid.UUID("0b7a9f0e-58a7-5d0e-8a36-1a2f3c4d5e6f")


@router.get("/submissions/{submission_id}")
@needs("open")
async def ask(request: Request, desk: DeskOf, visit: SignedIn, submission_id: str) -> Response:
    """Say what opening means, and ask for a purpose. No value is read for this page."""
    case = await _case(desk, visit, submission_id)
    programme = desk.catalog.programmes.get(case.programme_id)
    entry = await entry_of(desk, visit, submission_id)
    return draw(
        request, visit, "ask.html", case=case, standing=entry.standing, programme=programme, opens=case.state in OPEN,
        wallets=desk.catalog.wallets, accesses=await _accesses(desk, case, entry.standing),
    )  # fmt: skip


@router.post("/submissions/{submission_id}/looks")
@needs("open")
async def look(request: Request, desk: DeskOf, acting: Acts, submission_id: str) -> Response:
    """Take a look: fields `purpose` and `token`. The same form sent twice is one look."""
    purpose = acting.text("purpose")
    if not is_submission_id(submission_id) or purpose not in access_words.PURPOSES:
        raise Forbidden
    look_id = f"look-{uuid.uuid5(_NAMES, '|'.join((acting.text('token'), acting.person.id, submission_id)))}"
    entry = await entry_of(desk, acting.visit, submission_id)
    opened = await open_look(desk, acting.visit, entry, purpose, look_id)
    if isinstance(opened, Refused):
        return refused_page(request, acting.visit, opened)
    await desk.stores.sessions.keep_look(OpenLook(look_id, submission_id, acting.person.id, purpose, desk.clock()))
    await desk.done(opened.event)
    return RedirectResponse(f"/submissions/{submission_id}/looks/{look_id}", 303)


@router.get("/submissions/{submission_id}/looks/{look_id}")
@needs("open")
async def show(request: Request, desk: DeskOf, visit: SignedIn, submission_id: str, look_id: str) -> Response:
    """Show what a look opened. Only a look already taken is shown: no address by itself opens anything."""
    taken = await desk.stores.sessions.look(look_id, submission_id, visit.person, desk.clock())
    if taken is None:
        return RedirectResponse(f"/submissions/{submission_id}", 303)
    return await opened_page(request, desk, visit, await entry_of(desk, visit, submission_id), taken)


async def opened_page(
    request: Request, desk: Desk, visit: Visit, entry: Entry, taken: OpenLook, *, unreasoned: str | None = None
) -> Response:
    """Show what a look opened, of an entry loaded once: what is opened, and what a decision will rest on, are the same.

    `unreasoned` is what was given as a reason and is none, or too short a one.
    """
    submission_id = entry.submission_id
    opened = await open_look(desk, visit, entry, taken.purpose, taken.look_id)
    if isinstance(opened, Refused):
        return refused_page(request, visit, opened)
    pending = (await desk.stores.rows.pending([submission_id], desk.clock())).get(submission_id)
    shown = _shown(desk, opened, entry.standing, masked=not taken.unmasked)
    shown |= supplements(opened.case, seoul_date(desk.clock()))
    shown |= {"taken": taken, "pending": pending, "untold": await desk.stores.untold.of(submission_id)}
    accesses = await _accesses(desk, opened.case, entry.standing)
    shown |= {"unreasoned": unreasoned, "status": 200 if unreasoned is None else 422}
    return draw(request, visit, "submission.html", **shown, accesses=accesses)


@router.get("/submissions/{submission_id}/looks/{look_id}/certificates/{part}/pages/{number}.png")
@needs("open")
async def page_image(
    desk: DeskOf, visit: SignedIn, submission_id: str, look_id: str, part: int, number: int
) -> Response:
    """Give the picture of one page, drawn in the sandbox, to whoever took the look."""
    taken = await desk.stores.sessions.look(look_id, submission_id, visit.person, desk.clock())
    if taken is None or part < 0 or not 1 <= number <= desk.settings.max_pages:
        raise NotThere
    entry = await entry_of(desk, visit, submission_id)
    official = visit.person.official
    covers = None
    if not taken.unmasked:
        opened = await open_look(desk, visit, entry, taken.purpose, look_id)
        if isinstance(opened, Refused) or not _can_be_covered(opened, part):
            raise NotThere
        covers = Mask.of(opened, desk.catalog).covers(opened, part, number)
    document = await desk.gate.certificate(submission_id, part, look_id=look_id, official=official, page=number)
    if document is None:
        raise NotThere
    picture = _picture(await desk.render(document, number, covers))
    if picture is None:
        raise NotThere
    return Response(picture, media_type="image/png")


def _can_be_covered(opened: Opened, part: int) -> bool:
    """Tell whether it is known where on a certificate a person is named: of one that was not read it is not."""
    read = opened.read.certificates if opened.read else ()
    return any(one.part == part and not one.unreadable for one in read)


def _picture(outcome: object) -> bytes | None:
    """Give the PNG of an outcome, if it is one: what comes from the sandbox is as hostile as what went in."""
    result: Any = outcome.result if isinstance(outcome, Done) else None
    if not isinstance(result, dict) or not isinstance(result.get("png"), str):
        return None
    try:
        picture = base64.b64decode(result["png"], validate=True)
    except binascii.Error:
        return None
    return picture if picture.startswith(b"\x89PNG\r\n\x1a\n") else None


async def open_look(desk: Desk, visit: Visit, entry: Entry, purpose: str, look_id: str) -> Opened | Refused:
    """Take a look, or open anew what one has opened: the same look is recorded once."""
    screening = entry.standing.screening
    return await desk.gate.view(
        entry.submission_id,
        official=visit.person.official,
        purpose=purpose,
        request_id=look_id,
        screening=screening.name if screening else "",
    )


async def entry_of(desk: Desk, visit: Visit, submission_id: str) -> Entry:
    """Give an entry whose programme and office are theirs: by the gate, where its reception has not been heard of yet.

    Topics are read in any order, so that what was screened may be listed before it is known where it belongs. Raises
    `NotThere`, `NotAllowed`.
    """
    entry = (await desk.stores.queue.load([submission_id])).get(submission_id) or Entry(submission_id)
    if entry.standing.programme_id is None:
        case = await _case(desk, visit, submission_id)
        known = {"receipt": case.receipt, "programme_id": case.programme_id, "office": case.office}
        return replace(entry, standing=entry.standing.model_copy(update=known))
    visit.must(*entry.place)
    return entry


async def _accesses(desk: Desk, case: Case, standing: Standing) -> list[Access]:
    closed_at = standing.taken_back_at or standing.withdrawn_at
    return await desk.gate.accesses(case, limit=_ACCESSES, until=closed_at)


async def _case(desk: Desk, visit: Visit, submission_id: str) -> Case:
    """Give what the gate knows of a submission that is theirs. Raises `NotThere`, `NotAllowed`."""
    case = await desk.gate.case(submission_id) if is_submission_id(submission_id) else None
    if case is None:
        raise NotThere
    visit.must(case.programme_id, case.office)
    return case


def refused_page(request: Request, visit: Visit, refused: Refused, *, back: str = "") -> Response:
    """Say what a look, or what was to be done in it, lost to; `back` leads to where it can be looked at again."""
    status = 404 if refused.reason == "not_found" else 409
    return draw(request, visit, "refused.html", status=status, refused=refused, back=back)


def _shown(desk: Desk, opened: Opened, standing: Standing, *, masked: bool) -> dict[str, Any]:
    mark = standing.screening
    programme = desk.catalog.programmes.get(opened.case.programme_id)
    version = desk.catalog.versions.get((opened.case.programme_id, mark.rule_version)) if mark else None
    received = opened.case.received_at
    as_of = mark.as_of if mark else programme.as_of_date(received) if programme else seoul_date(received)
    papers = showing.papers(opened, desk.catalog, as_of, seoul_date(desk.clock()))
    boxes = frozenset(name for paper in papers for name in paper.anchors)
    found = conditions(opened.screening, version or programme, boxes, opened.corrections)
    submitter, reason = (opened.submitter.name, opened.submitter.birth_date.isoformat()), opened.reason
    if masked:
        mask = Mask.of(opened, desk.catalog)
        papers, found = [mask.paper(paper) for paper in papers], [mask.condition(one) for one in found]
        submitter, reason = (mask.text(submitter[0]), mask.text(submitter[1])), mask.text(reason)
    wallets, offices = names_of(desk.catalog)
    app = wallets.get(opened.case.wallet_app, opened.case.wallet_app)
    return {
        "opened": opened,
        "case": opened.case,
        "standing": standing,
        "programme": programme,
        "wallets": desk.catalog.wallets,
        "papers": papers,
        "history": history(opened.case, standing, app, partial(office, offices=offices), reason),
        "conditions": found,
        "masked": masked,
        "submitter": submitter,
        "undrawn": {one.part for one in papers if masked and not _can_be_covered(opened, one.part)},
        "expects": screening_key(standing),
        "differing": {decision for decision in get_args(Decision) if differs(standing, decision)},
        "least": LEAST,
        "most": MOST,
        "undo_until": desk.say_at(opened.case.programme_id, desk.clock()),
    }
