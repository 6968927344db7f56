"""What failed about submissions, and what officials did about it: codes, ids and instants, nothing of a certificate."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from pymongo import UpdateOne

from services.dashboard.failures import MOVES_ON, WHATS, Done, Parked
from shared.events import SubmissionParked
from shared.mongo import Database, Document, adapting, find_among, parts

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

    async def about(self, submission_ids: Iterable[str]) -> list[Parked]:
        """Give what was parked of these submissions."""
        async with adapting():
            found = await find_among(self._parked, "submission_id", submission_ids)
        return [
            Parked(one["_id"], one["submission_id"], one["service"], one["topic"], one["reason"], one["at"])
            for one in found
        ]

    async def beside(self, since: datetime, size: int) -> AsyncGenerator[list[str]]:
        """Give the submissions of what was parked since by services that none waits for, the oldest first, in parts."""
        chosen = {"at": {"$gte": since}, "service": {"$nin": list(MOVES_ON)}}
        async with adapting():
            async for some in parts(self._parked.find(chosen).sort("at", 1), size):
                yield [one["submission_id"] for one in some]

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

    async def done_by(self, token: str, names: Iterable[str]) -> set[str]:
        """Give those of these failures about which the form of this token has done something."""
        acts = [f"{name}|{what}|{token}" for name in names for what in WHATS]
        async with adapting():
            return {one["about"] for one in await find_among(self._acts, "_id", acts, None, {"about": 1})}

    async def latest(self, since: datetime, size: int) -> AsyncGenerator[list[Done]]:
        """Give what was done since then, the latest first, in parts."""
        async with adapting():
            async for some in parts(self._acts.find({"at": {"$gte": since}}).sort("at", -1), size):
                yield [_done(one) for one in some]

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
