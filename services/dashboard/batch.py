"""Decisions confirmed together: a batch, and a row for each submission in it. Pure."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.dashboard.people import Person
from services.dashboard.reasons import differs
from services.dashboard.rules import Entry, screening_key
from shared.events import Decision

State = Literal["drafting", "draft", "proposed", "declined", "deciding", "done", "undoing"]
"""Being made from a run · to be confirmed · waiting for a second official · refused or withdrawn · and so on."""

Ending = Literal["accepted", "refused", "undone", "kept", "dropped"]
"""Decided · not decided · decision undone · could not be undone any more · fell out before anybody was to decide it."""

_NAMES = uuid.UUID("b3b0f1a0-3f6e-5a4e-9c57-0d3a6f3f1c55")


@dataclass(frozen=True)
class Problem:
    """A line of a file that makes no row, and why, as a code."""

    line: int
    receipt: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """Decisions confirmed together by one official, or by two."""

    batch_id: str
    person: Person
    programme_id: str
    made_at: datetime
    decision: Decision | None = None
    """None where each row has its own."""
    state: State = "draft"
    say_at: datetime | None = None
    """Until when it can be undone; None for a draft."""
    confirmed_at: datetime | None = None
    """When its rows began to be decided; None for a draft."""
    undo: tuple[str, ...] | None = None
    """The submissions whose decision is to be undone. None: none; empty: all."""
    second: bool = False
    """Whether a second official must approve it."""
    approver: Person | None = None
    """The second official: who approved it, or who declined it."""
    run_id: str = ""
    """The selection run it is made from; empty where it is not."""
    groups: tuple[str, ...] = ()
    """The groups of the run that are to be decided."""
    drafted: int = 0
    """Portions of the run that were gone through."""
    left: Mapping[str, int] = field(default_factory=dict)
    """How many of the run are left to a person, by group. With the batch's rows they sum to what the run counted."""
    file: bool = False
    """Whether it is made from a file of receipt numbers and decisions."""
    problems: tuple[Problem, ...] = ()
    """The first lines of the file that make no row."""
    wrong: int = 0
    """How many lines make none."""
    one: bool = False
    """Whether it is of one submission, decided from its page."""
    office: str = ""
    """The office that all its submissions were sent to; empty where they may be of any: then it is theirs alone who may
    decide for every one."""

    undos: int = 0
    """How often something of it was asked to be undone."""

    def say_at_of(self, now: datetime) -> datetime:
        """Give until when a row decided now can be undone.

        With the whole batch, or, where a crash kept it from being done in time, for as long again from now.
        """
        if self.say_at is None or self.confirmed_at is None:
            return now
        return self.say_at if now < self.say_at else now + (self.say_at - self.confirmed_at)

    def can_be_approved_by(self, person: Person) -> bool:
        """Tell whether this official may be the second one: never the first."""
        return self.state == "proposed" and person.id != self.person.id

    def shown_to(self, person: Person) -> bool:
        """Tell whether this official may see it: whoever made it, or anybody where a second one must approve."""
        return person.id == self.person.id or (self.second and self.state not in ("drafting", "draft"))

    def can_be_undone_by(self, person: Person) -> bool:
        """Tell whether this official has confirmed or approved it, and so may undo it in time."""
        return person.id == self.person.id or (self.approver is not None and person.id == self.approver.id)


@dataclass(frozen=True)
class Row:
    """One submission of a batch."""

    batch_id: str
    submission_id: str
    receipt: str
    decision: Decision | None
    """None once the submission is gone: what was to be decided of it tells what was read."""
    official: str
    expects: str
    """Names the screening that was on the screen."""
    ending: Ending | None = None
    reason: str | None = None
    office: str | None = None
    at: datetime | None = None
    say_at: datetime | None = None
    differs: bool = False
    """Whether it is to be decided otherwise than was screened, so that it needs a reason."""
    why: bytes | None = field(default=None, repr=False)
    """That reason, sealed for the gate under the submission's key, until the row has ended; empty where it has none."""

    @property
    def row_id(self) -> str:
        """Its id, which is also the request id of the decision at the gate."""
        return f"{self.batch_id}.{self.submission_id}"


def batch_id_of(token: str, *chosen: str) -> str:
    """Name a batch after its form and what was chosen in it, so that sending it twice is sending it once."""
    return f"b-{uuid.uuid5(_NAMES, '|'.join((token, *chosen)))}"


def row_of(batch: Batch, entry: Entry, decision: Decision, expects: str | None = None) -> Row:
    """Give the row of an entry, which expects the screening that holds now unless it is told another."""
    shown = screening_key(entry.standing) if expects is None else expects
    receipt = entry.standing.receipt or ""
    other = differs(entry.standing, decision)
    return Row(batch.batch_id, entry.submission_id, receipt, decision, batch.person.id, shown, differs=other)


def by_ending(tally: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Sum counts by (decision, ending) to counts by ending."""
    found: Counter[str] = Counter()
    for (_, ending), count in tally.items():
        found[ending] += count
    return dict(found)
