"""The queue read model: one document per submission, rebuilt at any time from the events."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from services.dashboard.rules import Entry, Position
from services.dashboard.tally import Group, Mark
from shared.mongo import Database, Document, adapting, aggregate
from shared.standing import Standing, SubmissionClass

_MARKS: dict[Mark, dict[str, bool]] = {
    "": {},
    "unseen": {"viewed": False},
    "undecided": {"decided": False},
    "decided": {"decided": True},
}
_DUPLICATE_KEY = 11000


class Queue:
    """Entries by submission, written only over the version they were read at."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._queue = database.get_collection("queue")

    async def prepare(self) -> None:
        """Make the indexes of lists, counts and questions."""
        async with adapting():
            await self._queue.create_index([("programme_id", 1), ("class", 1), ("received_at", 1), ("_id", 1)])
            await self._queue.create_index([("programme_id", 1), ("received_at", 1), ("_id", 1)])
            await self._queue.create_index("waiting_on")

    async def load(self, submission_ids: Iterable[str]) -> dict[str, Entry]:
        """Give the entries of these submissions; those never written are left out."""
        async with adapting():
            found = await self._queue.find({"_id": {"$in": list(submission_ids)}}).to_list(None)
        return {document["_id"]: _entry(document) for document in found}

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

    async def within(
        self,
        programme_id: str,
        submission_class: SubmissionClass | None,
        mark: Mark,
        stretch: tuple[datetime, datetime],
        *,
        limit: int,
        after: Position | None = None,
        before: Position | None = None,
    ) -> list[Entry]:
        """Give at most `limit` entries of a stretch [low, high), nearest to `after` or `before` first."""
        low, high = stretch
        chosen: Document = {"programme_id": programme_id, "received_at": {"$gte": low, "$lt": high}, **_MARKS[mark]}
        if submission_class:
            chosen["class"] = submission_class
        direction, sign, edge = (-1, "$lt", before) if before else (1, "$gt", after)
        if edge:
            chosen["$or"] = [
                {"received_at": {sign: edge.at}},
                {"received_at": edge.at, "_id": {sign: edge.submission_id}},
            ]
        async with adapting():
            cursor = self._queue.find(chosen).sort([("received_at", direction), ("_id", direction)])
            return [_entry(document) for document in await cursor.limit(limit).to_list(None)]

    async def groups(self, programme_id: str) -> list[Group]:
        """Count a programme's submissions by class and marks, in one query: whatever is stored stands in one group."""
        grouping = {
            "_id": {"class": "$class", "viewed": "$viewed", "decided": "$decided"},
            "count": {"$sum": 1},
            "first": {"$min": "$received_at"},
            "last": {"$max": "$received_at"},
        }
        async with adapting():
            found = await aggregate(self._queue, [{"$match": {"programme_id": programme_id}}, {"$group": grouping}])
        return [
            Group(
                item["_id"]["class"],
                item["_id"]["viewed"],
                item["_id"]["decided"],
                item["count"],
                item["first"],
                item["last"],
            )
            for item in found
        ]

    async def waiting(self, programme_id: str) -> dict[str, int]:
        """Tell how many undecided reviews of a programme wait on each question."""
        steps: list[Document] = [
            {"$match": {"programme_id": programme_id, "class": "review", "decided": False}},
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
        "viewed": standing.viewed_at is not None,
        "decided": standing.decided_at is not None,
        "waiting_on": list(standing.screening.waiting_on) if standing.screening else [],
        "standing": standing.model_dump(mode="json", exclude_defaults=True),
    }


def _entry(document: Document) -> Entry:
    return Entry(document["_id"], document["version"], Standing.model_validate(document["standing"]))
