"""Drafts of decisions on many: what a list holds or what was picked of it, written down before anybody confirms it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import get_args

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.dashboard.batch import Batch, batch_id_of, row_of
from services.dashboard.desk import Desk
from services.dashboard.filters import FIELDS, Filter
from services.dashboard.listing import SKEW
from services.dashboard.pages.guard import Acting, Acts, DeskOf, needs
from services.dashboard.pages.reaching import reach_of
from services.dashboard.pages.troubles import Forbidden
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry, decidable
from services.dashboard.visits import Visit
from shared.events import Decision
from shared.ids import is_submission_id

router = APIRouter()

DECISIONS: tuple[Decision, ...] = get_args(Decision)
MOST = 5_000
"""Rows of one draft at the most."""


@router.post("/batches")
@needs("draft")
async def preview(desk: DeskOf, acting: Acts) -> Response:
    """Write a draft of many: the fields of `Filter`, `since` where it lists what is new, `token`, and `pick` for each
    or `all` that the list holds.
    """
    wanted = Filter.parse({name: acting.text(name) for name in FIELDS})
    mine = reach_of(desk, acting.visit, wanted.programme, wanted.office)
    decision = acting.one_of("class", DECISIONS)
    wanted = replace(wanted, programme=mine.programme.id, office=mine.office)
    entries = await _chosen(desk, acting, mine, wanted, decision)
    if not entries:
        return RedirectResponse(f"/queue?{wanted.query()}", 303)
    batch_id = batch_id_of(acting.text("token"), decision, *sorted(entry.submission_id for entry in entries))
    two = two_decide(desk, acting.visit, mine.programme.id, mine.office)
    batch = Batch(batch_id, acting.person, mine.programme.id, desk.clock(), decision, second=two, office=mine.office)
    await write_draft(desk, batch, [(entry, decision) for entry in entries])
    return RedirectResponse(f"/batches/{batch.batch_id}", 303)


def two_decide(desk: Desk, visit: Visit, programme_id: str, office: str) -> bool:
    """Tell whether a draft of theirs is only proposed: where two must decide, and where they may not confirm many."""
    return desk.two_decide(programme_id) or not visit.may("confirm", programme_id, *desk.within(programme_id, office))


async def write_draft(
    desk: Desk,
    batch: Batch,
    chosen: Sequence[tuple[Entry, Decision]],
    expects: str | None = None,
    reasons: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write a batch down, rows first, so that one which can be confirmed is whole. `reasons` are by submission."""
    rows = [row_of(batch, entry, decision, expects) for entry, decision in chosen]
    said = {row.submission_id: (row.row_id, reasons.get(row.submission_id, "")) for row in rows}
    sealed = await desk.gate.sealed_reasons({name: one for name, one in said.items() if one[1]})
    await desk.stores.rows.draft([replace(row, why=sealed.get(row.submission_id)) for row in rows])
    await desk.stores.batches.draft(batch)


async def _chosen(desk: Desk, acting: Acting, mine: Reach, wanted: Filter, decision: Decision) -> list[Entry]:
    """Give the chosen submissions that can still be decided so; for `all`, the first of the list to come.

    Raises `NotAllowed` where one was picked that is not theirs, `Forbidden` for all of a list that is not offered so.
    """
    now = desk.clock()
    if acting.text("all"):
        if wanted.only == "mine":
            raise Forbidden
        tally = (await desk.counting.tally(mine.programme.id)).at(mine.office)
        if not tally.groups:
            return []
        listed = wanted.listed(now, retention_days=mine.programme.retention_days, since=_since(acting.text("since")))
        first, last = min(group.first for group in tally.groups), now + SKEW
        stretch = (max(first, listed.since or first), min(last, listed.until or last))
        entries = await desk.stores.queue.within(replace(listed, mark=wanted.open_mark), stretch, MOST)
    else:
        picked = [name for name in acting.texts("pick") if is_submission_id(name)][:MOST]
        entries = list((await desk.stores.queue.load(picked)).values())
        for entry in entries:
            acting.visit.must(*entry.place)
    pending = await desk.stores.rows.pending((entry.submission_id for entry in entries), now)
    return [
        entry
        for entry in decidable(entries, decision)
        if entry.submission_id not in pending and mine.holds(entry.place)
    ]


def _since(text: str) -> datetime | None:
    """Give the instant that the page told to be new from. Raises `Forbidden` for what is none."""
    try:
        since = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Forbidden from None
    if since is not None and since.tzinfo is None:
        raise Forbidden
    return since
