"""A selection run as the desk keeps it: what its rows say, and which of them may be decided together. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from services.dashboard.people import Person
from services.dashboard.rules import Entry
from shared.events import Decision, RunClass, RunStanding, SelectionRow

Group = Literal[
    "selected",
    "waiting",
    "not_selected",
    "duplicate",
    "ineligible",
    "review",
    "unreadable",
    "in_flight",
    "taken_back",
    "withdrawn",
    "expired",
]
"""What a run says of a submission, in one word: the standing of who is eligible, the class of all others."""

GROUPS: tuple[Group, ...] = Group.__args__  # type: ignore[attr-defined]
RANKED: tuple[Group, ...] = ("selected", "waiting")
"""Those that have a place."""

DECIDES: Mapping[str, Decision] = {"selected": "eligible", "ineligible": "ineligible"}
"""What a person may confirm of a whole group. All other groups wait for a person, one by one."""

State = Literal["announced", "requested", "receiving", "failed", "ready"]
"""The seed's commitment is published · asked for · its rows are coming in · there is no draft · the draft is whole."""

_GONE: tuple[Literal["taken_back", "withdrawn", "expired"], ...] = ("taken_back", "withdrawn", "expired")
GONE: tuple[str, ...] = _GONE
SCREENED_AGAIN = "screened_again"
"""The screening that a decision would rest on no longer holds."""


@dataclass(frozen=True)
class Result:
    """What a completed run counted, each submission once."""

    received: int
    portions: int
    classes: Mapping[RunClass, int]
    standings: Mapping[RunStanding, int]
    digest: str
    failed: str
    at: datetime

    @property
    def unaccounted(self) -> int:
        """How many stand in no class. Anything but 0 is a defect, and the page says so."""
        return self.received - sum(self.classes.values())


@dataclass(frozen=True)
class Run:
    """One run: a programme at a rule version and an as-of date."""

    run_id: str
    programme_id: str
    rule_version: int
    as_of: date
    made_at: datetime
    person: Person | None = None
    """Who asked; None where the read model was rebuilt from the events alone."""
    commitment: str = ""
    """SHA-256 of the lottery's seed, in hexadecimal, shown before the seed is; empty where nothing is drawn."""
    announced: str = ""
    """Which public value the lottery mixes in, as announced with the commitment, before anyone could know it."""
    public_value: str = ""
    requested_at: datetime | None = None
    seed: str | None = None
    """None until it is disclosed, by asking for the run."""
    result: Result | None = None


@dataclass(frozen=True)
class Stored:
    """What is here of a run's rows: how many portions, and how many rows of each group when they came in."""

    portions: int = 0
    groups: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.groups.values())


def group_of(row: SelectionRow) -> Group:
    """Give the group of a row. An eligible one without a standing is left to a person, as one beyond the quota is."""
    if row.outcome != "eligible":
        return row.outcome
    return "not_selected" if row.standing == "none" else row.standing


def state_of(run: Run, stored: Stored) -> State:
    """Tell how far a run has come."""
    if run.result is None:
        return "requested" if run.requested_at or run.person is None else "announced"
    if run.result.failed:
        return "failed"
    return "ready" if stored.portions == run.result.portions else "receiving"


def agrees(result: Result, stored: Stored) -> bool:
    """Tell whether the rows that are here are those that the run counted.

    Each was counted when it was said: what went meanwhile may stand here as it was before, and nothing else may differ.
    """
    counted: dict[str, int] = {name: count for name, count in result.classes.items() if name != "eligible"}
    counted |= {name: count for name, count in result.standings.items() if name != "none"}
    fits = all(stored.groups.get(name, 0) >= count for name, count in counted.items() if name not in GONE)
    return fits and not result.unaccounted and stored.rows == result.received == sum(counted.values())


def expected_by(row: SelectionRow, entry: Entry | None, *, pending: bool) -> str | None:
    """Give why a row of a run can no longer be decided on what it rests on, as a code; None when it can."""
    if entry is None or entry.standing.received_at is None:
        return "not_found"
    standing = entry.standing
    if standing.submission_class in GONE:
        return standing.submission_class
    if standing.decided_at is not None:
        return "decided"
    if pending:
        return "pending"
    if standing.submission_class in ("supplement", "unreadable"):
        return standing.submission_class
    mark = standing.screening
    # A run counts every coming into a group; whoever finds nothing else by it is not screened again for that alone.
    if mark is None or mark.revision != row.revision or mark.edition > row.edition:
        return SCREENED_AGAIN
    return None


def gone_since(left: Mapping[str, int], result: Result | None) -> tuple[dict[str, int], dict[str, int]]:
    """Part what a draft left to a person, by group: what the run itself had left, and what has gone since it counted.

    Of what has gone the run no longer tells in which group it was.
    """
    counted = result.classes if result else {}
    more: dict[str, int] = {name: left.get(name, 0) - counted.get(name, 0) for name in _GONE}
    since = {name: count for name, count in more.items() if count > 0}
    rest = {name: count - since.get(name, 0) for name, count in left.items()}
    return {name: count for name, count in rest.items() if count}, since


def class_now(entry: Entry | None) -> str:
    """Give the class that a run would count an entry as if it were screened no further; empty where there is none."""
    if entry is None or entry.standing.received_at is None:
        return ""
    name = entry.standing.submission_class
    return "in_flight" if name in ("supplement", "parked") else name
