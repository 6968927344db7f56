"""Where ciphertexts are kept: certificates under random ids, all else under submission, purpose, revision and name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pymongo import ReplaceOne

from shared.mongo import Database, adapting
from shared.vault.certificates import Certificates
from shared.vault.keyring import Purpose


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


class Vault(Certificates):
    """The ciphertexts of all submissions. It holds no key, and so can tell nothing."""

    def __init__(self, database: Database) -> None:
        """Take the vault's own database."""
        super().__init__(database)
        self._rows = database.get_collection("rows")

    async def prepare(self) -> None:
        """Make the indexes that sweeping needs."""
        await super().prepare()
        async with adapting():
            await self._rows.create_index("submission_id")

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
