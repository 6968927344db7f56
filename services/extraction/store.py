"""Reading attempts, in MongoDB."""

from collections.abc import Iterable, Sequence

from pymongo import UpdateOne

from services.extraction.outcomes import Attempt
from shared.mongo import Database, adapting


def _key(submission_id: str, revision: int) -> str:
    return f"{submission_id}|{revision}"


class Readings:
    """One document per submission and revision; the first write wins, so a repeat says what was said."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._readings = database.get_collection("readings")

    async def prepare(self) -> None:
        """Make the index that forgetting needs."""
        async with adapting():
            await self._readings.create_index("submission_id")

    async def known(self, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Attempt]:
        """Give the attempts already made at these submissions and revisions."""
        ids = [_key(*item) for item in wanted]
        async with adapting():
            found = await self._readings.find({"_id": {"$in": ids}}, {"_id": 0}).to_list(None)
        attempts = [Attempt(**document) for document in found]
        return {(attempt.submission_id, attempt.revision): attempt for attempt in attempts}

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Record attempts; one recorded before stays as it was."""
        if not attempts:
            return
        writes = [
            UpdateOne(
                {"_id": _key(attempt.submission_id, attempt.revision)}, {"$setOnInsert": attempt.__dict__}, upsert=True
            )
            for attempt in attempts
        ]
        async with adapting():
            await self._readings.bulk_write(writes, ordered=False)

    async def forget(self, submission_ids: Sequence[str]) -> None:
        """Delete all attempts at these; the gate, which has no key for them any more, is the tombstone."""
        async with adapting():
            await self._readings.delete_many({"submission_id": {"$in": list(submission_ids)}})
