"""What failed about submissions, and what officials did about it: codes, ids and instants, nothing of a certificate."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from pymongo import UpdateOne

from services.dashboard.failures import Done, Parked
from shared.events import SubmissionParked
from shared.mongo import Database, Document, adapting, find_among

_KEPT = timedelta(days=365)


class Failures:
    """Parked messages by event, and acts by what they were about."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._parked = database.get_collection("parked")
        self._acts = database.get_collection("failure_acts")

    async def prepare(self) -> None:
        """Make the indexes of lists and of erasing."""
        async with adapting():
            await self._parked.create_index("at")
            await self._parked.create_index("submission_id")
            await self._acts.create_index("at", expireAfterSeconds=int(_KEPT.total_seconds()))
            await self._acts.create_index("submission_id")

    async def fold(self, events: Iterable[SubmissionParked]) -> None:
        """Take in what was parked; the same one again changes nothing."""
        writes = [UpdateOne({"_id": str(event.event_id)}, {"$set": _document(event)}, upsert=True) for event in events]
        if writes:
            async with adapting():
                await self._parked.bulk_write(writes, ordered=False)

    async def parked(self, since: datetime, limit: int) -> list[Parked]:
        """Give the messages parked since then, the latest first."""
        async with adapting():
            found = await self._parked.find({"at": {"$gte": since}}).sort("at", -1).limit(limit).to_list(None)
        return [
            Parked(one["_id"], one["submission_id"], one["service"], one["topic"], one["reason"], one["at"])
            for one in found
        ]

    async def record(self, acts: Sequence[Done]) -> None:
        """Write down what was done, each once; the same again changes nothing."""
        writes = [
            UpdateOne({"_id": f"{act.about}|{act.what}|{act.token}"}, {"$setOnInsert": asdict(act)}, upsert=True)
            for act in acts
        ]
        if writes:
            async with adapting():
                await self._acts.bulk_write(writes, ordered=False)

    async def of(self, submission_ids: Iterable[str]) -> list[Done]:
        """Give what was done about these submissions, the earliest first."""
        async with adapting():
            found = await find_among(self._acts, "submission_id", submission_ids)
        return sorted((_done(one) for one in found), key=lambda act: act.at)

    async def latest(self, since: datetime, limit: int) -> list[Done]:
        """Give what was done since then, the latest first."""
        async with adapting():
            found = await self._acts.find({"at": {"$gte": since}}).sort("at", -1).limit(limit).to_list(None)
        return [_done(one) for one in found]

    async def erase(self, submission_ids: Iterable[str]) -> None:
        """Forget what failed of submissions that are gone; what was done about it stays, as the access log does."""
        gone = list(submission_ids)
        if gone:
            async with adapting():
                await self._parked.delete_many({"submission_id": {"$in": gone}})


def _document(event: SubmissionParked) -> Document:
    return {
        "submission_id": event.submission_id,
        "service": event.service,
        "topic": event.parked_topic,
        "reason": event.reason,
        "at": event.at,
    }


def _done(document: Document) -> Done:
    return Done(**{name: value for name, value in document.items() if name != "_id"})
