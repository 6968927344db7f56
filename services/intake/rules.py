"""Who and what is let in: pure decisions over what was sent, the catalogue and the time it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.form import CertificateEntry, Sent, SubmissionForm
from services.intake.parts import Part
from services.intake.problems import Refusal
from shared.catalog import Programme, Wallet
from shared.clock import SEOUL, seoul_date

FORM_PART = "submission"
CLOCKS_DIFFER = timedelta(seconds=300)
"""How far ahead of ours a wallet app's clock may be when it writes down an instant."""

_IDEMPOTENCY_KEY = re.compile(r"[!-~]{8,200}")


@dataclass(frozen=True)
class Limits:
    """How much is taken at once, in bytes and in certificates."""

    certificate: int = 10 * 1024 * 1024
    body: int = 25 * 1024 * 1024
    metadata: int = 64 * 1024
    """Of one certificate, decoded."""
    form: int = 1024 * 1024
    """The metadata of all certificates, in Base64, stand in it."""
    certificates: int = 10
    bodies: int = 256 * 1024 * 1024
    """Of all submissions that come in at this moment, together."""


def idempotency_key(fields: Mapping[str, str]) -> str | Refusal:
    """Give the Idempotency-Key out of the signed header fields."""
    key = fields.get("idempotency-key")
    if key is None:
        return Refusal("idempotency-key-missing", part="idempotency-key")
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        return Refusal("idempotency-key-invalid", part="idempotency-key", facts={"limit": "200"})
    return key


def told(instant: datetime) -> str:
    """Give an aware instant as a person in Korea reads it."""
    return instant.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S (Asia/Seoul)")


def _period(programme: Programme, now: datetime) -> Refusal | None:
    if programme.opens_at is not None and now < programme.opens_at:
        shown = {"opens_at": programme.opens_at.isoformat()}
        return Refusal("programme-not-open", facts={"opens_at": told(programme.opens_at)}, shown=shown)
    if programme.closes_at is not None and now >= programme.closes_at:
        shown = {"closes_at": programme.closes_at.isoformat()}
        facts = {"closes_at": told(programme.closes_at)}
        if because := programme.closed_because:
            facts |= {"because_ko": because.ko, "because_en": because.en}
        return Refusal("programme-closed-early" if because else "programme-closed", facts=facts, shown=shown)
    return None


def _office(form: SubmissionForm, programme: Programme) -> Refusal | None:
    if form.office is None or form.office in programme.offices:
        return None
    return Refusal("office-not-receiving", part="/office", shown={"offices": list(programme.offices)})


def _person(form: SubmissionForm, now: datetime) -> Refusal | None:
    if form.consent is None or not form.consent.third_party_provision:
        return Refusal("consent-missing", part="/consent")
    wrong = []
    if form.consent.at > now + CLOCKS_DIFFER:
        wrong.append({"where": "/consent/at", "why": "in_the_future"})
    if form.holder.birth_date > seoul_date(now):
        wrong.append({"where": "/holder/birth_date", "why": "in_the_future"})
    return Refusal("json-invalid", part=FORM_PART, shown={"errors": wrong}) if wrong else None


def _file(part: Part, limit: int) -> Refusal | None:
    if not part.content:
        return Refusal("certificate-empty", part=part.name)
    if len(part.content) > limit:
        return Refusal("certificate-too-big", part=part.name, facts={"limit": str(limit)}, shown={"limit": limit})
    if part.media_type != "application/pdf" or not part.content.startswith(b"%PDF-"):
        return Refusal("certificate-not-pdf", part=part.name)
    return None


def _metadata(entry: CertificateEntry, limit: int) -> Refusal | None:
    try:
        size = len(entry.metadata_bytes or b"")
    except ValueError:
        size = 0
    if entry.metadata is None or 0 < size <= limit:
        return None
    shown = {"limit": limit}
    return Refusal("certificate-metadata-invalid", part=entry.part, facts={"limit": str(limit)}, shown=shown)


def admit_certificates(
    form: Sent, parts: Mapping[str, Part], programme: Programme, wallet: Wallet, limits: Limits
) -> Refusal | None:
    """Decide whether a form's files are taken; give the first thing wrong."""
    if len(form.certificates) > limits.certificates:
        limit = limits.certificates
        return Refusal("certificates-too-many", facts={"limit": str(limit)}, shown={"limit": limit})
    named = [entry.part for entry in form.certificates]
    if len(set(named)) != len(named) or FORM_PART in named:
        errors = [{"where": "/certificates", "why": "part_named_twice"}]
        return Refusal("json-invalid", part=FORM_PART, shown={"errors": errors})
    if set(parts) - set(named) - {FORM_PART}:
        return Refusal("certificate-unnamed", part="/certificates")
    for entry in form.certificates:
        if entry.part not in parts:
            return Refusal("certificate-missing", part=entry.part)
        if entry.kind not in programme.accepts.kinds:
            return Refusal("certificate-kind-not-accepted", part=entry.part)
        if entry.kind not in wallet.abilities.sends:
            return Refusal("certificate-kind-not-sent", part=entry.part)
        if refusal := _file(parts[entry.part], limits.certificate) or _metadata(entry, limits.metadata):
            return refusal
    return None


def admit(
    form: SubmissionForm,
    parts: Mapping[str, Part],
    *,
    programme: Programme | None,
    wallet: Wallet | None,
    limits: Limits,
    now: datetime,
) -> Programme | Refusal:
    """Decide whether a submission is taken, at the aware instant `now`; give the programme it is for, or why not.

    The first thing wrong is told. Whether the certificates suffice is not asked here: an application is received first
    and supplemented later (민원처리법 22조).
    """
    if wallet is None:
        return Refusal("wallet-unknown", part="keyid")
    if programme is None:
        return Refusal("programme-unknown", part="/programme")
    refusal = _period(programme, now) or _office(form, programme) or _person(form, now)
    return refusal or admit_certificates(form, parts, programme, wallet, limits) or programme
