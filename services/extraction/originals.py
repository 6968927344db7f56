"""Originals that may not be kept: which they are, the copy made of one in the jail, and how it takes their place."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.extraction.rules import Reading
from shared.catalog import Catalog
from shared.erasures import Erasure
from shared.facts import UnreadableReason
from shared.gate import MachineCase
from shared.sandbox import Jail, Stopped
from shared.vault import CertificateFile
from shared.wiring import Wiring

Copy = bytes | None
"""A redacted PDF; None where none could be made."""


@dataclass(frozen=True)
class Originals:
    """What replacing originals needs of the world."""

    wiring: Wiring
    jail: Jail
    catalog: Catalog

    def must_go(self, case: MachineCase, reading: Reading) -> bool:
        """Tell whether nothing permits keeping it (개인정보 보호법 제24조의2), by the programme's own file."""
        programme = self.catalog.programmes.get(case.case.programme_id)
        return reading.whole_rrn and (programme is None or programme.rrn_basis is None)

    async def copy(self, document: bytes) -> tuple[Copy, UnreadableReason | None]:
        """Make a copy without the back part of any number, or give why there is none. Raises `Unavailable`."""
        outcome = await self.jail.run(document, {"do": "redact"})
        if isinstance(outcome, Stopped):
            return None, outcome.reason
        copy = _pdf(outcome.result)
        return copy, None if copy else "reader_failed"

    async def replace(self, case: MachineCase, copies: Mapping[int, Copy]) -> list[Erasure]:
        """Put copies in the place of originals, by part. Raises `Unavailable`; harmless when repeated.

        The gate names the one or the other, never both. A kill before or after it does leaves behind a ciphertext that
        nothing names, for the orphans' sweep or the submission's end. Give all its originals that are beyond reach
        now, also those that a run killed before it could log them had replaced: the erasure log is to have them before
        anything is said, lest a restored backup bring them back.
        """
        name, revision, certificates = case.case.submission_id, case.case.revision, case.case.certificates
        for part, copy in copies.items():
            original, stored = certificates[part].blob_id, None
            if original is None:
                continue
            if copy is not None:
                files = [CertificateFile(copy)]
                [stored] = await self.wiring.vault.put_certificates(case.seal, revision, files, self.wiring.clock())
            done = await self.wiring.gate.redact(name, part, original=original, copy=stored, size=len(copy or b""))
            left = original if done else stored.blob_id if stored else None
            await self.wiring.vault.drop_certificates([left] if left else [])
        now = await self.wiring.gate.case(name) if copies else case.case
        held = now.certificates if now else ()
        return [Erasure.of_original(name, part, one.redacted_at) for part, one in enumerate(held) if one.redacted_at]


def _pdf(result: Any) -> Copy:
    """Give the PDF of a result, if it is one: what comes from the jail is as hostile as what went in."""
    if not isinstance(result, dict) or not isinstance(result.get("pdf"), str):
        return None
    try:
        copy = base64.b64decode(result["pdf"], validate=True)
    except binascii.Error:
        return None
    return copy if copy.startswith(b"%PDF-") else None
