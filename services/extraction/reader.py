"""Reads open submissions in the jail and seals what was read; forgets what is gone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.extraction.outcomes import Attempt, facts_of, reason_of
from services.extraction.reading import read_certificate
from services.extraction.rules import Reading
from services.extraction.store import Readings
from shared.errors import Unprocessable
from shared.gate import MachineCase
from shared.sandbox import Jail
from shared.vault import SealedRow
from shared.wiring import Wiring


@dataclass(frozen=True)
class Reader:
    """What reading needs of the world; `trust_roots` are what signatures are checked by (PEM)."""

    wiring: Wiring
    jail: Jail
    trust_roots: str
    readings: Readings

    async def read(self, cases: Sequence[MachineCase]) -> None:
        """Read these and record how each ended, the values sealed. Raises `Unavailable`.

        Raises `Unprocessable` where an open submission's certificate is not in the vault.
        """
        blobs = {held.blob_id: case.seal for case in cases for held in case.case.certificates}
        documents = await self.wiring.vault.certificates(blobs)
        whole = [case for case in cases if all(held.blob_id in documents for held in case.case.certificates)]
        lost = {case.case.submission_id for case in cases} - {case.case.submission_id for case in whole}
        if lost - await self.wiring.gate.gone(list(lost)):
            raise Unprocessable("vault:certificate_missing")
        results = await asyncio.gather(*(self._read(case, documents) for case in whole))
        rows: list[SealedRow] = []
        attempts: list[Attempt] = []
        for case, readings in zip(whole, results, strict=True):
            facts, provenance = facts_of(readings)
            name, revision, seal = case.case.submission_id, case.case.revision, case.seal
            sealed_facts = seal.seal("facts", revision, facts.model_dump_json().encode())
            sealed_places = seal.seal("provenance", revision, provenance.model_dump_json().encode())
            rows.append(SealedRow(name, "facts", revision, sealed_facts))
            rows.append(SealedRow(name, "provenance", revision, sealed_places))
            attempts.append(Attempt(name, revision, self.wiring.clock(), reason_of(facts)))
        await self.wiring.vault.put(rows)
        await self.readings.record(attempts)

    async def forget_gone(self, submission_ids: Sequence[str]) -> None:
        """Sweep what was written after a take-back had swept: by this run, or by one killed before it looked."""
        if gone := await self.wiring.gate.gone(submission_ids):
            await self.wiring.vault.sweep(list(gone))
            await self.readings.forget(list(gone))

    async def _read(self, case: MachineCase, documents: dict[str, bytes]) -> list[Reading]:
        return [
            await read_certificate(
                self.jail,
                documents[held.blob_id],
                kind=held.kind,
                part=part,
                trust_roots=self.trust_roots,
                moment=case.case.received_at,
                pages=self.wiring.settings.max_pages,
            )
            for part, held in enumerate(case.case.certificates)
        ]
