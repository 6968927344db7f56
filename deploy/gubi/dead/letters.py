"""Dead letters as they stand in their topics, and what may be done with each. Pure.

A letter names the record that was parked by where it stands. Beside letters stand notes: that the record a letter names
was said again. Both go after thirty days.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.events import BY_TOPIC, TAKES

Fate = Literal["ready", "replayed", "gone", "nowhere", "invalid", "untaken"]

WHY: dict[Fate, str] = {
    "ready": "can be replayed",
    "replayed": "was replayed",
    "gone": "its record has left its topic: only what is in the store tells of it",
    "nowhere": "its topic has no such record: it was written to another broker, or that one has lost it",
    "invalid": "this version does not understand the record either",
    "untaken": "its service does not take this topic any more",
}


@dataclass(frozen=True, order=True)
class Place:
    """Where a record stands, and the service that parked it; the topic's name is bare, without the prefix."""

    service: str
    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        """Give it as commands take it."""
        return f"{self.service}/{self.topic}/{self.partition}/{self.offset}"

    @staticmethod
    def parse(text: str) -> "Place | None":
        """Read `str(place)`; None for anything else."""
        match text.split("/"):
            case [service, topic, partition, offset] if partition.isdecimal() and offset.isdecimal():
                return Place(service, topic, int(partition), int(offset))
        return None


@dataclass(frozen=True)
class Letter:
    """One record that was parked, however often its letter was written."""

    place: Place
    submission_id: str
    reason: str
    at: datetime
    replayed_at: datetime | None = None

    @property
    def record(self) -> tuple[str, int, int]:
        """The record it names, whichever service parked it."""
        return self.place.topic, self.place.partition, self.place.offset


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    topic: str
    partition: int
    offset: int
    service: str
    at: AwareDatetime
    submission_id: str = ""
    reason: str = ""
    replayed: bool = False


def note(letter: Letter, at: datetime) -> bytes:
    """Give the note that a letter's record was said again."""
    place = letter.place
    body = {"topic": place.topic, "partition": place.partition, "offset": place.offset, "service": place.service}
    body |= {"submission_id": letter.submission_id, "replayed": True, "at": at.isoformat()}
    return json.dumps(body).encode()


def folded(bodies: Iterable[bytes]) -> tuple[list[Letter], int]:
    """Fold letters and notes, in their topics' order; give the letters, oldest first, and how many were neither.

    One written after a note is of a service killed before it committed: its record was said again all the same.
    """
    letters: dict[Place, Letter] = {}
    strange = 0
    for body in bodies:
        try:
            read = _Body.model_validate_json(body)
        except ValidationError:
            strange += 1
            continue
        place = Place(read.service, read.topic, read.partition, read.offset)
        if not read.replayed:
            letters.setdefault(place, Letter(place, read.submission_id, read.reason, read.at))
        elif place in letters:
            letters[place] = replace(letters[place], replayed_at=read.at)
    return sorted(letters.values(), key=lambda letter: (letter.at, letter.place)), strange


@dataclass(frozen=True)
class Choice:
    """Which letters an operator means; what is empty chooses all."""

    places: frozenset[Place] = frozenset()
    topic: str | None = None
    service: str | None = None
    reason: str | None = None
    """A code, or how it begins: `bug` for `bug:KeyError` too."""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether it chooses all."""
        return self == Choice()

    def of(self, letters: Iterable[Letter]) -> list[Letter]:
        """Give those that are meant."""
        return [letter for letter in letters if self._means(letter)]

    def _means(self, letter: Letter) -> bool:
        return (
            (not self.places or letter.place in self.places)
            and self.topic in (None, letter.place.topic)
            and self.service in (None, letter.place.service)
            and letter.reason.startswith(self.reason or "")
            and (self.since is None or letter.at >= self.since)
            and (self.until is None or letter.at < self.until)
        )


@dataclass(frozen=True)
class Found:
    """The record that a letter names, as the broker has it now."""

    first: int
    """Where its partition begins now."""
    end: int
    """Where the next record will stand; 0 where there is no such partition."""
    value: bytes | None = None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


def fate(letter: Letter, found: Found) -> Fate:
    """Say what may be done with a letter."""
    place = letter.place
    if letter.replayed_at is not None:
        return "replayed"
    takers = {name for name, taken in TAKES.items() if BY_TOPIC.get(place.topic) in taken}
    if place.service not in takers:
        return "untaken"
    if place.offset >= found.end:
        return "nowhere"
    if place.offset < found.first or found.value is None:
        return "gone"
    return "ready" if event_in(place.topic, found.value) else "invalid"


def event_in(topic: str, value: bytes | None) -> dict[str, Any] | None:
    """Give the fields of the event that a record holds, ids and codes all; None where it is none of this version's."""
    try:
        return BY_TOPIC[topic].model_validate_json(value or b"").model_dump(mode="json")
    except (KeyError, ValidationError):
        return None


def kinds(letters: Iterable[Letter]) -> dict[tuple[str, str, str], list[Letter]]:
    """Put together the letters that failed alike: one service, one topic, one reason."""
    alike: dict[tuple[str, str, str], list[Letter]] = {}
    for letter in letters:
        alike.setdefault((letter.place.service, letter.place.topic, letter.reason), []).append(letter)
    return alike
