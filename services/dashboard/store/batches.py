"""Batches of decisions: drafted, confirmed, perhaps undone, and leased to whoever works on them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.dashboard.batch import Batch, Problem
from services.dashboard.people import Person
from services.dashboard.store.leases import Leases
from shared.mongo import Database, Document, adapting

DRAFT_LASTS = timedelta(hours=12)


class Batches(Leases):
    """Batches by id."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        super().__init__(database.get_collection("batches"))

    async def prepare(self) -> None:
        """Make the indexes of unfinished batches and of the list."""
        await super().prepare()
        async with adapting():
            for fields in (("one", "made_at"), ("state", "made_at"), ("say_at",)):
                await self._batches.create_index([(name, 1) for name in ("programme_id", *fields)])

    async def draft(self, batch: Batch) -> None:
        """Write a batch down, one that is still to be drafted as work to do; the same one again changes nothing."""
        plain = {name: value for name, value in asdict(batch).items() if name != "batch_id"}
        plain |= {"leased_until": batch.made_at} if batch.state == "drafting" else {}
        async with adapting():
            with suppress(DuplicateKeyError):  # the same form, sent again
                await self._batches.insert_one({"_id": batch.batch_id, **plain})

    async def find(self, batch_id: str) -> Batch | None:
        """Give a batch."""
        async with adapting():
            found = await self._batches.find_one({"_id": batch_id})
        return _batch(found) if found else None

    async def shown(
        self, programme_id: str, person: Person, now: datetime, limit: int, *, office: str = "", run_id: str = ""
    ) -> tuple[list[Batch], bool]:
        """Give a programme's batches of many, or only a run's, that a person may see, and whether there are more.

        With `office`, those that hold only what was sent to it.
        First all that wait for a second official, then all that can be undone, then the latest, at most `limit`: what
        is still to be done about one must not depend on how many came after it. Each stands once.
        """
        narrowed = {name: value for name, value in (("office", office), ("run_id", run_id)) if value}
        about: Document = {"programme_id": programme_id} | narrowed
        of_many: Document = about | {"one": False}
        theirs = [{"person.id": person.id}, {"second": True, "state": {"$nin": ["drafting", "draft"]}}]
        asked: list[tuple[Document, int]] = [
            (about | {"state": "proposed"}, 0),
            (of_many | {"say_at": {"$gt": now}}, 0),
            (of_many | {"$or": theirs}, limit + 1),
        ]
        async with adapting():
            found = [
                await self._batches.find(chosen).sort("made_at", -1).limit(most).to_list(None) for chosen, most in asked
            ]
        latest = found[-1][:limit]
        each = {document["_id"]: _batch(document) for document in (*found[0], *found[1], *latest)}
        return [batch for batch in each.values() if batch.shown_to(person)], len(found[-1]) > limit

    async def advance(self, batch: Batch, lease: str, left: Mapping[str, int]) -> None:
        """Count one more portion of the run as gone through, and how many of it are left to a person; once each."""
        mine = {"_id": batch.batch_id, "state": "drafting", "lease": lease, "drafted": batch.drafted}
        counted = {f"left.{group}": count for group, count in left.items()}
        await self._change(mine, {"$inc": {"drafted": 1, **counted}})

    async def confirm(self, batch_id: str, now: datetime, say_at: datetime) -> None:
        """Have a draft's rows decided, or, where it must be approved, propose it; harmless when repeated."""
        fresh = {"_id": batch_id, "state": "draft", "made_at": {"$gt": now - DRAFT_LASTS}}
        if not await self._change({**fresh, "second": True}, {"$set": {"state": "proposed"}}):
            await self._change({**fresh, "second": {"$ne": True}}, _deciding(now, say_at))

    async def approve(self, batch_id: str, approver: Person, now: datetime, say_at: datetime) -> None:
        """Have a proposed batch's rows decided on the word of a second official; the first one's changes nothing."""
        update = _deciding(now, say_at)
        update["$set"]["approver"] = asdict(approver)
        await self._change({"_id": batch_id, "state": "proposed", "person.id": {"$ne": approver.id}}, update)

    async def prolong(self, batch_id: str, say_at: datetime) -> None:
        """Let a batch be undone until an instant, if that is later."""
        await self._change({"_id": batch_id}, {"$max": {"say_at": say_at}})

    async def decline(self, batch_id: str, person: Person) -> None:
        """Close a proposed batch undecided: a second official refuses it, or the first takes it back."""
        update = {"$set": {"state": "declined", "approver": asdict(person)}}
        await self._change({"_id": batch_id, "state": "proposed"}, update)

    async def undo(self, batch: Batch, now: datetime, only: Sequence[str]) -> None:
        """Have the decisions on these undone, once all are made; or, none named, undo all and decide no more.

        Only a batch that is as it was read: of two that ask for the same at once, one does.
        """
        fields, once = {"state": "undoing", "undo": list(only)}, {"$inc": {"undos": 1}}
        as_read = {"_id": batch.batch_id, "undos": batch.undos or {"$in": [0, None]}}
        asked = await self._change({**as_read, "state": "done"}, {"$set": {**fields, "leased_until": now}, **once})
        if not asked and not only:  # whoever is deciding keeps the lease, and turns round at the next rows
            await self._change({**as_read, "state": "deciding"}, {"$set": fields, **once})

    async def old_drafts(self, now: datetime) -> list[str]:
        """Give drafts that can no longer be confirmed."""
        return await self._ids({"state": "draft", "made_at": {"$lte": now - 2 * DRAFT_LASTS}})

    async def drop(self, drafts: Sequence[str]) -> None:
        """Forget these drafts."""
        if drafts:
            async with adapting():
                await self._batches.delete_many({"_id": {"$in": list(drafts)}, "state": "draft"})


def _deciding(now: datetime, say_at: datetime) -> Document:
    return {"$set": {"state": "deciding", "say_at": say_at, "confirmed_at": now, "leased_until": now}}


def _batch(document: Document) -> Batch:
    known = {field.name for field in fields(Batch)} & set(document)
    made: dict[str, Any] = {name: document[name] for name in known}
    for name in ("person", "approver"):
        made[name] = Person(**made[name]) if made.get(name) else None
    for name in ("undo", "groups"):
        made[name] = None if made.get(name) is None else tuple(made[name])
    made["problems"] = tuple(Problem(**problem) for problem in made.get("problems") or ())
    return Batch(batch_id=document["_id"], **{**made, "groups": made["groups"] or ()})
