"""What is to be told, and which app sent what: notices as they come in, in any order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pymongo import UpdateMany, UpdateOne

from services.notification.rules import STILL_TOLD, Known, Telling, WhyNot
from shared.events import SubmissionReceived
from shared.mongo import Database, Document, adapting, find_among


def telling_of(found: Document) -> Telling:
    """Read a delivery's notice."""
    return Telling(found["_id"], found["submission_id"], found["notice"], found["at"], found["codes"])


class Notices:
    """Submissions as far as they are known, and the notices about them."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._submissions = database.get_collection("submissions")
        self._deliveries = database.get_collection("deliveries")

    async def prepare(self) -> None:
        """Make the index of waiting and of erasing."""
        async with adapting():
            await self._deliveries.create_index("submission_id")

    async def remember(self, received: Iterable[SubmissionReceived], gone: Mapping[str, datetime]) -> None:
        """Remember who sent submissions, and leave tombstones; in any order, and repeatedly, it comes to the same."""
        writes = [
            UpdateOne(
                {"_id": event.submission_id}, {"$set": {"wallet_app": event.wallet_app, "receipt": event.receipt}}, True
            )
            for event in received
        ]
        writes += [UpdateOne({"_id": submission}, {"$min": {"gone_at": at}}, True) for submission, at in gone.items()]
        if writes:
            async with adapting():
                await self._submissions.bulk_write(writes, ordered=False)

    async def note(self, tellings: Sequence[Telling]) -> None:
        """Keep notices until it is decided what becomes of them; those already kept stay as they are."""
        writes = [
            UpdateOne(
                {"_id": told.webhook_id},
                {
                    "$setOnInsert": {
                        "submission_id": told.submission_id,
                        "notice": told.notice,
                        "at": told.at,
                        "codes": dict(told.codes),
                        "state": "waiting",
                        "attempts": 0,
                    }
                },
                upsert=True,
            )
            for told in tellings
        ]
        if writes:
            async with adapting():
                await self._deliveries.bulk_write(writes, ordered=False)

    async def known(self, submissions: Iterable[str]) -> dict[str, Known]:
        """Give what is remembered of these submissions; of which nothing is, are left out."""
        async with adapting():
            found = await find_among(self._submissions, "_id", submissions)
        return {
            document["_id"]: Known(document.get("wallet_app"), document.get("receipt"), "gone_at" in document)
            for document in found
        }

    async def waiting(self, submissions: Iterable[str]) -> list[Telling]:
        """Give the notices of these submissions of which it is not decided what becomes."""
        chosen = {"submission_id": {"$in": list(submissions)}, "state": "waiting"}
        async with adapting():
            found = await self._deliveries.find(chosen).to_list(None)
        return [telling_of(document) for document in found]

    async def route(self, routes: Mapping[tuple[str, WhyNot | None], Sequence[str]], now: datetime) -> None:
        """Make waiting deliveries due from `now`, or record why the app cannot be told; by app and reason."""
        writes = [
            UpdateMany(
                {"_id": {"$in": list(ids)}, "state": "waiting"},
                {
                    "$set": {"wallet_app": app, "state": "not_tellable", "code": reason}
                    if reason
                    else {"wallet_app": app, "state": "due", "due_at": now}
                },
            )
            for (app, reason), ids in routes.items()
        ]
        if writes:
            async with adapting():
                await self._deliveries.bulk_write(writes, ordered=False)

    async def forget(self, submissions: Sequence[str]) -> None:
        """Delete the notices of these submissions that are no longer to be told."""
        if submissions:
            chosen = {"submission_id": {"$in": list(submissions)}, "notice": {"$nin": list(STILL_TOLD)}}
            async with adapting():
                await self._deliveries.delete_many(chosen)
