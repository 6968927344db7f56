"""The queue read model: one document per submission, rebuilt at any time from the events."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from services.dashboard.rules import Entry, Position
from services.dashboard.selection import GONE
from services.dashboard.tally import Group, Mark
from shared.mongo import Database, Document, adapting, aggregate, find_among
from shared.standing import Standing, SubmissionClass

_STAGES: dict[Mark, tuple[int, ...]] = {"": (0, 1, 2, 3), "unseen": (0, 2), "undecided": (0, 1), "decided": (2, 3)}
"""A stage is 1 where viewed, plus 2 where decided: one field, so that every list is a range of an index."""

_DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class Listed:
    """What a list holds, and whether it is read from its end."""

    programme_id: str
    submission_class: SubmissionClass | None = None
    mark: Mark = ""
    backwards: bool = False


class Queue:
    """Entries by submission, written only over the version they were read at."""

    def __init__(self, database: Database, generation: str = "") -> None:
        """Take the desk's own database; `generation` names one that is being built beside the one that serves."""
        self._queue = database.get_collection(f"queue{generation}")

    async def prepare(self) -> None:
        """Make the indexes of lists, counts, questions and receipt numbers."""
        place = [("stage", 1), ("received_at", 1), ("_id", 1)]
        async with adapting():
            await self._queue.create_index([("programme_id", 1), ("class", 1), *place])
            await self._queue.create_index([("programme_id", 1), *place])
            await self._queue.create_index("waiting_on")
            await self._queue.create_index("standing.receipt")

    async def load(self, submission_ids: Iterable[str]) -> dict[str, Entry]:
        """Give the entries of these submissions; those never written are left out."""
        async with adapting():
            found = await find_among(self._queue, "_id", submission_ids)
        return {document["_id"]: _entry(document) for document in found}

    async def gone(self, submission_ids: Iterable[str]) -> dict[str, str]:
        """Give the class of those of these submissions that are gone."""
        async with adapting():
            found = await find_among(self._queue, "_id", submission_ids, {"class": {"$in": list(GONE)}}, {"class": 1})
        return {document["_id"]: document["class"] for document in found}

    async def by_receipts(self, receipts: Iterable[str]) -> dict[str, Entry]:
        """Give the entries that have these receipt numbers, by receipt number."""
        async with adapting():
            found = await find_among(self._queue, "standing.receipt", receipts)
        return {document["standing"]["receipt"]: _entry(document) for document in found}

    async def save(self, entries: Sequence[Entry]) -> bool:
        """Write entries, each over the version before it; False when another writer was quicker with any of them."""
        if not entries:
            return True
        writes = [
            UpdateOne(
                {"_id": entry.submission_id, "version": entry.version - 1},
                {"$set": _document(entry)},
                upsert=entry.version == 1,
            )
            for entry in entries
        ]
        try:
            async with adapting():
                result = await self._queue.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(item["code"] != _DUPLICATE_KEY for item in (error.details or {}).get("writeErrors", [{"code": 0}])):
                raise
            return False
        return result.matched_count + result.upserted_count == len(entries)

    async def within(self, listed: Listed, stretch: tuple[datetime, datetime], limit: int) -> list[Entry]:
        """Give at most `limit` entries received in a stretch [low, high), in the order of the list."""
        return await self._each_stage(listed, {"received_at": {"$gte": stretch[0], "$lt": stretch[1]}}, limit)

    async def beside(self, listed: Listed, edge: Position, limit: int) -> list[Entry]:
        """Give at most `limit` entries received at the instant of `edge` that follow it in the order of the list."""
        following = {"$lt" if listed.backwards else "$gt": edge.submission_id}
        return await self._each_stage(listed, {"received_at": edge.at, "_id": following}, limit)

    async def _each_stage(self, listed: Listed, bounds: Document, limit: int) -> list[Entry]:
        direction = -1 if listed.backwards else 1
        one_class = {"class": listed.submission_class} if listed.submission_class else {}

        async def stage(number: int) -> list[Document]:
            chosen = {"programme_id": listed.programme_id, **one_class, "stage": number, **bounds}
            cursor = self._queue.find(chosen).sort([("received_at", direction), ("_id", direction)])
            return await cursor.limit(limit).to_list(None)

        async with adapting():
            found = await asyncio.gather(*(stage(number) for number in _STAGES[listed.mark]))
        documents = [document for part in found for document in part]
        documents.sort(key=lambda document: (document["received_at"], document["_id"]), reverse=listed.backwards)
        return [_entry(document) for document in documents[:limit]]

    async def groups(self, programme_id: str) -> list[Group]:
        """Count a programme's submissions by class and marks, in one query: whatever is stored stands in one group."""
        grouping = {
            "_id": {"class": "$class", "stage": "$stage"},
            "count": {"$sum": 1},
            "first": {"$min": "$received_at"},
            "last": {"$max": "$received_at"},
        }
        async with adapting():
            found = await aggregate(self._queue, [{"$match": {"programme_id": programme_id}}, {"$group": grouping}])
        return [_group(item) for item in found]

    async def waiting(self, programme_id: str) -> dict[str, int]:
        """Tell how many undecided reviews of a programme wait on each question."""
        steps: list[Document] = [
            {"$match": {"programme_id": programme_id, "class": "review", "stage": {"$in": list(_STAGES["undecided"])}}},
            {"$unwind": "$waiting_on"},
            {"$group": {"_id": "$waiting_on", "count": {"$sum": 1}}},
        ]
        async with adapting():
            return {item["_id"]: item["count"] for item in await aggregate(self._queue, steps)}


def _document(entry: Entry) -> Document:
    standing = entry.standing
    return {
        "version": entry.version,
        "programme_id": standing.programme_id,
        "class": standing.submission_class,
        "received_at": standing.received_at,
        "stage": (standing.viewed_at is not None) + 2 * (standing.decided_at is not None),
        "waiting_on": list(standing.screening.waiting_on) if standing.screening else [],
        "standing": standing.model_dump(mode="json", exclude_defaults=True),
    }


def _entry(document: Document) -> Entry:
    return Entry(document["_id"], document["version"], Standing.model_validate(document["standing"]))


def _group(item: Document) -> Group:
    stage = item["_id"]["stage"]
    return Group(item["_id"]["class"], bool(stage & 1), bool(stage & 2), item["count"], item["first"], item["last"])
