"""Selection runs: asked for, with a lottery's commitment first; what each counted; and drafts of decisions from one.

No value of a certificate stands here: a run's rows are receipts, outcomes and places.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.batch import Batch, batch_id_of
from services.dashboard.desk import Desk
from services.dashboard.pages.batches import work
from services.dashboard.pages.drafting import two_decide
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import must_lead, programme_of, reach_of, reachable
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.rules import Entry
from services.dashboard.selection import (
    DECIDES,
    GROUPS,
    RANKED,
    Run,
    State,
    Stored,
    agrees,
    expected_by,
    group_of,
    state_of,
)
from services.dashboard.visits import Visit
from shared.catalog import Programme
from shared.clock import seoul_date
from shared.events import SelectionRow

router = APIRouter()

SIZE = 50
_RUNS = 50
_BATCHES = 20
_NAMES = uuid.UUID("9c1f7a52-4b64-5f0e-8d0a-7f5f6f0f8f21")


@dataclass(frozen=True)
class Listed:
    """One row of a run as it stands in a list, with what has become of it since."""

    row: SelectionRow
    group: str
    entry: Entry
    since: str | None


@router.get("/runs")
@needs("see")
async def runs(request: Request, desk: DeskOf, visit: SignedIn, programme: str = "", office: str = "") -> Response:
    """Show a programme's runs, to its responsible office, and offer to ask for another; and decisions on many."""
    mine = reach_of(desk, visit, programme, office)
    chosen = mine.programme
    leads = visit.may("see", chosen.id, chosen.office)
    latest = await desk.stores.runs.latest(chosen.id, _RUNS + 1) if leads else []
    found = [(run, await desk.stores.portions.stored(run.run_id)) for run in latest[:_RUNS]]
    batches, further = await desk.stores.batches.shown(
        chosen.id, visit.person, desk.clock(), _BATCHES, office=mine.office
    )
    return draw(
        request,
        visit,
        "runs.html",
        programme=chosen,
        reach=mine,
        programmes=reachable(desk, visit),
        leads=leads,
        may_run=visit.may("run", chosen.id, chosen.office),
        runs=[(run, state_of(run, stored)) for run, stored in found],
        more_runs=len(latest) > _RUNS,
        batches=batches,
        more_batches=further,
        as_of=chosen.as_of_date(desk.clock()),
        versions=_versions(desk, chosen),
        lottery=_draws(chosen),
        draws=any(map(_draws, _versions(desk, chosen))),
        has_day=all(one.pinned_day for one in _versions(desk, chosen)),
    )


@router.post("/runs")
@needs("run")
async def ask(desk: DeskOf, acting: Acts) -> Response:
    """Ask for a run: fields `programme`, `as_of` and `token`; of a lottery `announced`, and it is only committed to.

    `rule_version`, if given, is any that is known, drafts too: what these would do is seen, and decides nothing.
    `announced` says which public value will be mixed in: without one, whoever holds the seeds could choose among them.
    """
    programme = _at_version(
        desk, programme_of(desk, acting.visit, acting.text("programme")), acting.text("rule_version")
    )
    now = desk.clock()
    as_of = programme.pinned_day or _day(acting.text("as_of"))
    run_id = f"run-{uuid.uuid5(_NAMES, '|'.join((acting.text('token'), acting.person.id, programme.id)))}"
    lottery = _draws(programme)
    announced = acting.text("announced") if lottery else ""
    if lottery and not announced:
        raise Forbidden
    run = Run(run_id, programme.id, programme.version, as_of, now, acting.person, announced=announced)
    desk.soon(await desk.stores.runs.announce(run, lottery=lottery))
    if not lottery:
        desk.soon(await desk.stores.runs.request(run_id, "", now))
    return RedirectResponse(f"/runs/{run_id}", 303)


@router.post("/runs/{run_id}/request")
@needs("run")
async def disclose(desk: DeskOf, acting: Acts, run_id: str) -> Response:
    """Disclose a lottery's seed and have the run made: field `public_value`, where one was announced."""
    run = await run_of(desk, acting.visit, run_id)
    value = acting.text("public_value") if run.announced else ""
    if run.announced and not value:
        raise Forbidden
    desk.soon(await desk.stores.runs.request(run_id, value, desk.clock()))
    return RedirectResponse(f"/runs/{run_id}", 303)


@router.get("/runs/{run_id}")
@needs("see")
async def show(
    request: Request, desk: DeskOf, visit: SignedIn, run_id: str, group: str = "", page: int = 1
) -> Response:
    """Show a run: what it counted, which sums to what was received, and its rows, those with a place in its order."""
    run = await run_of(desk, visit, run_id)
    programme = programme_of(desk, visit, run.programme_id)
    stored = await desk.stores.portions.stored(run_id)
    state = state_of(run, stored)
    wanted = group if group in GROUPS else ""
    number = min(max(page, 1), 1_000_000)
    rows = await _page(desk, run_id, stored, wanted, number) if state == "ready" else []
    count = stored.groups.get(wanted, 0) if wanted else stored.rows
    listed = await _listed(desk, rows)
    mine, everywhere = reach_of(desk, visit, programme.id), desk.within(programme.id, "")
    batches, _ = await desk.stores.batches.shown(
        programme.id, visit.person, desk.clock(), _BATCHES, office=mine.office, run_id=run_id
    )
    others = [one for one in await desk.stores.runs.latest(programme.id, _RUNS) if one.run_id != run_id and one.result]
    return draw(
        request,
        visit,
        "run.html",
        run=run,
        programme=programme,
        state=state,
        stored=stored,
        agrees=run.result is None or state != "ready" or agrees(run.result, stored),
        groups=GROUPS,
        ranked=RANKED,
        decides=DECIDES,
        tried_out=tried_out(desk, run),
        chosen=wanted,
        rows=listed,
        openable={one.row.submission_id for one in listed if visit.may("open", *one.entry.place)},
        page=number,
        pages=max(1, -(-count // SIZE)),
        others=others,
        batches=batches,
        second=two_decide(desk, visit, programme.id, ""),
        may_draft=visit.may("draft", programme.id, *everywhere),
        may_reveal=visit.may("reveal", programme.id, *everywhere),
        wallets=desk.catalog.wallets,
    )


@router.post("/runs/{run_id}/batches")
@needs("draft")
async def draft(desk: DeskOf, acting: Acts, run_id: str) -> Response:
    """Draft decisions from a run: fields `group` for each group to be decided, and `token`.

    Its rows are of every office, so it is for whoever may draft for each of them.
    """
    run = await run_of(desk, acting.visit, run_id)
    acting.visit.must(run.programme_id, *desk.within(run.programme_id, ""))
    stored = await desk.stores.portions.stored(run_id)
    groups = tuple(group for group in DECIDES if group in acting.texts("group"))
    whole = state_of(run, stored) == "ready" and run.result is not None and agrees(run.result, stored)
    if not whole or tried_out(desk, run):
        raise Forbidden
    if not groups:
        return RedirectResponse(f"/runs/{run_id}", 303)
    batch_id = batch_id_of(acting.text("token"), run_id, *groups)
    two = two_decide(desk, acting.visit, run.programme_id, "")
    await desk.stores.batches.draft(
        Batch(
            batch_id, acting.person, run.programme_id, desk.clock(), state="drafting", second=two,
            run_id=run_id, groups=groups,
        )
    )  # fmt: skip
    await work(desk, batch_id)
    return RedirectResponse(f"/batches/{batch_id}", 303)


async def run_of(desk: Desk, visit: Visit, run_id: str) -> Run:
    """Give a run of a programme that is theirs. Raises `NotThere`, `NotAllowed`."""
    run = await desk.stores.runs.find(run_id)
    if run is None:
        raise NotThere
    must_lead(desk, visit, run.programme_id)
    return run


def tried_out(desk: Desk, run: Run) -> bool:
    """Tell whether a run's version is only tried out: a draft, or not in force yet. Nothing is decided by it."""
    version = desk.catalog.versions.get((run.programme_id, run.rule_version))
    today = seoul_date(desk.clock())
    return version is None or version.draft or (version.in_force_from or today) > today


async def ready_run(desk: Desk, visit: Visit, run_id: str) -> Run:
    """Give a run whose draft is whole. Raises `NotThere`, `NotAllowed`."""
    run = await run_of(desk, visit, run_id)
    state: State = state_of(run, await desk.stores.portions.stored(run_id))
    if state != "ready":
        raise NotThere
    return run


async def _page(desk: Desk, run_id: str, stored: Stored, group: str, number: int) -> list[SelectionRow]:
    start = (number - 1) * SIZE
    if group not in RANKED:
        return await desk.stores.portions.stretch(run_id, group, start, SIZE)
    before = 0 if group == RANKED[0] else stored.groups.get(RANKED[0], 0)
    rows = await desk.stores.portions.placed(run_id, range(before + start + 1, before + start + SIZE + 1))
    return [row for row in rows if group_of(row) == group]


async def _listed(desk: Desk, rows: Sequence[SelectionRow]) -> list[Listed]:
    entries = await desk.stores.queue.load(row.submission_id for row in rows)
    pending = await desk.stores.rows.pending(entries, desk.clock())
    return [
        Listed(
            row,
            group_of(row),
            entries.get(row.submission_id, Entry(row.submission_id)),
            expected_by(row, entries.get(row.submission_id), pending=row.submission_id in pending)
            if group_of(row) in DECIDES
            else None,
        )
        for row in rows
    ]


def _versions(desk: Desk, programme: Programme) -> list[Programme]:
    """Give every version of a programme, the one in force first, the others the newest first."""
    known = sorted(desk.catalog.versions.items(), reverse=True)
    return [programme, *(one for (name, number), one in known if name == programme.id and number != programme.version)]


def _at_version(desk: Desk, programme: Programme, number: str) -> Programme:
    """Give the version that was asked for; the one in force where none was. Raises `Forbidden`."""
    if not number:
        return programme
    found = next((one for one in _versions(desk, programme) if str(one.version) == number), None)
    if found is None:
        raise Forbidden
    return found


def _draws(programme: Programme) -> bool:
    return programme.selection is not None and "lottery" in programme.selection.order


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Forbidden from None
