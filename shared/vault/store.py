"""Where ciphertexts are kept: certificates under random ids, all else under submission, purpose, revision and name."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import ReplaceOne

from shared.mongo import Database, adapting
from shared.vault.keyring import Purpose, Seal


@dataclass(frozen=True)
class SealedRow:
    """One sealed value on its way into the vault."""

    submission_id: str
    purpose: Purpose
    revision: int
    sealed: bytes
    name: str = ""

    @property
    def row_id(self) -> str:
        """Where it is kept."""
        return row_id(self.submission_id, self.purpose, self.revision, self.name)


def row_id(submission_id: str, purpose: Purpose, revision: int, name: str = "") -> str:
    """Give the id a sealed value is kept under."""
    return f"{submission_id}|{purpose}|{revision}|{name}"


class Vault:
    """The ciphertexts of all submissions. It holds no key, and so can tell nothing."""

    def __init__(self, database: Database) -> None:
        """Take the vault's own database."""
        self._certificates = database.get_collection("certificates")
        self._rows = database.get_collection("rows")

    async def prepare(self) -> None:
        """Make the indexes that sweeping needs."""
        async with adapting():
            await self._certificates.create_index("submission_id")
            await self._certificates.create_index("at")
            await self._rows.create_index("submission_id")

    async def put_certificates(
        self, seal: Seal, revision: int, certificates: Sequence[bytes], at: datetime
    ) -> list[str]:
        """Seal and store certificates; give their random ids, in order. Nothing names them until the gate does."""
        ids = [secrets.token_hex(16) for _ in certificates]
        documents = [
            {
                "_id": blob_id,
                "submission_id": seal.submission_id,
                "revision": revision,
                "at": at,
                "sealed": seal.seal("certificate", revision, certificate, blob_id),
            }
            for blob_id, certificate in zip(ids, certificates, strict=True)
        ]
        async with adapting():
            await self._certificates.insert_many(documents, ordered=False)
        return ids

    async def drop_certificates(self, blob_ids: Iterable[str]) -> None:
        """Delete certificates by id: those of a submission that lost the race to be held."""
        async with adapting():
            await self._certificates.delete_many({"_id": {"$in": list(blob_ids)}})

    async def certificates(self, blobs: Mapping[str, Seal]) -> dict[str, bytes]:
        """Open certificates by blob id, each with its submission's seal; what is no longer there is left out."""
        async with adapting():
            found = await self._certificates.find({"_id": {"$in": list(blobs)}}).to_list(None)
        return {
            document["_id"]: blobs[document["_id"]].open(
                "certificate", document["revision"], bytes(document["sealed"]), document["_id"]
            )
            for document in found
        }

    async def put(self, rows: Sequence[SealedRow]) -> None:
        """Store sealed values; the same place written again holds the later one."""
        if not rows:
            return
        writes = [
            ReplaceOne(
                {"_id": row.row_id},
                {"_id": row.row_id, "submission_id": row.submission_id, "sealed": row.sealed},
                upsert=True,
            )
            for row in rows
        ]
        async with adapting():
            await self._rows.bulk_write(writes, ordered=False)

    async def get(self, row_ids: Iterable[str]) -> dict[str, bytes]:
        """Fetch sealed values by row id; what is not there is left out."""
        async with adapting():
            found = await self._rows.find({"_id": {"$in": list(row_ids)}}, {"sealed": 1}).to_list(None)
        return {document["_id"]: bytes(document["sealed"]) for document in found}

    async def sweep(self, submission_ids: Sequence[str]) -> int:
        """Delete every ciphertext of these submissions; give how many there were."""
        chosen = {"submission_id": {"$in": list(submission_ids)}}
        async with adapting():
            certificates = await self._certificates.delete_many(chosen)
            rows = await self._rows.delete_many(chosen)
        return certificates.deleted_count + rows.deleted_count

    async def certificates_between(self, start: datetime, end: datetime) -> dict[str, str]:
        """Give the submission of each certificate stored in a stretch of time, by blob id: for sweeping orphans."""
        async with adapting():
            found = await self._certificates.find({"at": {"$gte": start, "$lt": end}}, {"submission_id": 1}).to_list(
                None
            )
        return {document["_id"]: document["submission_id"] for document in found}
