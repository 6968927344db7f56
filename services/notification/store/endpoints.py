"""How each endpoint fares, one small document for all processes: its failures, its suspension, its tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from services.notification.health import Health
from services.notification.pacing import Bucket
from shared.events import EndpointResumed, EndpointSuspended, SuspensionReason
from shared.mongo import Database, Document, adapting
from shared.outbox import OwedEvents, owing


@dataclass(frozen=True)
class OwnersNews:
    """What an endpoint's owner is to be told: the event, and how often it was tried, this time included."""

    app: str
    event: EndpointSuspended | EndpointResumed
    attempt: int


class Endpoints:
    """The endpoints of all wallet apps, by app. Every change is one conditional update at `_id`."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._endpoints = database.get_collection("endpoints")
        self.owed = OwedEvents(self._endpoints)

    async def prepare(self) -> None:
        """Make the index of the outbox's sweep."""
        await self.owed.prepare()

    async def look(self, app: str) -> Health:
        """Give how an endpoint fares."""
        async with adapting():
            return _health(app, await self._endpoints.find_one({"_id": app}))

    async def all(self) -> dict[str, Health]:
        """Give how every endpoint fares that was ever tried."""
        async with adapting():
            found = await self._endpoints.find().to_list(None)
        return {document["_id"]: _health(document["_id"], document) for document in found}

    async def spend(self, app: str, before: Bucket | None, left: Bucket) -> bool:
        """Leave so many tokens, unless another process drew meanwhile; tell whether it was done."""
        tokens = {"tokens": left.tokens, "at": left.at}
        async with adapting():
            if before is None:
                await self._endpoints.update_one({"_id": app}, {"$setOnInsert": {"failures": 0}}, upsert=True)
            same: Any = {"$exists": False} if before is None else before.at
            left_over = {} if before is None else {"bucket.tokens": before.tokens}
            field = "bucket" if before is None else "bucket.at"
            done = await self._endpoints.update_one(
                {"_id": app, field: same, **left_over}, {"$set": {"bucket": tokens}}
            )
        return done.matched_count == 1

    async def accepted(self, app: str, at: datetime) -> None:
        """Note that something was accepted: what failed before no longer counts."""
        well = {"$set": {"accepted_at": at, "failures": 0}, "$unset": {"failing_since": "", "code": ""}}
        async with adapting():
            await self._endpoints.update_one({"_id": app}, well, upsert=True)

    async def failed(self, app: str, at: datetime, count: int, code: str) -> Health:
        """Note that every attempt of a turn failed, and give how the endpoint then fares."""
        ill = {"$min": {"failing_since": at}, "$inc": {"failures": count}, "$set": {"code": code}}
        async with adapting():
            found = await self._endpoints.find_one_and_update(
                {"_id": app}, ill, upsert=True, return_document=ReturnDocument.AFTER
            )
        return _health(app, found)

    async def suspend(
        self, health: Health, reason: SuspensionReason, now: datetime, *, tell_owner: bool
    ) -> EndpointSuspended | None:
        """Suspend an endpoint; give the event, or None where it is suspended already."""
        event = EndpointSuspended.because_of(
            f"suspended|{health.app}|{now.isoformat()}",
            at=now, wallet_app=health.app, reason=reason, failing_since=health.failing_since, code=health.code,
        )  # fmt: skip
        fields = {"suspended_at": now, "reason": reason, **_to_the_owner(event, tell=tell_owner)}
        change = owing(event, now, {"$set": fields, "$unset": {"probe_at": "", "probed_at": ""}})
        async with adapting():
            done = await self._endpoints.update_one({"_id": health.app, "suspended_at": {"$exists": False}}, change)
        return event if done.matched_count else None

    async def ask_for_probe(self, app: str, now: datetime) -> bool:
        """Have one notice tried on a suspended endpoint; False where it is not suspended."""
        chosen = {"_id": app, "suspended_at": {"$exists": True}}
        async with adapting():
            done = await self._endpoints.update_one(chosen, {"$set": {"probe_at": now}, "$unset": {"probed_at": ""}})
        return done.matched_count == 1

    async def take_probe(self, health: Health, until: datetime) -> bool:
        """Take the one try that was asked for, under a lease; False where none was, or another process has it."""
        if health.probe_at is None:
            return False
        chosen = {"_id": health.app, "probe_at": health.probe_at}
        async with adapting():
            done = await self._endpoints.update_one(chosen, {"$set": {"probe_at": until}})
        return done.matched_count == 1

    async def probe_failed(self, app: str, now: datetime, code: str) -> None:
        """Note that the try failed: the endpoint stays suspended until an operator asks again."""
        change = {"$set": {"probed_at": now, "code": code}, "$unset": {"probe_at": ""}}
        async with adapting():
            await self._endpoints.update_one({"_id": app, "suspended_at": {"$exists": True}}, change)

    async def resume(self, health: Health, now: datetime, *, tell_owner: bool) -> EndpointResumed | None:
        """End a suspension; give the event, or None where another process has ended it."""
        event = EndpointResumed.because_of(f"resumed|{health.app}|{now.isoformat()}", at=now, wallet_app=health.app)
        gone = ("suspended_at", "reason", "probe_at", "probed_at", "failing_since", "code")
        fields = {"accepted_at": now, "failures": 0, **_to_the_owner(event, tell=tell_owner)}
        change = owing(event, now, {"$set": fields, "$unset": dict.fromkeys(gone, "")})
        async with adapting():
            done = await self._endpoints.update_one({"_id": health.app, "suspended_at": health.suspended_at}, change)
        return event if done.matched_count else None

    async def owners_news(self, now: datetime, until: datetime) -> list[OwnersNews]:
        """Take what owners are to be told by now, under a lease."""
        taken = []
        async with adapting():
            found = await self._endpoints.find({"owner.due_at": {"$lte": now}}).to_list(None)
            for document in found:
                same = {"_id": document["_id"], "owner.due_at": document["owner"]["due_at"]}
                change = {"$set": {"owner.due_at": until}, "$inc": {"owner.attempts": 1}}
                done = await self._endpoints.update_one(same, change)
                if done.matched_count:
                    taken.append(_news(document))
        return taken

    async def owner_answered(self, news: OwnersNews, code: str, again_at: datetime | None) -> None:
        """Record how telling the owner went, and when to try again, if ever; nothing where there is newer news."""
        same = {"_id": news.app, "owner.event.event_id": str(news.event.event_id)}
        later: Document = {"$set": {"owner.code": code, "owner.due_at": again_at}}
        end: Document = {"$set": {"owner.code": code}, "$unset": {"owner.due_at": ""}}
        async with adapting():
            await self._endpoints.update_one(same, later if again_at else end)


def _to_the_owner(event: EndpointSuspended | EndpointResumed, *, tell: bool) -> Document:
    if not tell:
        return {}
    said = {"topic": event.topic, "event": event.model_dump(mode="json"), "due_at": event.at, "attempts": 0}
    return {"owner": said}


def _news(document: Document) -> OwnersNews:
    owner = document["owner"]
    kind = EndpointSuspended if owner["topic"] == EndpointSuspended.topic else EndpointResumed
    return OwnersNews(document["_id"], kind.model_validate(owner["event"]), owner["attempts"] + 1)


_FIELDS: Sequence[str] = (
    "failing_since", "failures", "code", "accepted_at", "suspended_at", "reason", "probe_at", "probed_at",
)  # fmt: skip


def _health(app: str, document: Document | None) -> Health:
    found = document or {}
    bucket = Bucket(found["bucket"]["tokens"], found["bucket"]["at"]) if "bucket" in found else None
    known = {name: found[name] for name in _FIELDS if name in found}
    return Health(app, **known, bucket=bucket, owner_code=found.get("owner", {}).get("code"))
