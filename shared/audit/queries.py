"""Reading the access log: who looked at one submission, how many looks there were, what a month held."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any

from shared.audit.access import Access, Mark
from shared.audit.chain import parsed, place_of
from shared.mongo import Database, Document, adapting, find_among

_SOME = 1_000


class Queries:
    """What is asked of the log."""

    def __init__(self, database: Database) -> None:
        """Take the log's own database."""
        self._strands = database.get_collection("strands")
        self._entries = database.get_collection("entries")

    async def known(self, acts: Collection[str]) -> set[str]:
        """Tell which of these acts are in the log."""
        async with adapting():
            return {found["act"] for found in await find_among(self._entries, "act", acts, projection={"act": 1})}

    async def act(self, act: str) -> Access | None:
        """Give the entry of an act."""
        async with adapting():
            found = await self._entries.find_one({"act": act})
        return Access.from_document(found) if found else None

    async def of(
        self,
        submission_id: str,
        programme_id: str,
        *,
        limit: int,
        before: Mark | None = None,
        until: datetime | None = None,
        read_by: datetime | None = None,
    ) -> list[Access]:
        """Give the accesses to a submission, newest first, at most so many; those `before` a mark where that is given.

        A selection run touched it if extraction had read it by then, and not after `until`, when it was closed. Where
        the entry of that reading may have been dropped, `read_by` stands for it.
        """
        own = await self._newest({"submissions": submission_id}, limit, before)
        first = read_by or await self._first_reading(submission_id)
        runs: list[Access] = []
        if first is not None:
            while_open = {"$gt": first, **({"$lt": until} if until else {})}
            runs = await self._newest({"whole_programme": programme_id, "at": while_open}, limit, before)
        return sorted([*own, *runs], key=lambda access: access.mark, reverse=True)[:limit]

    async def looks(self, programme_id: str) -> tuple[int, int, int]:
        """Count the looks at a programme's submissions that were taken one by one, and the acts that took many.

        The third number is how often values were corrected, or read by hand, and better certificates asked for.
        """
        async with adapting():
            alone = await self._entries.count_documents({"programme_id": programme_id, "what": "viewed"})
            acts = await self._entries.distinct("part_of", {"programme_id": programme_id, "part_of": {"$gt": ""}})
            by_hand = {"programme_id": programme_id, "what": {"$in": ["corrected", "asked"]}}
            return alone, len(acts), await self._entries.count_documents(by_hand)

    async def by_officials(self, start: datetime, end: datetime) -> AsyncIterator[Access]:
        """Give all that officials did from `start` up to `end`, official by official, in order of time."""
        chosen = {"official": {"$gt": ""}, "at": {"$gte": start, "$lt": end}}
        async with adapting():
            async for found in self._entries.find(chosen, batch_size=_SOME).sort([("official", 1), ("at", 1)]):
                yield Access.from_document(found)

    async def strands(self) -> list[Document]:
        """Give the openings of all strands, in no order."""
        async with adapting():
            return await self._strands.find().to_list(None)

    async def newest_strands(self, limit: int) -> list[tuple[int, int, datetime]]:
        """Give the newest strands, each with the number of its last entry, 0 where it has none, and that one's instant.

        The opening's instant where it has none.
        """
        async with adapting():
            strands = await self._strands.find().sort("_id", -1).limit(limit).to_list(None)
            found = []
            for strand in strands:
                stretch = {"_id": {"$gt": place_of(strand["_id"], 0), "$lt": place_of(strand["_id"] + 1, 0)}}
                last = await self._entries.find_one(stretch, {"at": 1}, sort=[("_id", -1)])
                place = parsed(last["_id"]) if last else None
                found.append((strand["_id"], place[1] if place else 0, (last or strand)["at"]))
        return found

    async def entries(self) -> AsyncIterator[list[Document]]:
        """Give all entries as they stand, in order of place, some at a time."""
        after = ""
        while True:
            async with adapting():
                some = await self._entries.find({"_id": {"$gt": after}}).sort("_id", 1).limit(_SOME).to_list(None)
            if not some:
                return
            yield some
            after = some[-1]["_id"]

    async def _first_reading(self, submission_id: str) -> datetime | None:
        chosen = {"submissions": submission_id, "machine": "extraction"}
        async with adapting():
            found = await self._entries.find_one(chosen, {"at": 1}, sort=[("at", 1)])
        return found["at"] if found else None

    async def _newest(self, chosen: dict[str, Any], limit: int, before: Mark | None) -> list[Access]:
        if before is not None:
            earlier = [{"at": {"$lt": before.at}}, {"at": before.at, "_id": {"$lt": before.place}}]
            chosen = {"$and": [chosen, {"$or": earlier}]}
        newest = [("at", -1), ("_id", -1)]
        async with adapting():
            found = await self._entries.find(chosen).sort(newest).limit(limit).to_list(None)
        return [Access.from_document(document) for document in found]
