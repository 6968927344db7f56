"""Where ciphertexts are kept: certificates under random ids, all else under submission, purpose, revision and name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pymongo import ReplaceOne

from shared.mongo import Database, Document, adapting, find_among
from shared.vault.certificates import Certificates
from shared.vault.keyring import Purpose

_BATCH = 5_000


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
    """The ciphertexts of all submissions. It holds no key, and so can tell nothing.

    Facts are kept apart from all else, so that a selection run reads them in one sweep and nothing beside them.
    """

    def __init__(self, database: Database) -> None:
        """Take the vault's own database."""
        super().__init__(database)
        self._facts = database.get_collection("facts")
        self._rows = database.get_collection("rows")

    async def prepare(self) -> None:
        """Make the indexes that sweeping needs."""
        await super().prepare()
        async with adapting():
            for part in (self._facts, self._rows):
                await part.create_index("submission_id")

    async def put(self, rows: Sequence[SealedRow]) -> None:
        """Store sealed values; the same place written again holds the later one."""
        writes: dict[bool, list[ReplaceOne[Document]]] = {}
        for row in rows:
            document = {"_id": row.row_id, "submission_id": row.submission_id, "sealed": row.sealed}
            writes.setdefault(row.purpose == "facts", []).append(ReplaceOne({"_id": row.row_id}, document, upsert=True))
        async with adapting():
            for are_facts, some in writes.items():
                await (self._facts if are_facts else self._rows).bulk_write(some, ordered=False)

    async def get(self, row_ids: Iterable[str]) -> dict[str, bytes]:
        """Fetch sealed values by row id; what is not there is left out."""
        wanted: dict[bool, list[str]] = {}
        for name in row_ids:
            wanted.setdefault(name.split("|")[1] == "facts", []).append(name)
        found: list[Document] = []
        async with adapting():
            for are_facts, some in wanted.items():
                part = self._facts if are_facts else self._rows
                found += await find_among(part, "_id", some, projection={"sealed": 1})
        return {document["_id"]: bytes(document["sealed"]) for document in found}

    async def facts_between(self, start: str, end: str) -> dict[str, bytes]:
        """Fetch the sealed facts of all submissions from id `start` up to, and without, id `end`; by row id."""
        async with adapting():
            found = await self._facts.find({"submission_id": {"$gte": start, "$lt": end}}, batch_size=_BATCH).to_list(
                None
            )
        return {document["_id"]: document["sealed"] for document in found}

    async def sweep(self, submission_ids: Sequence[str]) -> int:
        """Delete every ciphertext of these submissions; give how many there were."""
        chosen = {"submission_id": {"$in": list(submission_ids)}}
        async with adapting():
            swept = [await part.delete_many(chosen) for part in (self._certificates, self._facts, self._rows)]
        return sum(one.deleted_count for one in swept)
