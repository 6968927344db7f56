"""Builds selection runs as eligibility says them, and programmes that select in one way or another."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from services.dashboard.selection import group_of
from shared.catalog.ranks import Selection
from shared.clock import utc_now
from shared.events import RunClass, RunStanding, SelectionCompleted, SelectionRow, SelectionRows
from tests.builders.desk import AS_OF, PROGRAMME, Office

ELIGIBLE: tuple[RunStanding, ...] = ("selected", "waiting", "not_selected", "duplicate")


def row(sid: str, group: str, place: int | None = None, *, revision: int = 1, edition: int = 0) -> SelectionRow:
    """A row of a group; one that was not screened rests on nothing."""
    screened = group in (*ELIGIBLE, "ineligible", "review")
    outcome: Any = "eligible" if group in ELIGIBLE else group
    standing: Any = group if group in ELIGIBLE else "none"
    on = {"revision": revision, "edition": edition} if screened else {}
    return SelectionRow(submission_id=sid, outcome=outcome, standing=standing, place=place, **on)


def told(
    rows: Sequence[SelectionRow], run_id: str = "run-1", size: int = 2, as_of: date = AS_OF, **changes: Any
) -> list[SelectionRows | SelectionCompleted]:
    """All that eligibility says of a run: its rows in order, in portions, and that it is done."""
    ordered = sorted(rows, key=lambda one: one.submission_id)
    portions = [tuple(ordered[start : start + size]) for start in range(0, len(ordered), size)]
    said: list[SelectionRows | SelectionCompleted] = [
        SelectionRows.because_of(f"{run_id}|{number}", run_id=run_id, at=utc_now(), portion=number, rows=some)
        for number, some in enumerate(portions)
    ]
    classes: Counter[RunClass] = Counter(one.outcome for one in ordered)
    standings: Counter[RunStanding] = Counter(one.standing for one in ordered)
    fields = {
        "programme_id": PROGRAMME, "rule_version": 1, "as_of": as_of, "received": len(ordered),
        "portions": len(portions), "classes": classes, "standings": standings, "digest": "ab" * 32, **changes,
    }  # fmt: skip
    return [*said, SelectionCompleted.because_of(run_id, run_id=run_id, at=utc_now(), **fields)]


def groups(rows: Sequence[SelectionRow]) -> dict[str, int]:
    """How many rows there are of each group."""
    return dict(Counter(group_of(one) for one in rows))


async def fold_shuffled(office: Office, said: Sequence[Any], seed: int = 1) -> None:
    """Hand events to the desk as a bus may: in any order, some twice, a few at a time."""
    shuffle = random.Random(seed)
    events = [*said, *said[:2]]
    shuffle.shuffle(events)
    for start in range(0, len(events), 2):
        await office.desk.folding.selection(events[start : start + 2])


def selecting(office: Office, *order: str, second_approver: bool = False, quota: int | None = None) -> None:
    """Have the desk's programme select so."""
    chosen: Any = order or ("first_come",)
    selection = Selection(
        order=chosen, quota=quota, waiting_list=None, one_per="person", second_approver=second_approver
    )
    catalog = office.desk.catalog
    changed = catalog.programmes[PROGRAMME].model_copy(update={"selection": selection})
    programmes = MappingProxyType({**catalog.programmes, PROGRAMME: changed})
    fields = {name: getattr(catalog, name) for name in catalog.__dataclass_fields__}
    object.__setattr__(office.desk, "catalog", type(catalog)(**{**fields, "programmes": programmes}))
