"""Reading certificates through the jail, seen from outside: what comes back is validated before it is believed.

async with reading_jail(workers=2) as jail:
    reading = await read_certificate(jail, pdf, kind="EI_HIST", pages=30, trust_roots=pem, moment=received_at)
    reading.certificate, reading.provenance
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

import shared.catalog
from services.extraction.data.trees import MOST_BYTES
from services.extraction.rules import Reading, unreadable
from services.extraction.telling import told
from shared.facts import Certificate, CertificateProvenance
from shared.sandbox import Done, Jail, Limits, Stopped

_TASK = "services.extraction.inside:act"


class _Result(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    certificate: Certificate
    provenance: CertificateProvenance
    whole_rrn: bool


def reading_jail(*, workers: int = 1, limits: Limits | None = None, certificates: Path | None = None) -> Jail:
    """Return a jail, not yet started, whose workers read certificates by the templates in `certificates`."""
    folder = certificates or Path(shared.catalog.__file__).parent / "certificates"
    return Jail(_TASK, workers=workers, limits=limits, prepare={"certificates": str(folder.resolve())})


async def read_certificate(
    jail: Jail,
    document: bytes,
    *,
    kind: str | None,
    pages: int,
    part: int = 0,
    trust_roots: str = "",
    moment: datetime | None = None,
    metadata: bytes | None = None,
) -> Reading:
    """Return `document` read as a certificate of `kind` (None: whatever its title says), unreadable ones included.

    `pages` is the most it may have. `trust_roots` are the issuers' root certificates in PEM, valid at `moment` (None:
    now). `metadata` is the data handed in beside it, JSON or XML, plain or in Base64. Raises Unavailable when no worker
    can be had: never for anything the document is or does.
    """
    arguments: dict[str, Any] = {"part": part, "kind": kind, "pages": pages, "trust_roots": trust_roots}
    if metadata is not None:
        # What is longer is not read, and one byte more is enough to see that.
        arguments["metadata"] = b64encode(metadata[: MOST_BYTES + 1]).decode()
    outcome = await jail.run(document, arguments | ({"moment": moment.isoformat()} if moment else {}))
    return _believed(outcome, kind, part)


def _believed(outcome: Done | Stopped, kind: str | None, part: int) -> Reading:
    if isinstance(outcome, Stopped):
        return unreadable(outcome.reason, kind or "", part)
    try:
        result = _Result.model_validate(outcome.result)
    except ValidationError:
        return unreadable("reader_failed", kind or "", part)
    certificate, provenance = result.certificate, result.provenance
    if (certificate.part, provenance.part) != (part, part) or kind not in (None, certificate.kind):
        return unreadable("reader_failed", kind or "", part)
    return Reading(certificate, provenance, result.whole_rrn)


async def read_files(
    paths: Sequence[Path],
    *,
    pages: int,
    kind: str | None = None,
    trust_roots: str = "",
    certificates: Path | None = None,
    limits: Limits | None = None,
    metadata: Mapping[Path, bytes] = MappingProxyType({}),
    today: date | None = None,
) -> list[dict[str, Any]]:
    """Return each file read, field by field, for the command line: one dict a file, as `telling.told` gives it.

    With `seconds`, how long it took. `pages` is the most one may have, `certificates` a folder of templates in place of
    the packaged ones, `metadata` the data that came beside some, `today` the day from which it is counted how long they
    hold (None: it is not).
    """

    async def read(jail: Jail, part: int, path: Path) -> dict[str, Any]:
        began = time.monotonic()
        reading = await read_certificate(
            jail,
            await asyncio.to_thread(path.read_bytes),
            kind=kind,
            pages=pages,
            part=part,
            trust_roots=trust_roots,
            metadata=metadata.get(path),
        )
        return told(str(path), reading, today) | {"seconds": round(time.monotonic() - began, 3)}

    async with reading_jail(limits=limits, certificates=certificates) as jail:
        return [await read(jail, part, path) for part, path in enumerate(paths)]
