"""What comes of reading a submission: every certificate, or the first reason why not. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from services.extraction.rrn import without_back_parts
from services.extraction.rules import Reading, unreadable
from shared.corrections import unreadable_of
from shared.events import Event, ExtractionFailed, SubmissionExtracted, SubmissionReceived
from shared.facts import Authenticity, Certificate, Facts, FactsProvenance, Finding, UnreadableReason
from shared.gate import MachineCase

Kept = TypeVar("Kept", Facts, FactsProvenance)


@dataclass(frozen=True)
class Attempt:
    """That a revision of a submission was read, when, and with what result; `reason` is None when all of it was."""

    submission_id: str
    revision: int
    at: datetime
    reason: UnreadableReason | None
    authenticity: dict[Authenticity, int] = field(default_factory=dict)
    """How many of its certificates are in each state."""


def redacted(reading: Reading, failed: UnreadableReason | None = None) -> Reading:
    """Give a reading with the finding that its original was redacted; `failed` is why no copy of it could be made."""
    certificate = reading.certificate
    if failed and not certificate.unreadable:
        reading = unreadable(failed, certificate.kind, certificate.part)
    findings = (*certificate.findings, Finding(code="rrn_redacted"))
    return reading._replace(certificate=reading.certificate.model_copy(update={"findings": findings}))


def is_redacted(certificate: Certificate) -> bool:
    """Tell whether a certificate carries that finding."""
    return any(finding.code == "rrn_redacted" for finding in certificate.findings)


def facts_of(reads: Sequence[Reading]) -> tuple[Facts, FactsProvenance]:
    """Put the certificates of one submission together; whatever was read, no back part of an RRN goes on from here."""
    return (
        _clean(Facts(certificates=tuple(read.certificate for read in reads))),
        _clean(FactsProvenance(certificates=tuple(read.provenance for read in reads))),
    )


def _clean(read: Kept) -> Kept:
    plain = read.model_dump(mode="json")
    clean = without_back_parts(plain)
    return read if clean == plain else type(read).model_validate(clean)


def reason_of(facts: Facts, newest: int = 0) -> UnreadableReason | None:
    """Give why a submission counts as unreadable; `newest` is the first part of its latest revision."""
    certificate = unreadable_of(facts.certificates, newest)
    return certificate.unreadable if certificate else None


def authenticity_of(facts: Facts) -> dict[Authenticity, int]:
    """Count the certificates in each of the four states, without saying which is in which."""
    return dict(Counter(certificate.authenticity for certificate in facts.certificates))


def event_of(cause: SubmissionReceived, attempt: Attempt) -> Event:
    """Give the event that an attempt leads to; the same one however often it is asked for."""
    if attempt.reason is None:
        return SubmissionExtracted.because_of(
            cause,
            submission_id=attempt.submission_id,
            at=attempt.at,
            revision=attempt.revision,
            authenticity=attempt.authenticity,
        )
    return ExtractionFailed.because_of(
        cause, submission_id=attempt.submission_id, at=attempt.at, revision=attempt.revision, reason=attempt.reason
    )


def portions(cases: Iterable[MachineCase], most_bytes: int, most_certificates: int) -> Iterator[list[MachineCase]]:
    """Cut a batch into portions that fit into memory and are soon done: within both bounds, or of one submission."""
    portion: list[MachineCase] = []
    size = count = 0
    for case in cases:
        weight, number = sum(item.size for item in case.case.certificates), len(case.case.certificates)
        if portion and (size + weight > most_bytes or count + number > most_certificates):
            yield portion
            portion, size, count = [], 0, 0
        portion.append(case)
        size, count = size + weight, count + number
    if portion:
        yield portion
