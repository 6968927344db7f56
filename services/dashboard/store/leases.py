"""Who works on a batch: each is leased to one process at a time, so that no two of its steps ever cross."""

import secrets
from datetime import datetime, timedelta

from services.dashboard.batch import Batch
from shared.mongo import Collection, Document, adapting

LEASE = timedelta(seconds=60)


class Leases:
    """Leases on documents. One with a `leased_until` has something left to do."""

    def __init__(self, collection: Collection) -> None:
        """Take the collection whose documents are leased."""
        self._batches = collection

    async def prepare(self) -> None:
        """Make the index of unfinished batches."""
        async with adapting():
            await self._batches.create_index("leased_until", sparse=True)

    async def lease(self, batch_id: str, now: datetime) -> str | None:
        """Take an unfinished batch for a while; give the lease, None when somebody else has it, or it is finished."""
        lease, free = secrets.token_hex(8), {"_id": batch_id, "leased_until": {"$lte": now}}
        taken = await self._change(free, {"$set": {"leased_until": now + LEASE, "lease": lease}})
        return lease if taken else None

    async def renew(self, batch_id: str, lease: str, until: datetime) -> bool:
        """Keep a leased batch, or, with an instant not ahead, give it back; False when the lease was lost."""
        mine = {"_id": batch_id, "lease": lease, "leased_until": {"$ne": None}}
        return await self._change(mine, {"$set": {"leased_until": until}})

    async def finish(self, batch: Batch, lease: str) -> None:
        """Close a batch of which nothing is left to do, unless something was asked of it meanwhile."""
        then = "draft" if batch.state == "drafting" else "done"
        closed = {"$set": {"state": then}, "$unset": {"leased_until": "", "lease": ""}}
        await self._change({"_id": batch.batch_id, "state": batch.state, "lease": lease}, closed)

    async def unfinished(self, now: datetime) -> list[str]:
        """Give the batches that nobody is working on."""
        return await self._ids({"leased_until": {"$lte": now}})

    async def _ids(self, chosen: Document) -> list[str]:
        async with adapting():
            found = await self._batches.find(chosen, {"_id": 1}).limit(100).to_list(None)
        return [document["_id"] for document in found]

    async def _change(self, chosen: Document, update: Document) -> bool:
        async with adapting():
            return (await self._batches.update_one(chosen, update)).matched_count == 1
