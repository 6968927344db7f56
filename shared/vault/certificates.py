"""Certificates in the vault: each under a random id and a key of its own, which the gate keeps."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.mongo import Database, Document, adapting, find_among, inserting
from shared.vault.keyring import Seal

_LARGE = 256 * 1024
"""Bytes of one submission from which on it is stored by itself: small ones are stored together and need not wait."""


@dataclass(frozen=True)
class CertificateFile:
    """One certificate as it was handed in: the PDF, and the data that came beside it."""

    pdf: bytes
    metadata: bytes | None = None


@dataclass(frozen=True)
class StoredCertificate:
    """Where a certificate is kept, and its key, sealed under its submission's."""

    blob_id: str
    key: bytes


class Certificates:
    """The ciphertexts of certificates. What would open them is not here."""

    def __init__(self, database: Database) -> None:
        """Take the vault's own database."""
        self._certificates = database.get_collection("certificates")
        self._small = inserting(self._certificates)

    async def prepare(self) -> None:
        """Make the indexes that sweeping needs."""
        async with adapting():
            await self._certificates.create_index("submission_id")
            await self._certificates.create_index("at")

    async def put_certificates(
        self, seal: Seal, revision: int, certificates: Sequence[CertificateFile], at: datetime
    ) -> list[StoredCertificate]:
        """Seal and store certificates; give where, in order. Nothing names them until the gate does."""
        stored: list[StoredCertificate] = []
        documents: list[Document] = []
        for certificate in certificates:
            blob_id = secrets.token_hex(16)
            own, key = seal.new_certificate(blob_id)
            stored.append(StoredCertificate(blob_id, key))
            document = {"_id": blob_id, "submission_id": seal.submission_id, "revision": revision, "at": at}
            document["sealed"] = own.seal("certificate", revision, certificate.pdf, blob_id)
            if certificate.metadata is not None:
                document["metadata"] = own.seal("metadata", revision, certificate.metadata, blob_id)
            documents.append(document)
        if sum(len(document["sealed"]) + len(document.get("metadata", b"")) for document in documents) > _LARGE:
            async with adapting():
                await self._certificates.insert_many(documents, ordered=False)
        else:
            await asyncio.gather(*(self._small.do(document) for document in documents))
        return stored

    async def drop_certificates(self, blob_ids: Iterable[str]) -> None:
        """Delete certificates by id: what the gate does not name, or no more."""
        async with adapting():
            await self._certificates.delete_many({"_id": {"$in": list(blob_ids)}})

    async def certificates(self, blobs: Mapping[str, Seal]) -> dict[str, CertificateFile]:
        """Open certificates by blob id, each with its own seal; what is no longer there is left out."""
        async with adapting():
            found = await find_among(self._certificates, "_id", blobs)
        return {document["_id"]: _opened(document, blobs[document["_id"]]) for document in found}

    async def certificates_between(self, start: datetime, end: datetime) -> dict[str, str]:
        """Give the submission of each certificate stored in a stretch of time, by blob id: for sweeping orphans."""
        stretch = {"at": {"$gte": start, "$lt": end}}
        async with adapting():
            found = await self._certificates.find(stretch, {"submission_id": 1}).to_list(None)
        return {document["_id"]: document["submission_id"] for document in found}


def _opened(document: Document, seal: Seal) -> CertificateFile:
    blob_id, revision, metadata = document["_id"], document["revision"], document.get("metadata")
    return CertificateFile(
        seal.open("certificate", revision, bytes(document["sealed"]), blob_id),
        None if metadata is None else seal.open("metadata", revision, bytes(metadata), blob_id),
    )
