"""The machine's side of the gate: reading what is open, which is not viewing."""

from collections.abc import Iterable, Sequence

from shared.gate.model import OPEN, MachineCase
from shared.gate.moves import Moves
from shared.mongo import adapting


class MachineCalls(Moves):
    """What extraction and eligibility ask of the gate."""

    async def for_machine(self, submission_ids: Iterable[str]) -> dict[str, MachineCase]:
        """Open submissions for reading by the machine, in one query; those that are gone are left out."""
        async with adapting():
            found = await self._submissions.find(
                {"_id": {"$in": list(submission_ids)}, "state": {"$in": list(OPEN)}, "key": {"$ne": None}}
            ).to_list(None)
        return {document["_id"]: self._opened(document) for document in found}

    async def named(self, submission_ids: Iterable[str]) -> set[str]:
        """Give the blob ids that these submissions name; any other ciphertext under their names is an orphan."""
        async with adapting():
            found = await self._submissions.find(
                {"_id": {"$in": list(submission_ids)}}, {"certificates.blob_id": 1}
            ).to_list(None)
        return {held["blob_id"] for document in found for held in document["certificates"]}

    async def gone(self, submission_ids: Sequence[str]) -> set[str]:
        """Tell which of these no longer have a key: asked again after saving, so that nothing outlives a take-back."""
        async with adapting():
            found = await self._submissions.find(
                {"_id": {"$in": list(submission_ids)}, "key": {"$ne": None}}, {"_id": 1}
            ).to_list(None)
        return set(submission_ids) - {document["_id"] for document in found}
