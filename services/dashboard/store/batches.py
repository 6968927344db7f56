"""Batches of decisions: drafted, confirmed, perhaps undone, and leased to whoever works on them."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from services.dashboard.batch import Batch
from services.dashboard.people import Person
from shared.mongo import Database, Document, adapting

LEASE = timedelta(seconds=60)
DRAFT_LASTS = timedelta(hours=12)


class Batches:
    """Batches by id. A batch with a `leased_until` has something left to do."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._batches = database.get_collection("batches")

    async def prepare(self) -> None:
        """Make the index of unfinished batches."""
        async with adapting():
            await self._batches.create_index("leased_until", sparse=True)

    async def draft(self, batch: Batch) -> None:
        """Write a batch down; the same one again changes nothing."""
        fields = {name: value for name, value in asdict(batch).items() if name != "batch_id"}
        async with adapting():
            with suppress(DuplicateKeyError):  # the same form, sent again
                await self._batches.insert_one({"_id": batch.batch_id, **fields})

    async def find(self, batch_id: str) -> Batch | None:
        """Give a batch."""
        async with adapting():
            found = await self._batches.find_one({"_id": batch_id})
        return _batch(found) if found else None

    async def confirm(self, batch_id: str, now: datetime, say_at: datetime) -> None:
        """Have a draft's rows decided; harmless when repeated."""
        fresh = {"state": "draft", "made_at": {"$gt": now - DRAFT_LASTS}}
        fields = {"state": "deciding", "say_at": say_at, "leased_until": now}
        await self._change({"_id": batch_id, **fresh}, {"$set": fields})

    async def undo(self, batch_id: str, now: datetime, only: Sequence[str]) -> None:
        """Have the decisions on these undone, once all are made; or, none named, undo all and decide no more."""
        fields = {"state": "undoing", "undo": list(only)}
        asked = await self._change({"_id": batch_id, "state": "done"}, {"$set": {**fields, "leased_until": now}})
        if not asked and not only:  # whoever is deciding keeps the lease, and turns round at the next rows
            await self._change({"_id": batch_id, "state": "deciding"}, {"$set": fields})

    async def finish(self, batch: Batch, lease: str) -> None:
        """Close a batch of which nothing is left to do, unless something was asked of it meanwhile."""
        closed = {"$set": {"state": "done"}, "$unset": {"leased_until": "", "lease": ""}}
        await self._change({"_id": batch.batch_id, "state": batch.state, "lease": lease}, closed)

    async def lease(self, batch_id: str, now: datetime) -> str | None:
        """Take an unfinished batch for a while; give the lease, None when somebody else has it, or it is finished."""
        lease, free = secrets.token_hex(8), {"_id": batch_id, "leased_until": {"$lte": now}}
        taken = await self._change(free, {"$set": {"leased_until": now + LEASE, "lease": lease}})
        return lease if taken else None

    async def renew(self, batch_id: str, lease: str, until: datetime) -> bool:
        """Keep a leased batch, or, with an instant not ahead, give it back; False when the lease was lost."""
        mine = {"_id": batch_id, "lease": lease, "leased_until": {"$ne": None}}
        return await self._change(mine, {"$set": {"leased_until": until}})

    async def unfinished(self, now: datetime) -> list[str]:
        """Give the batches that nobody is working on."""
        return await self._ids({"leased_until": {"$lte": now}})

    async def old_drafts(self, now: datetime) -> list[str]:
        """Give drafts that can no longer be confirmed."""
        return await self._ids({"state": "draft", "made_at": {"$lte": now - 2 * DRAFT_LASTS}})

    async def drop(self, drafts: Sequence[str]) -> None:
        """Forget these drafts."""
        if drafts:
            async with adapting():
                await self._batches.delete_many({"_id": {"$in": list(drafts)}, "state": "draft"})

    async def _ids(self, chosen: Document) -> list[str]:
        async with adapting():
            found = await self._batches.find(chosen, {"_id": 1}).limit(100).to_list(None)
        return [document["_id"] for document in found]

    async def _change(self, chosen: Document, update: Document) -> bool:
        async with adapting():
            return (await self._batches.update_one(chosen, update)).matched_count == 1


def _batch(document: Document) -> Batch:
    plain = {name: document[name] for name in ("programme_id", "decision", "made_at", "state", "say_at")}
    undo = document["undo"]
    return Batch(document["_id"], Person(**document["person"]), undo=None if undo is None else tuple(undo), **plain)
