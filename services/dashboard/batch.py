"""Decisions confirmed together: a batch, and a row for each submission in it. Pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.dashboard.people import Person
from services.dashboard.rules import Entry, screening_key
from shared.events import Decision

State = Literal["draft", "deciding", "done", "undoing"]
Ending = Literal["accepted", "refused", "undone", "kept"]
"""Decided · not decided · decision undone · could not be undone any more."""

_NAMES = uuid.UUID("b3b0f1a0-3f6e-5a4e-9c57-0d3a6f3f1c55")


@dataclass(frozen=True)
class Batch:
    """Decisions confirmed together by one official."""

    batch_id: str
    person: Person
    programme_id: str
    decision: Decision
    made_at: datetime
    state: State = "draft"
    say_at: datetime | None = None
    """Until when it can be undone; None for a draft."""
    undo: tuple[str, ...] | None = None
    """The submissions whose decision is to be undone. None: none; empty: all."""


@dataclass(frozen=True)
class Row:
    """One submission of a batch."""

    batch_id: str
    submission_id: str
    receipt: str
    decision: Decision
    official: str
    expects: str
    """Names the screening that was on the screen."""
    ending: Ending | None = None
    reason: str | None = None
    office: str | None = None
    at: datetime | None = None
    say_at: datetime | None = None

    @property
    def row_id(self) -> str:
        """Its id, which is also the request id of the decision at the gate."""
        return f"{self.batch_id}.{self.submission_id}"


def batch_id_of(token: str, decision: str, submission_ids: Sequence[str]) -> str:
    """Name a batch after its form and what was chosen in it, so that sending it twice is sending it once."""
    return f"b-{uuid.uuid5(_NAMES, '|'.join((token, decision, *sorted(submission_ids))))}"


def row_of(batch: Batch, entry: Entry, expects: str | None = None) -> Row:
    """Give the row of an entry, which expects the screening that holds now unless it is told another."""
    shown = screening_key(entry.standing) if expects is None else expects
    receipt = entry.standing.receipt or ""
    return Row(batch.batch_id, entry.submission_id, receipt, batch.decision, batch.person.id, shown)
