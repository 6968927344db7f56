"""What differs between two runs, or between a run and what holds now: by receipt, and by the group on either side."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import programme_of
from services.dashboard.pages.runs import ready_run
from services.dashboard.pages.troubles import NotThere
from services.dashboard.selection import Run, class_now, group_of
from services.dashboard.visits import Visit

router = APIRouter()

NOW = "now"
_SHOWN = 200
_SOME = 500

Named = tuple[str, str]
"""A submission and its group."""


@dataclass(frozen=True)
class Compared:
    """One submission on both sides; empty where a side does not have it."""

    submission_id: str
    before: str
    after: str


@router.get("/runs/{run_id}/diff")
@needs("see")
async def diff(request: Request, desk: DeskOf, visit: SignedIn, run_id: str, other: str = NOW) -> Response:
    """Show how many changed from what to what, and the first of them; `other` is a run, or `now`."""
    one, second = await both(desk, visit, run_id, other)
    counts: Counter[tuple[str, str]] = Counter()
    listed: list[Compared] = []
    async for some in compared(desk, one, second):
        counts.update((item.before, item.after) for item in some)
        listed += [item for item in some if item.before != item.after][: _SHOWN - len(listed)]
    programme = programme_of(desk, visit, one.programme_id)
    same = sum(count for change, count in counts.items() if change[0] == change[1])
    changed = sorted(((change, count) for change, count in counts.items() if change[0] != change[1]), key=_most)
    known = (await desk.counting.tally(programme.id)).received if second is None else 0
    return draw(
        request,
        visit,
        "diff.html",
        programme=programme,
        one=one,
        other=second,
        same=same,
        changed=changed,
        listed=listed,
        shown=_SHOWN,
        entries=await desk.stores.queue.load(item.submission_id for item in listed),
        newer=max(0, known - sum(counts.values())),
    )


async def both(desk: Desk, visit: Visit, run_id: str, other: str) -> tuple[Run, Run | None]:
    """Give both sides, None for what holds now. Raises `NotThere` unless both are whole and of one programme."""
    one = await ready_run(desk, visit, run_id)
    second = None if other == NOW else await ready_run(desk, visit, other)
    if second is not None and second.programme_id != one.programme_id:
        raise NotThere
    return one, second


async def compared(desk: Desk, one: Run, other: Run | None) -> AsyncIterator[list[Compared]]:
    """Give every submission of either side, some hundreds at a time.

    Between runs by group; with what holds now by class, since only a run gives places.
    """
    if other is None:
        async for rows in desk.stores.portions.each(one.run_id):
            entries = await desk.stores.queue.load(row.submission_id for row in rows)
            yield [Compared(row.submission_id, row.outcome, class_now(entries.get(row.submission_id))) for row in rows]
        return
    some: list[Compared] = []
    async for item in merged(_rows(desk, one), _rows(desk, other)):
        some.append(item)
        if len(some) == _SOME:
            yield some
            some = []
    yield some


async def merged(before: AsyncIterator[Named], after: AsyncIterator[Named]) -> AsyncIterator[Compared]:
    """Put two sides together, each in order of submission ids, holding one of each."""
    one, two = await anext(before, None), await anext(after, None)
    while one or two:
        name = min(side[0] for side in (one, two) if side)
        here, there = one if one and one[0] == name else None, two if two and two[0] == name else None
        yield Compared(name, here[1] if here else "", there[1] if there else "")
        one = await anext(before, None) if here else one
        two = await anext(after, None) if there else two


async def _rows(desk: Desk, run: Run) -> AsyncIterator[Named]:
    last = ""
    async for rows in desk.stores.portions.each(run.run_id):
        for row in rows:
            if row.submission_id <= last:
                raise ValueError("a run's rows are not in order")
            last = row.submission_id
            yield last, group_of(row)


def _most(item: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -item[1], item[0]
