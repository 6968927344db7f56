"""The rows of batches: one submission's decision each, and how it ended."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from pymongo import UpdateOne

from services.dashboard.batch import Batch, Ending, Row
from shared.mongo import Database, Document, adapting, aggregate


class Rows:
    """Rows by batch and by submission."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._rows = database.get_collection("decisions")

    async def prepare(self) -> None:
        """Make the indexes by batch and by submission."""
        async with adapting():
            await self._rows.create_index([("batch_id", 1), ("ending", 1)])
            await self._rows.create_index("submission_id")

    async def draft(self, rows: Sequence[Row]) -> None:
        """Write rows down; those written before stay as they are."""
        writes = [UpdateOne({"_id": row.row_id}, {"$setOnInsert": asdict(row)}, upsert=True) for row in rows]
        async with adapting():
            await self._rows.bulk_write(writes, ordered=False)

    async def to_do(self, batch: Batch, limit: int) -> list[Row]:
        """Give rows of a batch that are still to be decided, or to be undone."""
        chosen: Document = {"batch_id": batch.batch_id, "ending": None}
        if batch.state == "undoing":
            chosen["ending"] = "accepted"
            if batch.undo:
                chosen["submission_id"] = {"$in": list(batch.undo)}
        return await self._find(chosen, limit)

    async def record(self, rows: Sequence[Row]) -> None:
        """Write down how rows ended."""
        writes = [UpdateOne({"_id": row.row_id}, {"$set": asdict(row)}) for row in rows]
        async with adapting():
            await self._rows.bulk_write(writes, ordered=False)

    async def endings(self, batch_id: str) -> dict[str, int]:
        """Count a batch's rows by how they ended; those not reached yet stand under the empty name."""
        counting: Document = {"$group": {"_id": "$ending", "count": {"$sum": 1}}}
        async with adapting():
            found = await aggregate(self._rows, [{"$match": {"batch_id": batch_id}}, counting])
        return {item["_id"] or "": item["count"] for item in found}

    async def ended(self, batch_id: str, ending: Ending | None, limit: int) -> list[Row]:
        """Give rows that ended so, in the order of their receipts."""
        found = await self._find({"batch_id": batch_id, "ending": ending}, limit)
        return sorted(found, key=lambda row: row.receipt)

    async def pending(self, submission_ids: Iterable[str], now: datetime) -> dict[str, Row]:
        """Give, by submission, the decisions that can still be undone."""
        chosen = {"submission_id": {"$in": list(submission_ids)}, "ending": "accepted", "say_at": {"$gt": now}}
        return {row.submission_id: row for row in await self._find(chosen, 10_000)}

    async def drop(self, batch_ids: Sequence[str]) -> None:
        """Forget the rows of drafts that were forgotten."""
        async with adapting():
            if batch_ids:
                await self._rows.delete_many({"batch_id": {"$in": list(batch_ids)}, "ending": None})

    async def _find(self, chosen: Document, limit: int) -> list[Row]:
        async with adapting():
            found = await self._rows.find(chosen, {"_id": 0}).limit(limit).to_list(None)
        return [Row(**document) for document in found]
