"""Confirming and undoing: one from its page, many by way of a preview; how each row ended stays to be read."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.batch import Batch, batch_id_of, row_of
from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn
from services.dashboard.pages.queue import SKEW, programme_of
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.rules import Entry, decidable, screening_key
from services.dashboard.store.queue import Listed
from shared.errors import Unavailable
from shared.events import Decision
from shared.ids import is_submission_id

router = APIRouter()

AT_ONCE = 200
"""Rows decided before the page is shown; the rest follows behind it."""
MOST = 5_000
_SHOWN = 200
_NOBODY = Entry("")


@router.post("/submissions/{submission_id}/decision")
async def decide_one(desk: DeskOf, acting: Acts, submission_id: str) -> Response:
    """Confirm one from its page: fields `decision`, `look_id`, `screening` as it was shown, and `token`."""
    decision = _decision(acting.text("decision"))
    look_id = acting.text("look_id")
    taken = await desk.stores.sessions.look(look_id, submission_id, acting.person, desk.clock())
    entry = (await desk.stores.queue.load([submission_id])).get(submission_id)
    if taken is None or entry is None or entry.standing.programme_id is None:
        raise Forbidden
    batch = await _draft(desk, acting, entry.standing.programme_id, decision, [entry], acting.text("screening"))
    await _confirm(desk, batch)
    shown_there = set(await desk.stores.rows.endings(batch.batch_id)) <= {"accepted", "undone"}
    address = f"/submissions/{submission_id}/looks/{look_id}" if shown_there else f"/batches/{batch.batch_id}"
    return RedirectResponse(address, 303)


@router.post("/batches")
async def preview(desk: DeskOf, acting: Acts) -> Response:
    """Write a draft of many: fields `programme`, `class`, `token`, and `pick` for each, or `all`."""
    programme = programme_of(desk, acting.text("programme"))
    decision = _decision(acting.text("class"))
    entries = await _chosen(desk, acting, programme.id, decision)
    if not entries:
        return RedirectResponse(f"/queue?programme={programme.id}&class={decision}", 303)
    batch = await _draft(desk, acting, programme.id, decision, entries)
    return RedirectResponse(f"/batches/{batch.batch_id}", 303)


@router.get("/batches/{batch_id}")
async def show(request: Request, desk: DeskOf, session: SignedIn, batch_id: str) -> Response:
    """Show a draft to confirm, or how each row of a batch ended."""
    batch = await desk.stores.batches.find(batch_id)
    if batch is None or batch.person.id != session.person.id:
        raise NotThere
    rows = {ending: await desk.stores.rows.ended(batch_id, ending, _SHOWN) for ending in _ENDINGS}
    entries = await desk.stores.queue.load(row.submission_id for row in rows[None]) if batch.state == "draft" else {}
    changed = [
        row for row in rows[None] if screening_key(entries.get(row.submission_id, _NOBODY).standing) != row.expects
    ]
    now = desk.clock()
    context: dict[str, Any] = {
        "batch": batch,
        "programme": programme_of(desk, batch.programme_id),
        "endings": await desk.stores.rows.endings(batch_id),
        "rows": rows,
        "entries": entries,
        "shown": _SHOWN,
        "most": MOST,
        "changed": len(changed),
        "undoable": batch.say_at is not None and now < batch.say_at and batch.state in ("deciding", "done"),
        "each_undoable": batch.say_at is not None and now < batch.say_at and batch.state == "done",
        "say_at": desk.say_at(batch.programme_id, now),
    }
    return draw(request, session, "batch.html", **context)


@router.post("/batches/{batch_id}/confirm")
async def confirm(desk: DeskOf, acting: Acts, batch_id: str) -> Response:
    """Confirm a draft. Sent twice, it confirms once."""
    await _confirm(desk, await _own(desk, acting, batch_id))
    return RedirectResponse(f"/batches/{batch_id}", 303)


@router.post("/batches/{batch_id}/undo")
async def undo(desk: DeskOf, acting: Acts, batch_id: str) -> Response:
    """Undo a batch, or with fields `submission_id` only these; `look_id` leads back to the submission's page."""
    await _own(desk, acting, batch_id)
    only = [name for name in acting.texts("submission_id") if is_submission_id(name)]
    await desk.stores.batches.undo(batch_id, desk.clock(), only)
    await _work(desk, batch_id)
    if len(only) == 1 and acting.text("look_id"):
        return RedirectResponse(f"/submissions/{only[0]}/looks/{acting.text('look_id')}", 303)
    return RedirectResponse(f"/batches/{batch_id}", 303)


_ENDINGS: tuple[Any, ...] = (None, "refused", "kept", "accepted", "undone")


def _decision(text: str) -> Decision:
    for decision in get_args(Decision):
        if decision == text:
            found: Decision = decision
            return found
    raise Forbidden


async def _own(desk: Desk, acting: Acting, batch_id: str) -> Batch:
    batch = await desk.stores.batches.find(batch_id)
    if batch is None or batch.person.id != acting.person.id:
        raise NotThere
    return batch


async def _chosen(desk: Desk, acting: Acting, programme_id: str, decision: Decision) -> list[Entry]:
    """Give the chosen submissions that can still be decided so; for `all`, the first to come."""
    now = desk.clock()
    if acting.text("all"):
        tally = await desk.counting.tally(programme_id)
        if not tally.groups:
            return []
        stretch = (min(group.first for group in tally.groups), now + SKEW)
        entries = await desk.stores.queue.within(Listed(programme_id, decision, "undecided"), stretch, MOST)
    else:
        picked = [name for name in acting.texts("pick") if is_submission_id(name)][:MOST]
        entries = list((await desk.stores.queue.load(picked)).values())
    pending = await desk.stores.rows.pending((entry.submission_id for entry in entries), now)
    return [
        entry
        for entry in decidable(entries, decision)
        if entry.submission_id not in pending and entry.standing.programme_id == programme_id
    ]


async def _draft(
    desk: Desk,
    acting: Acting,
    programme_id: str,
    decision: Decision,
    entries: Sequence[Entry],
    expects: str | None = None,
) -> Batch:
    """Write a batch down, rows first, so that one which can be confirmed is whole."""
    batch_id = batch_id_of(acting.text("token"), decision, [entry.submission_id for entry in entries])
    batch = Batch(batch_id, acting.person, programme_id, decision, desk.clock())
    await desk.stores.rows.draft([row_of(batch, entry, expects) for entry in entries])
    await desk.stores.batches.draft(batch)
    return batch


async def _confirm(desk: Desk, batch: Batch) -> None:
    now = desk.clock()
    await desk.stores.batches.confirm(batch.batch_id, now, desk.say_at(batch.programme_id, now))
    await _work(desk, batch.batch_id)


async def _work(desk: Desk, batch_id: str) -> None:
    with suppress(Unavailable):  # what was asked is written down, and is done when the store is back
        await desk.deciding.work(batch_id, AT_ONCE)
