"""What citizens could not be told: notices given up, and endpoints of wallet apps that are suspended.

Every write only raises what is known, and what is shown is worked out anew after it, so that order and repeats do not
matter. Whoever writes last sees all that was written.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import UpdateOne

from services.dashboard.failures import UntoldNotice
from shared.events import EndpointResumed, EndpointSuspended, NotificationExhausted, NotificationRecovered
from shared.mongo import Database, Document, adapting, find_among, parts

_EVER = datetime(1970, 1, 1, tzinfo=UTC)

Heard = NotificationExhausted | NotificationRecovered | EndpointSuspended | EndpointResumed


@dataclass(frozen=True)
class Suspended:
    """A wallet app that is told nothing for now; what it should be told waits."""

    wallet_app: str
    at: datetime
    reason: str | None


class Untold:
    """Both, as small read models."""

    def __init__(self, database: Database, generation: str = "") -> None:
        """Take the desk's own database, and which generation of the two is meant."""
        self._notices = database.get_collection(f"untold{generation}")
        self._endpoints = database.get_collection(f"endpoints{generation}")

    async def prepare(self) -> None:
        """Make the indexes of the list and of erasing."""
        async with adapting():
            await self._notices.create_index("open_at", sparse=True)
            await self._notices.create_index("submission_id")

    async def fold(self, events: Sequence[Heard]) -> None:
        """Take in what notification said."""
        notices = [event for event in events if isinstance(event, NotificationExhausted | NotificationRecovered)]
        endpoints = [event for event in events if isinstance(event, EndpointSuspended | EndpointResumed)]
        async with adapting():
            if notices:
                await self._notices.bulk_write([_noted(event) for event in notices], ordered=False)
                await self._work_out(event.webhook_id for event in notices)
            if endpoints:
                await self._endpoints.bulk_write([_fared(event) for event in endpoints], ordered=False)

    async def _work_out(self, webhook_ids: Iterable[str]) -> None:
        found = await find_among(self._notices, "_id", webhook_ids)
        await self._notices.bulk_write([_shown(document) for document in found], ordered=False)

    async def given_up(self, size: int) -> AsyncGenerator[list[str]]:
        """Give the submissions whose notices are given up, by notice and the oldest first, in parts."""
        chosen = {"open_at": {"$gt": _EVER}}
        async with adapting():
            async for some in parts(self._notices.find(chosen).sort("open_at", 1), size):
                yield [one["submission_id"] for one in some]

    async def of(self, submission_id: str) -> list[UntoldNotice]:
        """Give those of one submission, the earliest first."""
        return await self.about([submission_id])

    async def about(self, submission_ids: Iterable[str]) -> list[UntoldNotice]:
        """Give those of these submissions, the earliest first."""
        async with adapting():
            found = await find_among(self._notices, "submission_id", submission_ids)
        return sorted((_notice(one) for one in found if "open_at" in one), key=lambda notice: notice.at)

    async def suspended(self) -> list[Suspended]:
        """Give the suspended endpoints, by app."""
        async with adapting():
            found = await self._endpoints.find().sort("_id", 1).to_list(None)
        return [
            Suspended(one["_id"], one["suspended_at"], one.get("reasons", {}).get(_key(one["suspended_at"])))
            for one in found
            if "suspended_at" in one and ("resumed_at" not in one or one["resumed_at"] < one["suspended_at"])
        ]

    async def erase(self, submission_ids: Iterable[str]) -> None:
        """Forget the notices of submissions that are gone."""
        gone = list(submission_ids)
        if gone:
            async with adapting():
                await self._notices.delete_many({"submission_id": {"$in": gone}})


def _noted(event: NotificationExhausted | NotificationRecovered) -> UpdateOne:
    about: Document = {"submission_id": event.submission_id, "notice": event.notice}
    field = "recovered_at"
    if isinstance(event, NotificationExhausted):
        field, about["code"] = "exhausted_at", event.code
    return UpdateOne({"_id": event.webhook_id}, {"$set": about, "$max": {field: event.at}}, upsert=True)


def _shown(document: Document) -> UpdateOne:
    """Show what was given up and has not recovered since; only over what it was worked out from."""
    given_up, recovered = document.get("exhausted_at"), document.get("recovered_at")
    same: dict[str, Any] = {
        name: {"$exists": False} if value is None else value
        for name, value in (("exhausted_at", given_up), ("recovered_at", recovered))
    }
    is_open = given_up is not None and (recovered is None or recovered < given_up)
    change: Document = {"$set": {"open_at": given_up}} if is_open else {"$unset": {"open_at": ""}}
    return UpdateOne({"_id": document["_id"], **same}, change)


def _fared(event: EndpointSuspended | EndpointResumed) -> UpdateOne:
    if isinstance(event, EndpointResumed):
        return UpdateOne({"_id": event.wallet_app}, {"$max": {"resumed_at": event.at}}, upsert=True)
    said: Document = {"$max": {"suspended_at": event.at}, "$set": {f"reasons.{_key(event.at)}": event.reason}}
    return UpdateOne({"_id": event.wallet_app}, said, upsert=True)


def _key(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def _notice(document: Document) -> UntoldNotice:
    return UntoldNotice(
        document["submission_id"], document["notice"], document["open_at"], document.get("code"), document["_id"]
    )
