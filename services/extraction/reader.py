"""Reads open submissions in the jail and seals what was read; forgets what is gone."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.extraction.originals import Copy, Originals
from services.extraction.outcomes import Attempt, authenticity_of, facts_of, is_redacted, reason_of, redacted
from services.extraction.reading import read_certificate
from services.extraction.rules import Reading
from services.extraction.store import Readings
from shared import metrics
from shared.errors import Unavailable, Unprocessable
from shared.facts import Facts, FactsProvenance, UnreadableReason
from shared.gate import MachineCase
from shared.gate.opening import open_values
from shared.sandbox import Jail
from shared.vault import CertificateFile, SealedRow
from shared.wiring import Wiring

Files = Mapping[str, CertificateFile]


class _Read(NamedTuple):
    """What came of reading one submission, and the copies that are to take the place of originals, by part."""

    case: MachineCase
    facts: Facts
    provenance: FactsProvenance
    copies: Mapping[int, Copy]


@dataclass(frozen=True)
class Reader:
    """What reading needs of the world; `trust_roots` are what signatures are checked by (PEM)."""

    wiring: Wiring
    jail: Jail
    trust_roots: str
    readings: Readings
    originals: Originals

    async def read(self, cases: Sequence[MachineCase]) -> None:
        """Read these and record how each ended, the values sealed. Raises `Unavailable`.

        The values are safe before an original is put beyond reach, and that is done before anything is said. Raises
        `Unprocessable` where an open submission's certificate is not in the vault.
        """
        blobs = {blob_id: seal for case in cases for blob_id, seal in case.blobs.items()}
        files = await self.wiring.vault.certificates(blobs)
        whole = [case for case in cases if case.blobs.keys() <= files.keys()]
        if len(whole) < len(cases):
            await self._explain([case for case in cases if not case.blobs.keys() <= files.keys()], files)
        reads = await asyncio.gather(*(self._read(case, files) for case in whole))
        await self.wiring.vault.put([row for read in reads for row in _rows(read)])
        gone = [one for read in reads for one in await self.originals.replace(read.case, read.copies)]
        await self.wiring.erasures.append(gone)
        now = self.wiring.clock()
        attempts = [_attempt(read, now) for read in reads]
        await self.readings.record(attempts)
        for attempt in attempts:
            metrics.of(metrics.READINGS, reason=attempt.reason or "read").inc()

    async def forget_gone(self, submission_ids: Sequence[str]) -> None:
        """Sweep what was written after a take-back had swept: by this run, or by one killed before it looked."""
        if gone := await self.wiring.gate.gone(submission_ids):
            await self.wiring.vault.sweep(list(gone))
            await self.readings.forget(list(gone))

    async def _explain(self, cases: Sequence[MachineCase], files: Files) -> None:
        """Say why files were not there: taken back, which is no error; replaced by another run just now; or lost."""
        still = await self.wiring.gate.for_machine([case.case.submission_id for case in cases])
        named = {blob_id for case in still.values() for blob_id in case.blobs}
        if named & {blob_id for case in cases for blob_id in case.blobs.keys() - files.keys()}:
            raise Unprocessable("vault:certificate_missing")
        if still:
            raise Unavailable("extraction:read_elsewhere")

    async def _read(self, case: MachineCase, files: Files) -> _Read:
        if case.case.revision > 1 or any(held.redacted_at for held in case.case.certificates):
            return await self._take_up(case, files)
        return await self._read_from(case, files, [])

    async def _read_from(self, case: MachineCase, files: Files, before: Sequence[Reading]) -> _Read:
        """Read what is not among the readings of `before`."""
        readings = list(before)
        copies: dict[int, Copy] = {}
        for part, file in _parts(case, files).items():
            if part < len(before):
                continue
            reading = await self._read_one(case, part, file)
            if self.originals.must_go(case, reading):
                copies[part], failed = await self._copy(case, part, file)
                reading = redacted(reading, failed)
            readings.append(reading)
        return _Read(case, *facts_of(readings), copies)

    async def _take_up(self, case: MachineCase, files: Files) -> _Read:
        """Go on where a killed run ended, or an earlier revision: what was read is safe, originals may be gone."""
        before = await self._before(case)
        if len(before) < len(case.case.certificates):
            if any(held.redacted_at for held in case.case.certificates[len(before) :]):
                raise Unprocessable("vault:facts_missing")
            read = await self._read_from(case, files, before)
        else:
            read = _Read(case, *facts_of(before), {})
        originals = {
            part: file
            for part, file in _parts(case, files).items()
            if case.case.certificates[part].redacted_at is None and is_redacted(read.facts.certificates[part])
        }
        made = {part: await self._copy(case, part, file) for part, file in originals.items() if part not in read.copies}
        return read._replace(copies={**read.copies, **{part: copy for part, (copy, _) in made.items()}})

    async def _before(self, case: MachineCase) -> list[Reading]:
        """Give what was read of this revision, or of the last one that was read; nothing where none was."""
        for revision in range(case.case.revision, 0, -1):
            values = await open_values(self.wiring.vault, case.seal, revision, "")
            if values["facts"] is not None and values["provenance"] is not None:
                pairs = zip(values["facts"].certificates, values["provenance"].certificates, strict=True)
                return [Reading(certificate, places) for certificate, places in pairs]
        return []

    async def _copy(self, case: MachineCase, part: int, file: CertificateFile) -> tuple[Copy, UnreadableReason | None]:
        """Make what takes the place of an original: where the number stands in the metadata alone, the PDF as it is."""
        if file.metadata is not None:
            alone = await self._read_one(case, part, CertificateFile(file.pdf))
            if not alone.certificate.unreadable and not self.originals.must_go(case, alone):
                return file.pdf, None
        return await self.originals.copy(file.pdf)

    async def _read_one(self, case: MachineCase, part: int, file: CertificateFile) -> Reading:
        with metrics.READING_SECONDS.time():
            return await read_certificate(
                self.jail,
                file.pdf,
                kind=case.case.certificates[part].kind,
                part=part,
                metadata=file.metadata,
                trust_roots=self.trust_roots,
                moment=case.case.received_at,
                pages=self.wiring.settings.max_pages,
            )


def _attempt(read: _Read, now: datetime) -> Attempt:
    case, facts = read.case.case, read.facts
    reason = reason_of(facts, case.newest_part)
    return Attempt(case.submission_id, case.revision, now, reason, authenticity_of(facts))


def _parts(case: MachineCase, files: Files) -> dict[int, CertificateFile]:
    """Give the files of a submission by part, of those that are kept."""
    return {part: files[held.blob_id] for part, held in enumerate(case.case.certificates) if held.blob_id}


def _rows(read: _Read) -> list[SealedRow]:
    name, revision, seal = read.case.case.submission_id, read.case.case.revision, read.case.seal
    facts = seal.seal("facts", revision, read.facts.model_dump_json().encode())
    places = seal.seal("provenance", revision, read.provenance.model_dump_json().encode())
    return [SealedRow(name, "facts", revision, facts), SealedRow(name, "provenance", revision, places)]
