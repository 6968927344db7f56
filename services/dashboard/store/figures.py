"""What the overview's figures are counted from: some days of the queue, by day, class and waiting time."""

import asyncio
from datetime import date, datetime

from services.dashboard.figures import Decisions
from shared.mongo import Database, Document, adapting, aggregate
from shared.standing import SubmissionClass

_STAGES = (0, 1, 2, 3)


class Figures:
    """Counts over the queue, which another store keeps."""

    def __init__(self, database: Database, generation: str = "") -> None:
        """Take the desk's own database, and which generation of the queue is meant."""
        self._queue = database.get_collection(f"queue{generation}")

    async def prepare(self) -> None:
        """Make the index by the day of the decision; the queue makes the others."""
        async with adapting():
            await self._queue.create_index([("programme_id", 1), ("decided_on", 1)])

    async def received(
        self, programme_id: str, since: datetime, office: str = ""
    ) -> dict[tuple[date, SubmissionClass], int]:
        """Count what was received since, by the day in Seoul and the class it now stands in; with `office`, by it."""
        seoul: Document = {"$dateToString": {"date": "$received_at", "format": "%Y-%m-%d", "timezone": "+09:00"}}
        grouping: Document = {"$group": {"_id": {"day": seoul, "class": "$class"}, "count": {"$sum": 1}}}
        chosen = [
            {"$match": _sent_to(programme_id, office) | {"stage": stage, "received_at": {"$gte": since}}}
            for stage in _STAGES
        ]
        async with adapting():
            parts = await asyncio.gather(*(aggregate(self._queue, [one, grouping]) for one in chosen))
        found: dict[tuple[date, SubmissionClass], int] = {}
        for item in (item for part in parts for item in part):
            key = date.fromisoformat(item["_id"]["day"]), item["_id"]["class"]
            found[key] = found.get(key, 0) + item["count"]
        return found

    async def decisions(self, programme_id: str, since: date, office: str = "") -> list[Decisions]:
        """Count what was decided since a day, by day, decision and waiting time; with `office`, of what came to it."""
        alike = {"day": "$decided_on", "decision": "$standing.decision", "waited": "$waited"}
        steps: list[Document] = [
            {"$match": _sent_to(programme_id, office) | {"decided_on": {"$gte": since.isoformat()}}},
            {"$group": {"_id": alike, "count": {"$sum": 1}}},
        ]
        async with adapting():
            found = await aggregate(self._queue, steps)
        return [
            Decisions(date.fromisoformat(one["day"]), one["decision"], one["waited"], item["count"])
            for item in found
            for one in (item["_id"],)
        ]


def _sent_to(programme_id: str, office: str) -> Document:
    return {"programme_id": programme_id} | ({"office": office} if office else {})
