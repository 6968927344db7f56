"""The read model built anew beside the one that serves, and put in its place by renaming.

What is made from events alone is rebuilt: the queue, the list of questions, what could not be told, endpoints, and the
rows of runs. How far it has come stands in one document, written by whoever holds it. A live desk goes on writing to
the old one until the very rename, so whoever renames has noted before how far it had read, and reads on from there
afterwards: nothing of what came meanwhile is missing, also where it is killed in between and another goes on.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from pymongo.errors import DuplicateKeyError

from shared.mongo import Database, Document, adapting

FOLDED = ("run_rows", "untold", "endpoints", "questions", "queue")
"""The collections made from events alone."""

HELD_FOR = timedelta(seconds=30)
"""So long after its last sign of life another may go on with what one has begun."""

_ID = "read-model"
Phase = Literal["building", "swapping", "done"]
Offsets = Mapping[tuple[str, int], int]
"""By topic and partition, where to read on."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Generation:
    """One that is being built."""

    number: int
    phase: Phase
    started_at: datetime
    alive_at: datetime
    """When whoever builds it last gave a sign of life."""
    offsets: Offsets = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What its collections' names end in."""
        return f".g{self.number}"


class Held(Exception):
    """Another is at it."""

    def __init__(self, generation: Generation) -> None:
        """Take what the other is building."""
        super().__init__()
        self.generation = generation


class Lost(Exception):
    """Another has gone on with it, as this one gave no sign of life."""


class Generations:
    """Begins, goes on with and finishes one at a time."""

    def __init__(self, database: Database, owner: str) -> None:
        """Take the desk's own database, and a name that nobody else has."""
        self._database, self._owner = database, owner
        self._rebuilds = database.get_collection("rebuilds")

    async def unfinished(self) -> Generation | None:
        """Give the one that was begun and is not done. Raises `Unavailable`."""
        async with adapting():
            found = await self._rebuilds.find_one({"_id": _ID, "phase": {"$ne": "done"}})
        return _generation(found) if found else None

    async def serving(self) -> str:
        """Name what serves: by another name once it was swapped, by none while it is being swapped.

        Raises `Unavailable`.
        """
        async with adapting():
            found = await self._rebuilds.find_one({"_id": _ID}, {"number": 1, "phase": 1})
        if found is None:
            return "the first"
        return "" if found["phase"] == "swapping" else f"{found['phase']} {found['number']}"

    async def begin(self, now: datetime, *, afresh: bool = False) -> Generation:
        """Go on with what was begun and left, or begin; `afresh` leaves the former aside, unless it was being swapped.

        Raises `Held`, `Unavailable`.
        """
        mine = {"owner": self._owner, "alive_at": now}
        free: Document = {"_id": _ID, "$or": [{"alive_at": {"$lt": now - HELD_FOR}}, {"owner": self._owner}]}
        left = {**free, "phase": "swapping"} if afresh else {**free, "phase": {"$ne": "done"}}
        new = {**mine, "number": int(now.timestamp() * 1000), "phase": "building", "started_at": now, "offsets": []}
        over = {"_id": _ID, "$or": [{"phase": "done"}, *([free] if afresh else [])]}
        async with adapting():
            if not (await self._rebuilds.update_one(left, {"$set": mine})).matched_count:
                with suppress(DuplicateKeyError):  # it is another's
                    await self._rebuilds.update_one(over, {"$set": new}, upsert=True)
            found = await self._rebuilds.find_one({"_id": _ID})
        assert found is not None
        if found["owner"] != self._owner:
            raise Held(_generation(found))
        await self._drop_others(_generation(found))
        return _generation(found)

    async def note(self, now: datetime, phase: Phase, offsets: Offsets | None = None) -> None:
        """Note how far it has come. Raises `Lost`, `Unavailable`."""
        fields: Document = {"alive_at": now, "phase": phase}
        if offsets is not None:
            fields["offsets"] = [[topic, partition, at] for (topic, partition), at in offsets.items()]
        async with adapting():
            done = await self._rebuilds.update_one({"_id": _ID, "owner": self._owner}, {"$set": fields})
        if not done.matched_count:
            raise Lost

    async def let_go(self) -> None:
        """Let another go on at once."""
        async with adapting():
            left = {"owner": "", "alive_at": _LONG_AGO}
            await self._rebuilds.update_one({"_id": _ID, "owner": self._owner}, {"$set": left})

    async def counts(self, generation: Generation) -> tuple[int, int]:
        """Count the entries of the queue that serves, and of this one."""
        async with adapting():
            serving = await self._database.get_collection("queue").count_documents({})
            built = await self._database.get_collection(f"queue{generation.suffix}").count_documents({})
        return serving, built

    async def lift(self, generation: Generation) -> None:
        """Raise entries' versions beyond those of the old ones; harmless when repeated.

        What a live desk has loaded from the old, it cannot write over the new.
        """
        built, old = f"queue{generation.suffix}", {"version": {"$lt": generation.number}}
        async with adapting():
            await self._database.get_collection(built).update_many(old, {"$inc": {"version": generation.number}})

    async def swap(self, generation: Generation, name: str) -> None:
        """Put one of its collections in the place of the one that serves; harmless when repeated."""
        built = self._database.get_collection(f"{name}{generation.suffix}")
        async with adapting():
            if built.name not in await self._database.list_collection_names():
                return
            if name == "queue":
                await self.lift(generation)
            await built.rename(name, dropTarget=True)

    async def _drop_others(self, generation: Generation) -> None:
        """Drop what was begun and left aside."""
        async with adapting():
            for name in await self._database.list_collection_names():
                folded, mark, _ = name.partition(".g")
                if mark and folded in FOLDED and not name.endswith(generation.suffix):
                    await self._database.drop_collection(name)


def _generation(document: Document) -> Generation:
    offsets = {(topic, partition): at for topic, partition, at in document["offsets"]}
    return Generation(document["number"], document["phase"], document["started_at"], document["alive_at"], offsets)
