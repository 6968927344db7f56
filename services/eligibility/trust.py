"""How far a certificate can be relied on: genuine, the submitter's own, issued recently enough, and not replaced.

What cannot be relied on says neither yes nor no: its facts count as "cannot tell", and a finding says so.
Findings are codes that reveal nothing of a person, so that they may travel on the bus.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from services.eligibility import readings
from shared.catalog.programmes import Programme
from shared.facts import Certificate, Facts, Submitter

Finding = Literal[
    "altered",
    "certificate_failed",
    "unreadable",
    "subject_differs",
    "subject_unclear",
    "issue_date_unknown",
    "stale",
    "unverified",
    "superseded",
]
"""`unverified` may stand beside a certificate that counts; each of the others is a reason why one does not."""


class Sent(NamedTuple):
    """One certificate of a submission, with what is to be held against it."""

    certificate: Certificate
    findings: tuple[Finding, ...]
    doubt: Finding | None
    """The first finding that keeps it from counting."""
    holder: readings.Holder
    words: Mapping[str, object]
    """For the sentence that says the doubt."""

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.certificate.kind

    @property
    def counts(self) -> bool:
        """Whether it is still to be looked at: a newer print of the same register takes an older one's place."""
        return "superseded" not in self.findings

    @property
    def doubted(self) -> str:
        """The value that the doubt is about: the date of issue of a stale certificate, else nothing."""
        return str(self.certificate.issued_on) if self.doubt == "stale" else ""

    @property
    def doubt_paths(self) -> tuple[str, ...]:
        """Where the doubt stands in it."""
        if self.doubt in ("stale", "issue_date_unknown"):
            return ("issued_on",)
        return ("holder_name", "birth_date") if self.doubt == "subject_differs" and self.kind != "RR_FULL" else ()


def examine(facts: Facts, submitter: Submitter, programme: Programme, as_of: date) -> tuple[Sent, ...]:
    """Give every certificate of `facts`, in order, with its findings."""
    return _newest([_examine(one, submitter, programme, as_of) for one in facts.certificates], programme)


def doubts_of_document(certificate: Certificate, programme: Programme, as_of: date) -> tuple[Finding, ...]:
    """Give what is held against a certificate whoever sent it: its genuineness, its legibility and its age in days."""
    found: list[Finding] = []
    if certificate.authenticity in ("altered", "certificate_failed"):
        found.append(certificate.authenticity)
    if certificate.unreadable:
        return (*found, "unreadable")
    limit = programme.freshness_days.get(certificate.kind)
    if limit is not None and certificate.issued_on is None:
        found.append("issue_date_unknown")
    if limit is not None and certificate.issued_on is not None and (as_of - certificate.issued_on).days > limit:
        found.append("stale")
    if certificate.authenticity == "unverified" and programme.unverified_certificates == "cannot_tell":
        found.append("unverified")
    return tuple(found)


def _examine(certificate: Certificate, submitter: Submitter, programme: Programme, as_of: date) -> Sent:
    doubts = list(doubts_of_document(certificate, programme, as_of))
    holder = readings.Holder("unclear")
    if not certificate.unreadable:
        holder = readings.holder(certificate, submitter)
        if holder.match != "same":
            doubts.append("subject_differs" if holder.match == "differs" else "subject_unclear")
    findings = list(doubts)
    if certificate.authenticity == "unverified" and not certificate.unreadable and "unverified" not in findings:
        findings.append("unverified")
    words: dict[str, object] = {"as_of": as_of, "limit": programme.freshness_days.get(certificate.kind, 0)}
    words["observed"] = certificate.issued_on or ""
    return Sent(certificate, tuple(findings), doubts[0] if doubts else None, holder, words)


def _newest(sent: Sequence[Sent], programme: Programme) -> tuple[Sent, ...]:
    """Mark the prints of a register that are older than its newest one that can be relied on."""
    latest: dict[str, date] = {}
    for one in sent:
        day = one.certificate.issued_on
        if one.doubt is None and day and one.kind in programme.newest_counts:
            latest[one.kind] = max(day, latest.get(one.kind, day))
    return tuple(one._replace(findings=(*one.findings, "superseded")) if _older(one, latest) else one for one in sent)


def _older(one: Sent, latest: Mapping[str, date]) -> bool:
    newest, day = latest.get(one.kind), one.certificate.issued_on
    return newest is not None and day is not None and day < newest
