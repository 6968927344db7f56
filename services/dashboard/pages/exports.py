"""Tables to take along: the queue, a run, a batch, a difference. None of them holds a value read from a certificate."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from services.dashboard.desk import Desk
from services.dashboard.filters import Filter, Listed
from services.dashboard.listing import list_page
from services.dashboard.pages import columns, words
from services.dashboard.pages.batches import seen
from services.dashboard.pages.differing import NOW, both, compared
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.moments import moment
from services.dashboard.pages.reaching import reach_of
from services.dashboard.pages.runs import ready_run
from services.dashboard.rules import Entry
from services.dashboard.selection import GROUPS
from services.dashboard.sheets import CSV, XLSX, Table, as_csv, as_xlsx
from shared.events import SelectionRow

router = APIRouter()

Form = Literal["csv", "xlsx"]
_SOME = 500
_WIDTH = 20


@router.get("/queue/export.{form}")
@needs("export")
async def queue(request: Request, desk: DeskOf, visit: SignedIn, form: Form) -> Response:
    """Give a programme's queue, or what the fields of `Filter` narrow it to, first come first."""
    wanted = Filter.parse(request.query_params)
    mine = reach_of(desk, visit, wanted.programme, wanted.office)
    wanted = replace(wanted, programme=mine.programme.id, office=mine.office, only="")
    listed = wanted.listed(desk.clock(), retention_days=mine.programme.retention_days, since=None)
    wallets, offices = columns.names_of(desk.catalog)

    async def rows() -> Table:
        async for entries in queued(desk, listed):
            yield [columns.queue_cells(entry, wallets, offices) for entry in entries]

    word = words.CLASS[wanted.submission_class] if wanted.submission_class else _("전체")
    name = "-".join(filter(None, (mine.programme.id, mine.office, word)))
    return table(form, name, [*columns.QUEUE.values()], rows())


@router.get("/runs/{run_id}/export.{form}")
@needs("export")
async def run(desk: DeskOf, visit: SignedIn, run_id: str, form: Form, group: str = "") -> Response:
    """Give a run's rows, or those of one group."""
    found = await ready_run(desk, visit, run_id)
    wanted = group if group in GROUPS else ""
    wallets, offices = columns.names_of(desk.catalog)

    async def rows() -> Table:
        async for some in drawn(desk, run_id, wanted):
            yield [[*columns.queue_cells(entry, wallets, offices), *columns.run_cells(row)] for entry, row in some]

    word = words.GROUP[wanted] if wanted else _("전체")
    return table(
        form, f"{found.programme_id}-{found.as_of}-{word}", [*columns.QUEUE.values(), *columns.RUN.values()], rows()
    )


@router.get("/batches/{batch_id}/export.{form}")
@needs("export")
async def batch(desk: DeskOf, visit: SignedIn, batch_id: str, form: Form) -> Response:
    """Give how each row of a batch ended."""
    found = await seen(desk, visit, batch_id)
    offices = columns.names_of(desk.catalog)[1]

    async def rows() -> Table:
        async for some in desk.stores.rows.each(batch_id):
            yield [columns.batch_cells(row, offices) for row in some]

    return table(form, f"{found.programme_id}-{_('결정')}", [*columns.BATCH.values()], rows())


@router.get("/runs/{run_id}/diff/export.{form}")
@needs("export")
async def diff(desk: DeskOf, visit: SignedIn, run_id: str, form: Form, other: str = NOW) -> Response:
    """Give all that differs between two runs, or a run and what holds now."""
    one, second = await both(desk, visit, run_id, other)

    async def rows() -> Table:
        async for some in compared(desk, one, second):
            changed = [item for item in some if item.before != item.after]
            entries = await desk.stores.queue.load(item.submission_id for item in changed) if changed else {}
            found = [(entries.get(item.submission_id, Entry(item.submission_id)).standing, item) for item in changed]
            yield [
                [standing.receipt, moment(standing.received_at), words.group(item.before), words.group(item.after)]
                for standing, item in found
            ]

    return table(form, f"{one.programme_id}-{_('차이')}", [*columns.DIFF.values()], rows())


async def queued(desk: Desk, listed: Listed) -> AsyncIterator[list[Entry]]:
    """Give the entries of a list, first come first, some hundreds at a time."""
    tally = await desk.counting.tally(listed.programme_id)
    after = None
    while True:
        listing = await list_page(desk.stores.queue, listed, tally, desk.clock(), after=after, size=_SOME)
        if listing.entries:
            yield listing.entries
        if listing.later is None:
            return
        after = listing.later


async def drawn(desk: Desk, run_id: str, group: str) -> AsyncIterator[list[tuple[Entry, SelectionRow]]]:
    """Give a run's rows, or those of one group, each with its entry, a portion at a time."""
    async for some in desk.stores.portions.each(run_id, group):
        entries = await desk.stores.queue.load(row.submission_id for row in some)
        yield [(entries.get(row.submission_id, Entry(row.submission_id)), row) for row in some]


def table(form: Form, name: str, heading: list[str], rows: Table) -> Response:
    """Give a table as a file to be kept, written while it is sent."""
    kind = CSV if form == "csv" else XLSX
    body = as_csv(heading, rows) if form == "csv" else as_xlsx(_("표"), heading, rows, [_WIDTH] * len(heading))
    file = f"attachment; filename=\"gubi.{form}\"; filename*=UTF-8''{quote(f'{name}.{form}')}"
    return StreamingResponse(body, media_type=kind, headers={"content-disposition": file})
