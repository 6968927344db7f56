"""The progress of erasures, in MongoDB."""

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import UpdateOne

from shared.mongo import Database, adapting, find_among


class Progress:
    """One document per submission that has ended and whose ending is in the erasure log."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._erasures = database.get_collection("erasures")

    async def prepare(self) -> None:
        """Nothing: it is read and written by submission alone."""

    async def record(self, progress: Mapping[str, dict[str, Any]]) -> None:
        """Record progress by submission; what was recorded first stands."""
        if not progress:
            return
        writes = [
            UpdateOne({"_id": submission_id}, {"$setOnInsert": step}, upsert=True)
            for submission_id, step in progress.items()
        ]
        async with adapting():
            await self._erasures.bulk_write(writes, ordered=False)

    async def known(self, submission_ids: Iterable[str]) -> set[str]:
        """Give those of these whose ending is in the log."""
        async with adapting():
            found = await find_among(self._erasures, "_id", submission_ids, projection={"_id": 1})
        return {document["_id"] for document in found}
