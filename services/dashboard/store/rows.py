"""The rows of batches: one submission's decision each, and how it ended."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from pymongo import UpdateMany, UpdateOne

from services.dashboard.batch import Batch, Ending, Row, by_ending
from shared.mongo import Database, Document, adapting, aggregate, find_among

_END = ("ending", "reason", "office", "at", "say_at")
_SOME = 500
_IF_SAID = ("differs", "why")
"""What a row holds only where there is something to say: services of an older version, during an upgrade, read rows."""


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
        writes = [UpdateOne({"_id": row.row_id}, {"$setOnInsert": _document(row)}, upsert=True) for row in rows]
        if writes:
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

    async def undoable(self, batch_id: str, only: Sequence[str]) -> bool:
        """Tell whether a decision is left that undoing a batch, or only these, would be about."""
        about = {"submission_id": {"$in": list(only)}} if only else {}
        return bool(await self._find({"batch_id": batch_id, "ending": "accepted", **about}, 1))

    async def record(self, rows: Sequence[Row]) -> None:
        """Write down how rows ended; what was to be decided stays as it is, or erased. Why, the gate knows by now."""
        writes = [
            UpdateOne({"_id": row.row_id}, {"$set": {name: getattr(row, name) for name in _END}, "$unset": {"why": ""}})
            for row in rows
        ]
        async with adapting():
            await self._rows.bulk_write(writes, ordered=False)

    async def unreasoned(self, batch_id: str, limit: int) -> list[Row]:
        """Give rows that are still to be decided, otherwise than was screened, and for which nobody has said why."""
        return await self._find({"batch_id": batch_id, "ending": None, "differs": True, "why": None}, limit)

    async def reason(self, rows: Sequence[Row]) -> None:
        """Write down why these are to be decided so, as it is sealed in them."""
        writes = [UpdateOne({"_id": row.row_id, "ending": None}, {"$set": {"why": row.why}}) for row in rows]
        async with adapting():
            await self._rows.bulk_write(writes, ordered=False)

    async def tally(self, batch_id: str) -> Counter[tuple[str, str]]:
        """Count a batch's rows by (decision, ending); rows not reached yet end in the empty name."""
        counting: Document = {"$group": {"_id": {"decision": "$decision", "ending": "$ending"}, "count": {"$sum": 1}}}
        async with adapting():
            found = await aggregate(self._rows, [{"$match": {"batch_id": batch_id}}, counting])
        return Counter(
            {(item["_id"].get("decision") or "", item["_id"].get("ending") or ""): item["count"] for item in found}
        )

    async def endings(self, batch_id: str) -> dict[str, int]:
        """Count a batch's rows by how they ended; those not reached yet stand under the empty name."""
        return by_ending(await self.tally(batch_id))

    async def reasons(self, batch_id: str, ending: Ending) -> dict[str, int]:
        """Count a batch's rows that ended so, by why."""
        steps: list[Document] = [
            {"$match": {"batch_id": batch_id, "ending": ending}},
            {"$group": {"_id": "$reason", "count": {"$sum": 1}}},
        ]
        async with adapting():
            found = await aggregate(self._rows, steps)
        return {item["_id"] or "": item["count"] for item in sorted(found, key=lambda item: -item["count"])}

    async def each(self, batch_id: str) -> AsyncIterator[list[Row]]:
        """Give all rows of a batch, some hundreds at a time."""
        last = f"{batch_id}."
        while True:
            chosen = {"_id": {"$gt": last, "$lt": f"{batch_id}/"}}
            async with adapting():
                found = await self._rows.find(chosen).sort("_id", 1).limit(_SOME).to_list(None)
            if not found:
                return
            last = found[-1].pop("_id")
            yield [_row(document) for document in found]

    async def open(self, batch_id: str, submission_ids: Iterable[str]) -> list[Row]:
        """Give those of a batch's rows about these submissions that are still to be decided."""
        names = [f"{batch_id}.{name}" for name in submission_ids]
        async with adapting():
            found = await find_among(self._rows, "_id", names, {"ending": None}, {"_id": 0})
        return [_row(document) for document in found]

    async def ended(self, batch_id: str, ending: Ending | None, limit: int) -> list[Row]:
        """Give rows that ended so, in the order of their receipts."""
        found = await self._find({"batch_id": batch_id, "ending": ending}, limit)
        return sorted(found, key=lambda row: row.receipt)

    async def pending(self, submission_ids: Iterable[str], now: datetime) -> dict[str, Row]:
        """Give, by submission, the decisions that can still be undone."""
        chosen = {"submission_id": {"$in": list(submission_ids)}, "ending": "accepted", "say_at": {"$gt": now}}
        return {row.submission_id: row for row in await self._find(chosen, 10_000)}

    async def erase(self, gone: Mapping[str, str]) -> None:
        """Forget what was to be decided of submissions that are gone; `gone` gives how each went, by submission."""
        writes = []
        for name, end in gone.items():
            erased = {"$set": {"decision": None, "expects": ""}, "$unset": {"why": ""}}
            writes += [
                UpdateMany({"submission_id": name}, erased),
                UpdateMany({"submission_id": name, "ending": None}, {"$set": {"ending": "dropped", "reason": end}}),
            ]
        if writes:
            async with adapting():
                await self._rows.bulk_write(writes)

    async def drop(self, batch_ids: Sequence[str]) -> None:
        """Forget the rows of drafts that were forgotten."""
        async with adapting():
            if batch_ids:
                await self._rows.delete_many({"batch_id": {"$in": list(batch_ids)}, "ending": None})

    async def _find(self, chosen: Document, limit: int) -> list[Row]:
        async with adapting():
            found = await self._rows.find(chosen, {"_id": 0}).limit(limit).to_list(None)
        return [_row(document) for document in found]


def _document(row: Row) -> Document:
    return {name: value for name, value in asdict(row).items() if value or name not in _IF_SAID}


def _row(document: Document) -> Row:
    """Read a row, passing over what a newer version may have written."""
    return Row(**{one.name: document[one.name] for one in fields(Row) if one.name in document})
