"""Reading a certificate by its template: words with boxes in, values with provenance out. Pure.

A value that cannot be read without doubt is left out; nothing is guessed, no place on the page taken for granted.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pydantic import JsonValue

from services.extraction.data.documents import NO_DATA, Data
from services.extraction.findings import number_findings
from services.extraction.page.layout import Page
from services.extraction.printed import values_of
from services.extraction.sources import Account, merge
from services.extraction.titles import find_kind
from shared.catalog.templates import OWN_FIELDS, CertificateKind
from shared.facts import Certificate, CertificateProvenance, UnreadableReason


class Reading(NamedTuple):
    """What was read, and where it stood."""

    certificate: Certificate
    provenance: CertificateProvenance
    whole_rrn: bool = False
    """Whether a whole 주민등록번호 stands in its text, or in the data that came with it; never stored."""


def read(
    pages: Sequence[Page],
    kind: CertificateKind,
    kinds: Mapping[str, CertificateKind],
    part: int = 0,
    data: Data = NO_DATA,
) -> Reading:
    """Return `pages`, and the data that came with them, read as a certificate of `kind`, which was declared.

    `kinds` are all there are, for their titles. Unreadable with `wrong_certificate` when the title is another's, or all
    data another's where there are no words; with `no_text_layer` when neither words nor data say what is required; and
    with `reader_failed` when the title is right but a required value cannot be read.
    """
    printed = any(page.words for page in pages)
    accounts = data.accounts(kind)
    of_another_kind = find_kind(pages, kinds) != kind.id if printed else data.documents and not accounts
    if of_another_kind:
        return unreadable("wrong_certificate", kind.id, part, pages)
    if printed:
        accounts.append(Account("text", *values_of(pages, kind)))
    merged = merge(accounts, kind)
    certificate = certificate_of(merged.values, kind, part, merged.disputed)
    if certificate.unreadable:
        return unreadable(certificate.unreadable if printed else "no_text_layer", kind.id, part, pages)
    findings = (*data.findings(kind, printed=printed), *merged.findings, *certificate.findings)
    provenance = CertificateProvenance(part=part, pages=_sizes(pages), fields=dict(merged.stood))
    return Reading(certificate.model_copy(update={"findings": findings}), provenance)


def unreadable(reason: UnreadableReason, kind: str, part: int, pages: Sequence[Page] = ()) -> Reading:
    """Return the reading of a certificate that could not be read."""
    return Reading(
        Certificate(part=part, kind=kind, unreadable=reason), CertificateProvenance(part=part, pages=_sizes(pages))
    )


def certificate_of(
    values: Mapping[str, JsonValue], kind: CertificateKind, part: int, disputed: Collection[str] = ()
) -> Certificate:
    """Return the certificate that says `values`, its own fields among them; unreadable without what `kind` requires.

    Sources disagree about what is `disputed`: it is there, and it is an official who says what it is.
    """
    there = {*values, *disputed}
    if not there.issuperset(kind.required) or (kind.required_any and there.isdisjoint(kind.required_any)):
        return Certificate(part=part, kind=kind.id, unreadable="reader_failed")
    named = dict.fromkeys((*kind.value_names, *values))
    issued_on = _as_date(values.get("issued_on"))
    printed = _as_date(values.get("valid_until"))
    days = kind.valid_days if "valid_until" not in disputed else None
    granted = issued_on + timedelta(days=days) if issued_on and days else None
    return Certificate(
        part=part,
        kind=kind.id,
        issuer=_as_text(values.get("issuer")),
        number=_as_text(values.get("number")),
        issued_on=issued_on,
        valid_until=printed or granted,
        values={name: values[name] for name in named if name in values and name not in OWN_FIELDS},
        findings=number_findings(values, kind.types),
    )


def _sizes(pages: Sequence[Page]) -> tuple[tuple[float, float], ...]:
    return tuple((round(page.width, 2), round(page.height, 2)) for page in pages)


def _as_text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _as_date(value: JsonValue) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
