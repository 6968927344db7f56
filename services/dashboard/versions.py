"""Versions of programmes while they are drafted: what the next begins as, and what may be published or closed. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.dashboard.people import Person
from shared.catalog import Bilingual, Catalog, CatalogError, Closing, Programme, Sheet
from shared.catalog.strict import naming_lines
from shared.clock import SEOUL
from shared.published import AHEAD, version_name

MOST = 60_000
"""Characters of one programme: four times the longest there is."""
_AROUND = 3
_ID = re.compile(r"^id:.*$", re.MULTILINE)
_CHANGING = re.compile(r"^(?:version|in_force_from|draft):.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Draft:
    """A version in the making, of which there is one at a time. Each saving counts `revision` up."""

    programme_id: str
    version: int
    office: str
    """Of the version it began from: whoever administers that may work on it."""
    text: str
    revision: int
    person: Person
    """Who saved it last."""
    at: datetime

    @property
    def name(self) -> str:
        """As the version will be called."""
        return version_name(self.programme_id, self.version)

    @property
    def sheet(self) -> Sheet:
        """As the catalogue reads it."""
        return Sheet(f"programmes/{self.name}.yaml", self.text)


@dataclass(frozen=True)
class Checked:
    """What the loader said of a draft: the programme, or the first thing that is wrong."""

    programme: Programme | None = None
    error: CatalogError | None = None


@dataclass(frozen=True)
class Line:
    """A line of a text, by its number from 1, and whether it is the one that is wrong."""

    number: int
    text: str
    wrong: bool


def next_version(catalog: Catalog, programme_id: str) -> int:
    """Give the version that comes after every one there is: two who publish at once want the same, and one gets it."""
    return 1 + max((version for name, version in catalog.versions if name == programme_id), default=0)


def beginning(text: str, programme_id: str, version: int, in_force_from: date | None) -> str:
    """Give what a draft begins as: the text of another version or programme, with its own id, version and first day."""
    own = [f"id: {programme_id}", f"version: {version}"]
    own += [f"in_force_from: {in_force_from}"] if in_force_from else []
    return _ID.sub("\n".join(own), _CHANGING.sub("", text), count=1)


def check(draft: Draft, catalog: Catalog, today: date) -> Checked:
    """Read a draft as every service will, and see whether it may be published on the Asia/Seoul day `today`."""
    try:
        programme = catalog.read(draft.sheet)
        with naming_lines(draft.sheet):
            _must_be_in_force_some_day(programme, draft.sheet.name, today)
    except CatalogError as error:
        return Checked(error=error)
    return Checked(programme)


def _must_be_in_force_some_day(programme: Programme, file: str, today: date) -> None:
    if programme.draft:
        raise CatalogError(file, "draft", "what is published is no draft any more: take it out")
    if programme.version > 1 and (programme.in_force_from or date.min) < today:
        problem = f"a version that follows another is in force from today ({today}) or later"
        raise CatalogError(file, "in_force_from", f"{problem}: what was screened before stays as it is")


def excerpt(text: str, line: int | None) -> list[Line]:
    """Give the lines around the one that is wrong."""
    if line is None:
        return []
    lines = text.splitlines()
    first = max(0, line - 1 - _AROUND)
    return [
        Line(number, shown, number == line)
        for number, shown in enumerate(lines[first : line + _AROUND], start=first + 1)
    ]


def two_publish(programme: Programme, catalog: Catalog) -> bool:
    """Tell whether a second administrator has to publish: where this version, or one it follows, wants two to decide.

    So nobody alone can take the second pair of eyes away.
    """
    versions = [one for (name, _), one in catalog.versions.items() if name == programme.id]
    return any(one.selection is not None and one.selection.second_approver for one in (programme, *versions))


@dataclass(frozen=True)
class Asked:
    """An ending of intake as it was asked for."""

    version: str
    """The newest that was seen."""
    at: str
    """By the clock in Seoul; empty: as soon as every door can know it."""
    ko: str
    en: str
    sure: bool


NotClosed = Literal["newer", "sure", "why", "when", "ended"]
NOT_CLOSED: tuple[NotClosed, ...] = NotClosed.__args__  # type: ignore[attr-defined]
"""A version was published meanwhile · nobody said that it cannot be undone · no reason in both languages · no time, or
sooner than every door can know it · it ends before that anyway."""


def closing_of(asked: Asked, programme: Programme, newest: int, now: datetime) -> Closing | NotClosed:
    """Give the closing of every version of a programme up to the `newest`, or why there is none.

    One that was closed is closed once more: which of the two stands the store decides, and tells.
    """
    at = _instant(asked.at, now + AHEAD)
    if asked.version != str(newest):
        return "newer"
    if not asked.sure:
        return "sure"
    if not (asked.ko and asked.en):
        return "why"
    if at is None or at < now + AHEAD:
        return "when"
    if programme.closed_because is None and programme.closes_at is not None and programme.closes_at <= at:
        return "ended"
    return Closing(programme.id, newest, at, Bilingual(ko=asked.ko, en=asked.en))


def _instant(text: str, default: datetime) -> datetime | None:
    if not text:
        return default
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=SEOUL)
