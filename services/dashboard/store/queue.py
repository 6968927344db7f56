"""The queue read model: one document per submission, rebuilt at any time from the events."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import UTC, datetime

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from services.dashboard.counting import Cells, Key
from services.dashboard.figures import wait_of
from services.dashboard.filters import Listed
from services.dashboard.rules import Entry, Position
from services.dashboard.selection import GONE
from services.dashboard.store.generations import Generations
from services.dashboard.tally import Mark
from shared.clock import seoul_date
from shared.mongo import DUPLICATE_KEY, Database, Document, adapting, aggregate, find_among, parts
from shared.standing import Standing

_STAGES: dict[Mark, tuple[int, ...]] = {"": (0, 1, 2, 3), "unseen": (0, 2), "undecided": (0, 1), "decided": (2, 3)}
"""A stage is 1 where viewed, plus 2 where decided: one field, so that every list is a range of an index."""

_INDEXES = (
    ("received_at",),
    ("class", "received_at"),
    ("office", "received_at"),
    ("office", "class", "received_at"),
    ("entered_at",),
)
"""By what a list is narrowed, and by which instant it is read: each is a range of an index."""
_PART = 500
_MINUTE = "%Y-%m-%dT%H:%M"
_BY_MINUTE: Document = {
    "$group": {
        "_id": {
            "class": "$class",
            "office": "$standing.office",
            "stage": "$stage",
            "minute": {"$dateToString": {"date": "$received_at", "format": _MINUTE}},
        },
        "count": {"$sum": 1},
    }
}


class Queue:
    """Entries by submission, written only over the version they were read at."""

    def __init__(self, database: Database, generation: str = "") -> None:
        """Take the desk's own database; `generation` names one that is being built beside the one that serves."""
        self._queue = database.get_collection(f"queue{generation}")
        self._generations = Generations(database, "")

    async def prepare(self) -> None:
        """Make the indexes of lists, counts, questions and receipt numbers."""
        async with adapting():
            for fields in _INDEXES:
                await self._queue.create_index(_index(fields))
            await self._queue.create_index([("programme_id", 1), ("changed_at", 1)])
            await self._queue.create_index("waiting_on")
            await self._queue.create_index("rescreening_due", sparse=True)
            await self._queue.create_index("standing.receipt")

    async def serving(self) -> str:
        """Name the read model that serves; none while another is being put in its place."""
        return await self._generations.serving()

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
                _written(entry),
                upsert=entry.version == 1,
            )
            for entry in entries
        ]
        try:
            async with adapting():
                result = await self._queue.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(item["code"] != DUPLICATE_KEY for item in (error.details or {}).get("writeErrors", [{"code": 0}])):
                raise
            return False
        return result.matched_count + result.upserted_count == len(entries)

    async def within(self, listed: Listed, stretch: tuple[datetime, datetime], limit: int) -> list[Entry]:
        """Give at most `limit` entries of a stretch of time [low, high), in the order of the list."""
        return await self._merged(listed, {listed.by: {"$gte": stretch[0], "$lt": stretch[1]}}, limit)

    async def beside(self, listed: Listed, edge: Position, limit: int) -> list[Entry]:
        """Give at most `limit` entries of the very instant of `edge` that follow it in the order of the list."""
        following = {"$lt" if listed.backwards else "$gt": edge.submission_id}
        return await self._merged(listed, {listed.by: edge.at, "_id": following}, limit)

    async def _merged(self, listed: Listed, bounds: Document, limit: int) -> list[Entry]:
        """Ask for each range of the index by itself, and put what is found in order."""
        direction = -1 if listed.backwards else 1
        chosen = _chosen(listed)
        loose = listed.alive or (listed.by == "entered_at" and (listed.submission_class or listed.office))

        async def one(stage: int) -> list[Document]:
            cursor = self._queue.find({**chosen, "stage": stage, **bounds})
            cursor = cursor.sort([(listed.by, direction), ("_id", direction)])
            if not loose:
                return await cursor.limit(limit).to_list(None)
            found: list[Document] = []
            async for document in cursor.batch_size(limit):
                if len(found) == limit:
                    break
                if _fits(listed, document):
                    found.append(document)
            return found

        async with adapting():
            found = await asyncio.gather(*map(one, _STAGES[listed.mark]))
        documents = [document for part in found for document in part]
        documents.sort(key=lambda document: (document[listed.by], document["_id"]), reverse=listed.backwards)
        return [_entry(document) for document in documents[:limit]]

    async def cells(self, programme_id: str, start: datetime | None = None, end: datetime | None = None) -> Cells:
        """Count a programme's submissions by minute of reception: all, or those received from `start` up to `end`."""
        chosen: list[Document] = [{"programme_id": programme_id}]
        if start and end:
            received = {"received_at": {"$gte": start, "$lt": end}}
            chosen = [{"programme_id": programme_id, "stage": stage, **received} for stage in _STAGES[""]]
        async with adapting():
            found = await asyncio.gather(*(aggregate(self._queue, [{"$match": one}, _BY_MINUTE]) for one in chosen))
        cells: dict[datetime, Counter[Key]] = defaultdict(Counter)
        for item in itertools.chain.from_iterable(found):
            name, stage = item["_id"], item["_id"]["stage"]
            minute = datetime.strptime(name["minute"], _MINUTE).replace(tzinfo=UTC)
            cells[minute][Key(name["class"], name.get("office") or "", bool(stage & 1), bool(stage & 2))] += item[
                "count"
            ]
        return cells

    async def touched(self, programme_id: str, since: datetime) -> set[datetime]:
        """Give the minutes of reception of a programme's submissions that were written since."""
        chosen = {"programme_id": programme_id, "changed_at": {"$gte": since}}
        async with adapting():
            found = await self._queue.find(chosen, {"received_at": 1, "_id": 0}).to_list(None)
        return {one["received_at"].replace(second=0, microsecond=0) for one in found}

    async def written(self, programme_id: str, since: datetime, at_most: int) -> int:
        """Count a programme's submissions that were written since, as far as `at_most`."""
        chosen = {"programme_id": programme_id, "changed_at": {"$gte": since}}
        async with adapting():
            return await self._queue.count_documents(chosen, limit=at_most)

    async def since(self, programme_id: str, since: datetime) -> AsyncGenerator[dict[str, Entry]]:
        """Give a programme's submissions that were written since, in parts."""
        chosen = {"programme_id": programme_id, "changed_at": {"$gte": since}}
        async with adapting():
            async for documents in parts(self._queue.find(chosen), _PART):
                yield {document["_id"]: _entry(document) for document in documents}

    async def unsettled(self, question_ids: Iterable[str]) -> dict[str, Entry]:
        """Give the undecided reviews that wait on any of these questions."""
        undecided = {"class": "review", "stage": {"$in": list(_STAGES["undecided"])}}
        async with adapting():
            found = await find_among(self._queue, "waiting_on", question_ids, undecided)
        return {document["_id"]: _entry(document) for document in found}

    async def overtaken(self, before: datetime) -> AsyncGenerator[dict[str, Entry]]:
        """Give what was corrected before then and not screened again since, of every programme, in parts."""
        cursor = self._queue.find({"rescreening_due": {"$lte": before}}).sort("rescreening_due", 1)
        async with adapting():
            async for documents in parts(cursor, _PART):
                yield {document["_id"]: _entry(document) for document in documents}

    async def waiting(self, programme_id: str) -> dict[str, int]:
        """Tell how many undecided reviews of a programme wait on each question."""
        steps: list[Document] = [
            {"$match": {"programme_id": programme_id, "class": "review", "stage": {"$in": list(_STAGES["undecided"])}}},
            {"$unwind": "$waiting_on"},
            {"$group": {"_id": "$waiting_on", "count": {"$sum": 1}}},
        ]
        async with adapting():
            return {item["_id"]: item["count"] for item in await aggregate(self._queue, steps)}


def _chosen(listed: Listed) -> Document:
    """Give what the list's index begins with; what else is wanted is left to `_fits`, lest a store take another one."""
    chosen = {"programme_id": listed.programme_id}
    if listed.by == "entered_at":
        return chosen
    named = {"office": listed.office, "class": listed.submission_class}
    return chosen | {name: value for name, value in named.items() if value}


def _fits(listed: Listed, document: Document) -> bool:
    return (
        listed.submission_class in (None, document["class"])
        and listed.office in ("", document.get("office"))
        and not (listed.alive and document["class"] in GONE)
    )


def _index(fields: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, 1) for name in ("programme_id", *fields[:-1], "stage", fields[-1], "_id")]


def document_of(entry: Entry) -> Document:
    """Give an entry as it is stored, without its id."""
    standing = entry.standing
    return {
        "version": entry.version,
        "programme_id": standing.programme_id,
        "office": standing.office,
        "class": standing.submission_class,
        "entered_at": entry.entered_at,
        "changed_at": entry.changed_at,
        "received_at": standing.received_at,
        "stage": (standing.viewed_at is not None) + 2 * (standing.decided_at is not None),
        "decided_on": seoul_date(standing.decided_at).isoformat() if standing.decided_at else None,
        "waited": wait_of(standing.received_at, standing.decided_at)
        if standing.received_at and standing.decided_at
        else None,
        "waiting_on": list(standing.screening.waiting_on) if standing.screening else [],
        "standing": standing.model_dump(mode="json", exclude_defaults=True),
    }


def _written(entry: Entry) -> Document:
    """Give the update that writes an entry; when it is due to be screened again stands only in those that are."""
    due = entry.standing.rescreening_due
    if due is None:
        return {"$set": document_of(entry), "$unset": {"rescreening_due": ""}}
    return {"$set": document_of(entry) | {"rescreening_due": due}}


def _entry(document: Document) -> Entry:
    standing = Standing.model_validate(document["standing"])
    return Entry(document["_id"], document["version"], standing, document.get("entered_at"))
