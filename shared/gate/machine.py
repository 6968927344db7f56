"""The machine's side of the gate: reading what is open, which is not viewing, and putting originals beyond reach."""

from collections.abc import Iterable, Sequence

from shared.audit import Access
from shared.gate.model import OPEN, MachineCase
from shared.gate.moves import Moves
from shared.mongo import adapting, find_among
from shared.vault import StoredCertificate

_LOGGED = 200
"""Submissions that one entry of the access log names, at most."""


class MachineCalls(Moves):
    """What extraction and eligibility ask of the gate."""

    async def for_machine(self, submission_ids: Iterable[str]) -> dict[str, MachineCase]:
        """Open submissions for reading by the machine, in one query; those that are gone are left out.

        That they are read stands in the access log before they are.
        """
        async with adapting():
            chosen = {"state": {"$in": list(OPEN)}, "key": {"$ne": None}}
            found = await find_among(self._submissions, "_id", submission_ids, chosen)
        now, names = self._clock(), sorted((document["_id"], document["holder"]) for document in found)
        for start in range(0, len(names), _LOGGED):
            ids, holders = zip(*names[start : start + _LOGGED], strict=True)
            read = Access(what="read", at=now, machine=self._log.writer, submissions=ids, holders=holders)
            await self._log.append(read)
        return {document["_id"]: self._opened(document) for document in found}

    async def named(self, submission_ids: Iterable[str]) -> set[str]:
        """Give the blob ids that these submissions name; any other ciphertext under their names is an orphan."""
        async with adapting():
            found = await find_among(self._submissions, "_id", submission_ids, projection={"certificates.blob_id": 1})
        return {held["blob_id"] for document in found for held in document["certificates"] if held["blob_id"]}

    async def redact(
        self, submission_id: str, part: int, *, original: str, copy: StoredCertificate | None, size: int = 0
    ) -> bool:
        """Put a redacted copy, of so many bytes, in the place of the certificate `original`; None: put nothing there.

        With its key the original is beyond reach, wherever its ciphertext is. False when this lost: the submission is
        being closed, or another run has put its own copy there. Harmless when repeated.
        """
        place, now = f"certificates.{part}", copy.blob_id if copy else None
        entry = {"blob_id": now, "key": copy.key if copy else None, "size": size, "redacted_at": self._clock()}
        done, _ = await self._move(
            submission_id,
            {"state": {"$in": list(OPEN)}, f"{place}.blob_id": original},
            {"$set": {f"{place}.{name}": value for name, value in entry.items()}},
            applied=lambda found: found["certificates"][part]["blob_id"] == now,
            hopeful=lambda found: found["state"] in OPEN and found["certificates"][part]["blob_id"] == original,
        )
        return done

    async def gone(self, submission_ids: Sequence[str]) -> set[str]:
        """Tell which of these no longer have a key: asked again after saving, so that nothing outlives a take-back."""
        async with adapting():
            found = await find_among(self._submissions, "_id", submission_ids, {"key": {"$ne": None}}, {"_id": 1})
        return set(submission_ids) - {document["_id"] for document in found}
