"""An export with what was read: each row is a look, recorded by the gate with its purpose before a value leaves it.

Only as CSV, which is written while it is sent: a spreadsheet file would lie on a disk first, in the clear.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.dashboard.desk import Desk
from services.dashboard.filters import Listed
from services.dashboard.pages import access_words, columns, words
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.exports import drawn, queued, table
from services.dashboard.pages.guard import Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.reaching import reach_of
from services.dashboard.pages.runs import ready_run
from services.dashboard.pages.troubles import Forbidden
from services.dashboard.people import Person
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry
from services.dashboard.selection import GROUPS
from services.dashboard.sheets import Cell, Table
from services.dashboard.visits import Visit
from shared.catalog import Programme
from shared.errors import Unavailable
from shared.events import Event
from shared.gate import Refused
from shared.standing import CLASSES

router = APIRouter()

_AT_ONCE = 20
_NAMES = uuid.UUID("5d0d7c0b-6a1e-5a3c-8b53-3f0a4be7a1c2")
_EXPORTED = "내보내기"


@router.get("/reveal")
@needs("reveal")
async def ask(
    request: Request,
    desk: DeskOf,
    visit: SignedIn,
    programme: str = "",
    submission_class: Annotated[str, Query(alias="class")] = "",
    office: str = "",
    run: str = "",
    group: str = "",
) -> Response:
    """Say how many would be opened and what that means, and ask for a purpose. No value is read for this page."""
    mine = await _reach(desk, visit, programme, office, run)
    if run:
        stored = await desk.stores.portions.stored(run)
        count = stored.groups.get(group, 0) if group in GROUPS else stored.rows
        word = words.group(group) if group in GROUPS else _("전체")
    else:
        tally = (await desk.counting.tally(mine.programme.id)).at(mine.office)
        wanted = next((name for name in CLASSES if name == submission_class), None)
        count, word = tally.count(wanted), words.CLASS[wanted] if wanted else _("전체")
    return draw(
        request,
        visit,
        "reveal.html",
        programme=mine.programme,
        reach=mine,
        submission_class=submission_class,
        run_id=run,
        group=group,
        word=word,
        count=count,
    )


@router.post("/reveal")
@needs("reveal")
async def give(desk: DeskOf, acting: Acts) -> Response:
    """Open and give rows: the fields of `ask`, `purpose`, `token`, and `count`, beyond which nothing is opened."""
    purpose, count = acting.text("purpose"), acting.text("count")
    if purpose not in access_words.PURPOSES or not count.isdecimal():
        raise Forbidden
    run, group = acting.text("run"), acting.text("group")
    visit = acting.visit
    mine = await _reach(desk, visit, acting.text("programme"), acting.text("office"), run)
    wanted = next((name for name in CLASSES if name == acting.text("class")), None)
    entries = _of_run(desk, run, group) if run else queued(desk, Listed(mine.programme.id, wanted, office=mine.office))
    looking = _Looking(desk, mine.programme, acting.person, f"{purpose} · {_EXPORTED}", acting.text("token"))
    heading = [*columns.QUEUE.values(), *looking.heading]
    return table("csv", f"{mine.programme.id}-{_('판독값')}", heading, looking.rows(entries, int(count)))


async def _reach(desk: Desk, visit: Visit, programme_id: str, office: str, run_id: str) -> Reach:
    """Give what is to be opened; of a run, only to whoever may open what came to every office: its rows are of all."""
    if not run_id:
        return reach_of(desk, visit, programme_id, office)
    run = await ready_run(desk, visit, run_id)
    visit.must(run.programme_id, *desk.within(run.programme_id, ""))
    return reach_of(desk, visit, run.programme_id)


async def _of_run(desk: Desk, run_id: str, group: str) -> AsyncIterator[list[Entry]]:
    async for some in drawn(desk, run_id, group if group in GROUPS else ""):
        yield [entry for entry, _ in some]


class _Looking:
    """Looks at one submission after another for one official and one purpose."""

    def __init__(self, desk: Desk, programme: Programme, person: Person, purpose: str, token: str) -> None:
        self._desk = desk
        self._programme = programme
        self._person = person
        self._purpose = purpose
        self._token = token
        self._wallets, self._offices = columns.names_of(desk.catalog)
        self.heading = columns.value_headings(programme, desk.catalog)

    async def rows(self, entries: AsyncIterator[list[Entry]], at_most: int) -> Table:
        """Give the row of each entry, values only where the gate has recorded the look."""
        async for some in entries:
            for start in range(0, len(some), _AT_ONCE):
                chosen = some[start : start + min(_AT_ONCE, at_most)]
                if not chosen:
                    return
                at_most -= len(chosen)
                yield await self._together(chosen)

    async def _together(self, entries: Sequence[Entry]) -> list[list[Cell]]:
        seen = await asyncio.gather(*(self._look(entry) for entry in entries))
        await self._desk.done(*(event for _, event in seen))
        basis = (columns.queue_cells(entry, self._wallets, self._offices) for entry in entries)
        return [[*cells, *values] for cells, (values, _) in zip(basis, seen, strict=True)]

    async def _look(self, entry: Entry) -> tuple[list[Cell], Event | None]:
        name = "|".join((self._token, self._person.id, entry.submission_id))
        mark = entry.standing.screening
        try:
            opened = await self._desk.gate.view(
                entry.submission_id,
                official=self._person.official,
                purpose=self._purpose,
                request_id=f"look-{uuid.uuid5(_NAMES, name)}",
                part_of=f"export-{self._token}",
                screening=mark.name if mark else "",
            )
        except Unavailable:  # whether the look was recorded is not known, so nothing is shown
            return columns.refused_cells("unavailable", len(self.heading)), None
        if isinstance(opened, Refused):
            return columns.refused_cells(opened.reason, len(self.heading)), None
        return columns.value_cells(opened, self._programme, self._desk.catalog), opened.event
