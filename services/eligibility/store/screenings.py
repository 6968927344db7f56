"""Screenings, in MongoDB."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pymongo import UpdateOne

from shared.mongo import Database, adapting


class Screenings:
    """One document per screening, keyed by all that decided it; the first write wins."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._screenings = database.get_collection("screenings")

    async def prepare(self) -> None:
        """Make the indexes that answers and forgetting need."""
        async with adapting():
            await self._screenings.create_index("rests_on")
            await self._screenings.create_index("submission_id")

    async def record(self, rows: Mapping[str, dict[str, Any]]) -> None:
        """Record screenings by key; one recorded before stays as it was."""
        if not rows:
            return
        writes = [UpdateOne({"_id": key}, {"$setOnInsert": row}, upsert=True) for key, row in rows.items()]
        async with adapting():
            await self._screenings.bulk_write(writes, ordered=False)

    async def resting_on(self, question_ids: Iterable[str]) -> set[str]:
        """Give the submissions of which a screening rests on one of these questions."""
        async with adapting():
            found = await self._screenings.find(
                {"rests_on": {"$in": list(question_ids)}}, {"submission_id": 1}
            ).to_list(None)
        return {document["submission_id"] for document in found}

    async def forget(self, submission_ids: Collection[str]) -> None:
        """Delete all screenings of these; the gate, which has no key for them any more, is the tombstone."""
        async with adapting():
            await self._screenings.delete_many({"submission_id": {"$in": list(submission_ids)}})
