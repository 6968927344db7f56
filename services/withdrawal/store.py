"""The progress of erasures, in MongoDB."""

from collections.abc import Mapping
from typing import Any

from pymongo import UpdateOne

from shared.mongo import Database, adapting


class Erasures:
    """One document per submission that was taken back or withdrawn."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._erasures = database.get_collection("erasures")

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
