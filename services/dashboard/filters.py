"""What an official wants listed, as an address carries it and as the store is asked for it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from services.dashboard.rules import Entry, Position
from services.dashboard.tally import Mark
from shared.standing import CLASSES, SubmissionClass

Only = Literal["", "new", "soon", "mine"]
"""All · what reached the desk since the official was last here · undecided ones whose retention (보유기간) ends soon ·
those the official has claimed."""
ONLY: tuple[Only, ...] = get_args(Only)
MARKS: tuple[Mark, ...] = get_args(Mark)
FIELDS = ("programme", "class", "mark", "office", "age", "only")
"""What an address or a form calls the parts of a filter."""
AGES = (3, 7, 14, 30)
"""Days since reception, at least, that can be chosen."""
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Listed:
    """What a list holds: instants of `by` from `since` up to `until`, and whether it is read from its end."""

    programme_id: str
    submission_class: SubmissionClass | None = None
    mark: Mark = ""
    backwards: bool = False
    office: str = ""
    by: Literal["received_at", "entered_at"] = "received_at"
    since: datetime | None = None
    until: datetime | None = None
    alive: bool = False
    """Whether what is gone is left out."""

    def position(self, entry: Entry) -> Position | None:
        """Give an entry's place in this list."""
        at = entry.entered_at if self.by == "entered_at" else entry.standing.received_at
        return Position(at, entry.submission_id) if at else None


@dataclass(frozen=True)
class Filter:
    """What was chosen."""

    programme: str
    submission_class: SubmissionClass | None = None
    mark: Mark = ""
    office: str = ""
    age: int = 0
    only: Only = ""

    @staticmethod
    def parse(fields: Mapping[str, str]) -> "Filter":
        """Read an address's fields; what is not known there is passed over."""
        return Filter(
            programme=fields.get("programme", ""),
            submission_class=next((name for name in CLASSES if name == fields.get("class")), None),
            mark=next((mark for mark in MARKS if mark == fields.get("mark")), ""),
            office=fields.get("office", "")[:100],
            age=next((days for days in AGES if str(days) == fields.get("age")), 0),
            only=next((only for only in ONLY if only == fields.get("only")), ""),
        )

    @property
    def open_mark(self) -> Mark:
        """Which of the list can still be decided: those not looked at where it lists them alone, else all undecided."""
        return self.mark if self.mark == "unseen" else "undecided"

    @property
    def plain(self) -> bool:
        """Whether the counts beside the list count just what it lists."""
        return not (self.age or self.only)

    def query(self, **changes: Any) -> str:
        """Give it, with changes, as an address carries it."""
        fields = {name: value for name, value in (asdict(self) | changes).items() if value}
        return urlencode({("class" if name == "submission_class" else name): value for name, value in fields.items()})

    def listed(self, now: datetime, *, retention_days: int, since: datetime | None) -> Listed:
        """Give the list to be read. `since` is when the official was last here; None: never, so that all is new."""
        listed = Listed(self.programme, self.submission_class, self.mark, office=self.office)
        if self.age:
            listed = replace(listed, until=now - timedelta(days=self.age))
        if self.only == "new":
            until = now if listed.until is None else listed.until
            return replace(listed, by="entered_at", since=since, until=until)
        if self.only == "soon":
            first = now - timedelta(days=retention_days)
            ends = first + SOON if listed.until is None else min(first + SOON, listed.until)
            return replace(listed, since=first, until=ends, mark=self.open_mark, alive=True)
        return listed
