"""Versions of programmes that were published at the desk, and closings of programmes.

They stand beside the gate, as questions do, because every service has to know them and none owns another's store. A
version is its text, written once and never changed; a closing likewise. So what is new is whatever is not known yet
(`shared.uptake`).
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from shared.catalog import Bilingual, Closing, Sheet
from shared.mongo import Collection, Database, Document, adapting, find_among

AHEAD = timedelta(seconds=10)
"""How far ahead a closing is set, at the least: by then every door has heard of it, so all end at one instant."""


@dataclass(frozen=True)
class Hand:
    """Who did something, as it is remembered."""

    id: str
    name: str
    office: str
    at: datetime
    request_id: str
    """By which a repetition of the same act is known."""


@dataclass(frozen=True)
class Publication:
    """A version as it was published: its name, as `FOOD_2023.v2`, and its text."""

    name: str
    text: str
    by: Hand

    @property
    def sheet(self) -> Sheet:
        """As the catalogue reads it."""
        return Sheet(f"programmes/{self.name}.yaml", self.text)


@dataclass(frozen=True)
class Closed:
    """A closing, and whose it was."""

    closing: Closing
    by: Hand


def version_name(programme_id: str, version: int) -> str:
    """Give the name of a version, as its file would have it."""
    return f"{programme_id}.v{version}"


class Published:
    """All that was published, and closed."""

    def __init__(self, database: Database) -> None:
        """Take the gate's database, which keeps them beside submissions."""
        self._versions = database.get_collection("programme_versions")
        self._closings = database.get_collection("programme_closings")

    async def publish(self, publication: Publication) -> Publication:
        """Write a version down; give the one that stands, which is another's where somebody else was first."""
        await _once(self._versions, {"_id": publication.name, "text": publication.text, "by": asdict(publication.by)})
        return (await self.publications([publication.name]))[0]

    async def close(self, closed: Closed) -> Closed:
        """Write a closing down; give the one that stands, which is another's where somebody else was first."""
        closing = closed.closing
        name = version_name(closing.programme_id, closing.version)
        plain = {"programme_id": closing.programme_id, "version": closing.version, "at": closing.at}
        await _once(
            self._closings,
            {"_id": name, **plain, "because": closing.because.model_dump(), "by": asdict(closed.by)},
        )
        return (await self.closed([name]))[0]

    async def names(self) -> tuple[list[str], list[str]]:
        """Give the names of all versions, and those of all closings. They are dozens, whatever is submitted."""
        async with adapting():
            versions = await self._versions.find({}, {"_id": 1}).to_list(None)
            closings = await self._closings.find({}, {"_id": 1}).to_list(None)
        return [one["_id"] for one in versions], [one["_id"] for one in closings]

    async def publications(self, names: Iterable[str]) -> list[Publication]:
        """Give these versions, earlier ones of a programme first."""
        async with adapting():
            found = await find_among(self._versions, "_id", names)
        return [
            Publication(one["_id"], one["text"], Hand(**one["by"]))
            for one in sorted(found, key=lambda one: (len(one["_id"]), one["_id"]))
        ]

    async def closed(self, names: Iterable[str]) -> list[Closed]:
        """Give these closings."""
        async with adapting():
            found = await find_among(self._closings, "_id", names)
        return [_closed(document) for document in found]


def _closed(document: Document) -> Closed:
    plain: dict[str, Any] = {name: document[name] for name in ("programme_id", "version", "at")}
    return Closed(Closing(**plain, because=Bilingual(**document["because"])), Hand(**document["by"]))


async def _once(collection: Collection, document: Document) -> None:
    async with adapting():
        with suppress(DuplicateKeyError):
            await collection.insert_one(document)
