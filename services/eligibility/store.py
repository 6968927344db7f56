"""Screenings and who submitted where, in MongoDB."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from services.eligibility.applicants import Applicant
from shared.mongo import Database, Document, adapting


class Screenings:
    """One document per screening, keyed by all that decided it; the first write wins."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._screenings = database.get_collection("screenings")
        self._applicants = database.get_collection("applicants")

    async def prepare(self) -> None:
        """Make the indexes that answers and forgetting need."""
        async with adapting():
            await self._screenings.create_index("rests_on")
            await self._screenings.create_index("submission_id")
            await self._applicants.create_index("submissions.id")

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

    async def enter(self, applicants: Mapping[str, Sequence[tuple[str, datetime]]]) -> dict[str, Applicant]:
        """Enter submissions (id, received) under their applicant's key; give these applicants as they then stand."""
        make = [UpdateOne({"_id": key}, {"$setOnInsert": {"changes": 0}}, upsert=True) for key in applicants]
        enter = [
            UpdateOne(
                {"_id": key, "submissions.id": {"$ne": submission_id}},
                {"$push": {"submissions": {"id": submission_id, "at": at}}, "$inc": {"changes": 1}},
            )
            for key, entries in applicants.items()
            for submission_id, at in entries
        ]
        if not enter:
            return {}
        async with adapting():
            await self._applicants.bulk_write(make, ordered=False)
            await self._applicants.bulk_write(enter, ordered=False)
            found = await self._applicants.find({"_id": {"$in": list(applicants)}}).to_list(None)
        return {document["_id"]: _applicant(document) for document in found}

    async def forget(self, submission_ids: Sequence[str]) -> list[Applicant]:
        """Delete all that is kept of these; give the applicants they were of, as they then stand.

        The gate, which has no key for them any more, is the tombstone.
        """
        ids = list(submission_ids)
        theirs = {"submissions.id": {"$in": ids}}
        async with adapting():
            await self._screenings.delete_many({"submission_id": {"$in": ids}})
            keys = [document["_id"] for document in await self._applicants.find(theirs, {"_id": 1}).to_list(None)]
            leave = {"$pull": {"submissions": {"id": {"$in": ids}}}, "$inc": {"changes": 1}}
            await self._applicants.update_many({"_id": {"$in": keys}, **theirs}, leave)
            found = await self._applicants.find({"_id": {"$in": keys}}).to_list(None)
        return [_applicant(document) for document in found]


def _applicant(document: Document) -> Applicant:
    entries = sorted((entry["at"], entry["id"]) for entry in document.get("submissions", []))
    return Applicant(tuple(name for _, name in entries), document["changes"])
