"""The gate after a restore: what the erasure log says was destroyed is destroyed again."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from shared.erasures.log import Erasure
from shared.gate.ending import ended, tombstone
from shared.gate.model import ENDED
from shared.gate.moves import Moves
from shared.mongo import Document, adapting, find_among
from shared.outbox import owing


def _in_force(erasure: Erasure, document: Document | None) -> bool:
    """Tell whether the store shows that this was done. An original of what was never held can lie nowhere."""
    if erasure.ending is not None:
        return document is not None and document["state"] in ENDED
    return document is None or document["state"] in ENDED or bool(_part(erasure, document).get("redacted_at"))


def _part(erasure: Erasure, document: Document) -> Document:
    certificates: list[Document] = document["certificates"]
    place = erasure.part or 0
    return certificates[place] if place < len(certificates) else {"redacted_at": erasure.at, "blob_id": None}


class ReapplyingCalls(Moves):
    """What a start and a restore ask of the gate."""

    async def not_in_force(self, erasures: Sequence[Erasure]) -> int:
        """Count those of these erasures that the store does not show."""
        names = {erasure.submission_id for erasure in erasures}
        async with adapting():
            shown = {"state": 1, "certificates.redacted_at": 1}
            found = await find_among(self._submissions, "_id", names, projection=shown)
        documents = {document["_id"]: document for document in found}
        return sum(not _in_force(erasure, documents.get(erasure.submission_id)) for erasure in erasures)

    async def reapply(self, erasures: Sequence[Erasure]) -> int:
        """Do these again; give how many the store did not show. Harmless when repeated; raises `Unavailable`.

        Where a submission ended, its event is owed once more, so that every read model that was restored forgets it.
        """
        ended_before = len(erasures) - await self.not_in_force(erasures)
        await asyncio.gather(*(self._again(erasure) for erasure in erasures))
        return len(erasures) - ended_before

    async def _again(self, erasure: Erasure) -> None:
        if erasure.ending is None:
            await self._original_again(erasure)
            return
        now, event = self._clock(), erasure.event
        here: Document = {"_id": erasure.submission_id}
        still = {**here, "state": {"$nin": list(ENDED)}}
        unsaid = {**here, "state": {"$in": list(ENDED)}, "owed.event.event_id": {"$ne": str(event.event_id)}}
        async with adapting():
            done = await self._submissions.update_one(still, ended(erasure.ending, event, now))
            if done.matched_count or (await self._submissions.update_one(unsaid, owing(event, now, {}))).matched_count:
                return
            with suppress(DuplicateKeyError):  # it is there, ended, and owes the event already
                await self._submissions.insert_one(tombstone(erasure.ending, event, now))

    async def _original_again(self, erasure: Erasure) -> None:
        document = await self._read(erasure.submission_id)
        if _in_force(erasure, document) or document is None:
            return
        place, blob_id = f"certificates.{erasure.part}", _part(erasure, document)["blob_id"]
        as_read = {"_id": erasure.submission_id, f"{place}.blob_id": blob_id, f"{place}.redacted_at": None}
        gone = {f"{place}.blob_id": None, f"{place}.key": None, f"{place}.redacted_at": erasure.at}
        async with adapting():
            await self._submissions.update_one(as_read, {"$set": gone})
        if blob_id is not None:
            await self._vault.drop_certificates([blob_id])
