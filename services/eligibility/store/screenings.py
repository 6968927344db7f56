"""Screenings, in MongoDB."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pymongo import UpdateOne

from shared.mongo import Database, adapting

_AT_ONCE = 20


class Screenings:
    """One document per screening, keyed by all that decided it; the first write wins.

    And one per submission that could rest on questions, written before they are raised, so that of every question it
    can be found whether anything rests on it.
    """

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

    async def rest(self, questions: Mapping[str, Collection[str]]) -> None:
        """Note which questions these submissions could rest on."""
        writes = [
            UpdateOne(
                {"_id": f"{name}|questions"},
                {"$setOnInsert": {"submission_id": name}, "$addToSet": {"rests_on": {"$each": sorted(ids)}}},
                upsert=True,
            )
            for name, ids in questions.items()
            if ids
        ]
        if writes:
            async with adapting():
                await self._screenings.bulk_write(writes, ordered=False)

    async def leave(self, submission_ids: Collection[str]) -> set[str]:
        """Note that nothing of these rests on a question any more; give the questions that it did rest on."""
        chosen = {"submission_id": {"$in": list(submission_ids)}}
        async with adapting():
            await self._screenings.update_many(chosen, {"$set": {"left": True}})
            found = await self._screenings.find(chosen, {"rests_on": 1}).to_list(None)
        return {name for document in found for name in document["rests_on"]}

    async def unneeded(self, question_ids: Iterable[str]) -> set[str]:
        """Give those of these questions on which nothing rests."""
        names, found = sorted(question_ids), list[object]()
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            async with adapting():
                found += await asyncio.gather(
                    *(self._screenings.find_one({"rests_on": name, "left": None}, {"_id": 1}) for name in some)
                )
        return {name for name, document in zip(names, found, strict=True) if document is None}

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
