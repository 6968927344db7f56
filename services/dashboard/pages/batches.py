"""Confirming and undoing: one from its page, many from their draft; how each row ended stays to be read.

Where the programme wants a second official for many, the first one's word only proposes them.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.batch import Batch, batch_id_of, by_ending
from services.dashboard.desk import Desk
from services.dashboard.overtaken import overtaken
from services.dashboard.pages.drafting import DECISIONS, MOST, write_draft
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import reach_of
from services.dashboard.pages.submission import entry_of, opened_page
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.reasons import LEAST, differs, words_of
from services.dashboard.reasons import MOST as MOST_OF_REASON
from services.dashboard.roles import Act
from services.dashboard.rules import screening_key
from services.dashboard.selection import gone_since
from services.dashboard.visits import Visit
from shared.errors import Unavailable
from shared.ids import is_submission_id

router = APIRouter()

AT_ONCE = 200
"""Rows decided before the page is shown; the rest follows behind it."""
_SHOWN = 200
_SOME = 500


@router.post("/submissions/{submission_id}/decision")
@needs("decide")
async def decide_one(request: Request, desk: DeskOf, acting: Acts, submission_id: str) -> Response:
    """Confirm one from its page: fields `decision`, `look_id`, `screening` as it was shown, `reason` and `token`."""
    decision = acting.one_of("decision", DECISIONS)
    look_id = acting.text("look_id")
    taken = await desk.stores.sessions.look(look_id, submission_id, acting.person, desk.clock())
    if taken is None:
        raise Forbidden
    entry = await entry_of(desk, acting.visit, submission_id)
    programme_id, office = entry.place
    reason = words_of(acting.text("reason"))
    if not reason and differs(entry.standing, decision) and acting.text("screening") == screening_key(entry.standing):
        return await opened_page(request, desk, acting.visit, entry, taken, unreasoned=acting.text("reason"))
    batch_id = batch_id_of(acting.text("token"), decision, submission_id)
    batch = Batch(batch_id, acting.person, programme_id, desk.clock(), decision, one=True, office=office)
    await write_draft(desk, batch, [(entry, decision)], acting.text("screening"), {submission_id: reason})
    await _confirm(desk, batch)
    shown_there = set(await desk.stores.rows.endings(batch.batch_id)) <= {"accepted", "undone"}
    address = f"/submissions/{submission_id}/looks/{look_id}" if shown_there else f"/batches/{batch.batch_id}"
    return RedirectResponse(address, 303)


@router.get("/batches/{batch_id}")
@needs("see")
async def show(request: Request, desk: DeskOf, visit: SignedIn, batch_id: str, unreasoned: str = "") -> Response:
    """Show a draft to confirm or to approve, or how each row of a batch ended; `unreasoned`: a reason was missing."""
    batch = await seen(desk, visit, batch_id)
    before = batch.state in ("draft", "proposed", "declined")
    rows = {ending: await desk.stores.rows.ended(batch_id, ending, _SHOWN) for ending in _ENDINGS}
    entries = await desk.stores.queue.load(row.submission_id for row in rows[None]) if before else {}
    run = await desk.stores.runs.find(batch.run_id) if batch.run_id else None
    left, since = gone_since(batch.left, run.result if run else None)
    where = (batch.programme_id, *desk.within(batch.programme_id, batch.office))
    mine = reach_of(desk, visit, batch.programme_id, batch.office)
    now = desk.clock()
    tally = await desk.stores.rows.tally(batch_id)
    endings = by_ending(tally)
    to_do = endings.get("", 0)
    undoable = (
        batch.can_be_undone_by(visit.person)
        and visit.may("undo", *where)
        and batch.say_at is not None
        and now < batch.say_at
    )
    context: dict[str, Any] = {
        "batch": batch,
        "programme": mine.programme,
        "reach": mine,
        "tally": tally,
        "endings": endings,
        "dropped": await desk.stores.rows.reasons(batch_id, "dropped"),
        "left": left,
        "since": since,
        "rows": rows,
        "entries": entries,
        "shown": _SHOWN,
        "most": MOST,
        "changed": await overtaken(desk.stores, batch, to_do) if before else 0,
        "differing": bool(before and await desk.stores.rows.unreasoned(batch_id, 1)),
        "unreasoned": bool(unreasoned),
        "least": LEAST,
        "longest": MOST_OF_REASON,
        "mine": batch.person.id == visit.person.id,
        "approvable": batch.can_be_approved_by(visit.person) and visit.may("confirm", *where),
        "undoable": undoable and batch.state in ("deciding", "done"),
        "each_undoable": undoable and batch.state == "done",
        "say_at": desk.say_at(batch.programme_id, now, to_do),
    }
    return draw(request, visit, "batch.html", **context)


@router.post("/batches/{batch_id}/confirm")
@needs("propose")
async def confirm(desk: DeskOf, acting: Acts, batch_id: str) -> Response:
    """Confirm a draft, with a `reason` where rows differ from their screening. Sent twice, it confirms once."""
    batch = await _own(desk, acting, batch_id)
    if not batch.second:
        _must(desk, acting.visit, batch, "confirm")
    if not await _reasoned(desk, batch, words_of(acting.text("reason"))):
        return RedirectResponse(f"/batches/{batch_id}?unreasoned=1", 303)
    await _confirm(desk, batch)
    return RedirectResponse(f"/batches/{batch_id}", 303)


@router.post("/batches/{batch_id}/approve")
@needs("confirm")
async def approve(desk: DeskOf, acting: Acts, batch_id: str) -> Response:
    """Approve what another official proposed; nobody approves their own."""
    batch = await seen(desk, acting.visit, batch_id)
    if batch.person.id == acting.person.id:
        raise Forbidden
    now = desk.clock()
    await desk.stores.batches.approve(batch_id, acting.person, now, await _say_at(desk, batch, now))
    await work(desk, batch_id)
    return RedirectResponse(f"/batches/{batch_id}", 303)


@router.post("/batches/{batch_id}/decline")
@needs("decline")
async def decline(desk: DeskOf, acting: Acts, batch_id: str) -> Response:
    """Refuse what another official proposed, or take one's own proposal back; nothing of it is decided."""
    batch = await seen(desk, acting.visit, batch_id)
    if batch.person.id != acting.person.id:
        _must(desk, acting.visit, batch, "confirm")
    await desk.stores.batches.decline(batch_id, acting.person)
    return RedirectResponse(f"/batches/{batch_id}", 303)


@router.post("/batches/{batch_id}/undo")
@needs("undo")
async def undo(desk: DeskOf, acting: Acts, batch_id: str) -> Response:
    """Undo a batch, or with fields `submission_id` only these; `look_id` leads back to the submission's page."""
    batch = await desk.stores.batches.find(batch_id)
    if batch is None or not batch.can_be_undone_by(acting.person):
        raise NotThere
    _must(desk, acting.visit, batch)
    only = [name for name in acting.texts("submission_id") if is_submission_id(name)]
    if batch.state != "done" or await desk.stores.rows.undoable(batch_id, only):
        await desk.stores.batches.undo(batch, desk.clock(), only)
    await work(desk, batch_id)
    if len(only) == 1 and acting.text("look_id"):
        return RedirectResponse(f"/submissions/{only[0]}/looks/{acting.text('look_id')}", 303)
    return RedirectResponse(f"/batches/{batch_id}", 303)


_ENDINGS: tuple[Any, ...] = (None, "dropped", "refused", "kept", "accepted", "undone")


async def seen(desk: Desk, visit: Visit, batch_id: str) -> Batch:
    """Give a batch that this official may see. Raises `NotThere`, `NotAllowed`."""
    batch = await desk.stores.batches.find(batch_id)
    if batch is None or not batch.shown_to(visit.person):
        raise NotThere
    _must(desk, visit, batch)
    return batch


def _must(desk: Desk, visit: Visit, batch: Batch, act: Act | None = None) -> None:
    visit.must(batch.programme_id, *desk.within(batch.programme_id, batch.office), act=act)


async def _own(desk: Desk, acting: Acting, batch_id: str) -> Batch:
    batch = await desk.stores.batches.find(batch_id)
    if batch is None or batch.person.id != acting.person.id:
        raise NotThere
    _must(desk, acting.visit, batch)
    return batch


async def _reasoned(desk: Desk, batch: Batch, reason: str) -> bool:
    """Give the rows that need a reason and have none of their own this one; False where there are such, and no reason.

    Sealed in each row under its submission's key: with the submission it ends, also before anything is decided.
    """
    while rows := await desk.stores.rows.unreasoned(batch.batch_id, _SOME):
        if not reason:
            return False
        sealed = await desk.gate.sealed_reasons({row.submission_id: (row.row_id, reason) for row in rows})
        await desk.stores.rows.reason([replace(row, why=sealed.get(row.submission_id, b"")) for row in rows])
    return True


async def _confirm(desk: Desk, batch: Batch) -> None:
    now = desk.clock()
    await desk.stores.batches.confirm(batch.batch_id, now, await _say_at(desk, batch, now))
    await work(desk, batch.batch_id)


async def _say_at(desk: Desk, batch: Batch, now: datetime) -> datetime:
    to_do = (await desk.stores.rows.endings(batch.batch_id)).get("", 0)
    return desk.say_at(batch.programme_id, now, to_do)


async def work(desk: Desk, batch_id: str) -> None:
    """Do the first of what is to be done of a batch before the page is shown."""
    with suppress(Unavailable):  # what was asked is written down, and is done when the store is back
        await desk.deciding.work(batch_id, AT_ONCE)
