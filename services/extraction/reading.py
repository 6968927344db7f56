"""Reading certificates through the jail, seen from outside: what comes back is validated before it is believed.

async with reading_jail(workers=2) as jail:
    reading = await read_certificate(jail, pdf, kind="EI_HIST", pages=30, trust_roots=pem, moment=received_at)
    reading.certificate, reading.provenance
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

import shared.catalog
from services.extraction.rules import Reading, unreadable
from shared.facts import Certificate, CertificateProvenance
from shared.sandbox import Done, Jail, Limits, Stopped

_TASK = "services.extraction.pdf:read"


class _Result(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    certificate: Certificate
    provenance: CertificateProvenance


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
) -> Reading:
    """Return `document` read as a certificate of `kind` (None: whatever its title says), unreadable ones included.

    `pages` is the most it may have. `trust_roots` are the issuers' root certificates in PEM, valid at `moment` (None:
    now). Raises Unavailable when no worker can be had: never for anything the document is or does.
    """
    arguments: dict[str, Any] = {"part": part, "kind": kind, "pages": pages, "trust_roots": trust_roots}
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
    return Reading(certificate, provenance)


async def read_files(
    paths: Sequence[Path],
    *,
    pages: int,
    kind: str | None = None,
    trust_roots: str = "",
    certificates: Path | None = None,
    limits: Limits | None = None,
) -> list[dict[str, Any]]:
    """Return each file read, field by field, for the command line.

    `pages` is the most one may have, `certificates` a folder of templates in place of the packaged ones. One dict a
    file: `file`, `kind`, `unreadable`, `authenticity`, `evidence`, `values` (with `number`, `issued_on` and `issuer`),
    and `fields`, a list of `name`, `value`, `page`, `box`, `raw`, `source`, `normaliser`, `confidence`.
    """
    async with reading_jail(limits=limits, certificates=certificates) as jail:
        readings = [
            await read_certificate(jail, path.read_bytes(), kind=kind, pages=pages, part=part, trust_roots=trust_roots)
            for part, path in enumerate(paths)
        ]
    return [_told(path, reading) for path, reading in zip(paths, readings, strict=True)]


def _told(path: Path, reading: Reading) -> dict[str, Any]:
    certificate = reading.certificate.model_dump(mode="json")
    own = {name: certificate[name] for name in ("number", "issued_on", "issuer")}
    values = own | certificate["values"]
    fields = [
        {"name": name, "value": _value_at(values, name)} | place.model_dump(mode="json")
        for name, place in reading.provenance.fields.items()
    ]
    head = {name: certificate[name] for name in ("kind", "unreadable", "authenticity", "evidence")}
    return {"file": str(path), **head, "values": values, "fields": fields}


def _value_at(values: dict[str, Any], name: str) -> Any:
    """Return the value that a provenance key names: `birth_date`, or `employments[0].lost_on`."""
    table, bracket, rest = name.partition("[")
    if not bracket:
        return values.get(name)
    row, _, column = rest.partition("].")
    return values[table][int(row)][column]
