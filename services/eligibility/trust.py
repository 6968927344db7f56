"""How far a certificate can be relied on: genuine, the submitter's own and nobody else's, in time, and not replaced.

What cannot be relied on says neither yes nor no: its facts count as "cannot tell", and a finding says so.
Findings are codes that reveal nothing of a person, so that they may travel on the bus.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from services.eligibility import readings
from shared.catalog.programmes import Programme
from shared.facts import Certificate, Facts, FindingCode, Submitter

Doubt = Literal[
    "altered",
    "certificate_failed",
    "unreadable",
    "same_file",
    "same_number",
    "subject_differs",
    "subject_unclear",
    "issue_date_unknown",
    "expired",
    "stale",
    "before_announcement",
    "unverified",
    "metadata_only",
    "sources_disagree",
]
"""Reasons why a certificate does not count: as a doubt, `sources_disagree` means on whose or how old it is."""

Finding = Doubt | Literal["superseded"] | FindingCode
"""What is said of a certificate. `unverified` and what was noted when it was read may stand beside one that counts."""

_DATES = ("issued_on", "valid_until")
_NO_WORDS: Mapping[str, object] = {}


class Sent(NamedTuple):
    """One certificate of a submission, with what is to be held against it."""

    certificate: Certificate
    findings: tuple[Finding, ...]
    doubt: Doubt | None
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
        """The value that the doubt is about: the date from or to which it was in time, else nothing."""
        if self.doubt in ("stale", "before_announcement"):
            return str(self.certificate.issued_on)
        return str(self.certificate.valid_until) if self.doubt == "expired" else ""

    @property
    def doubt_paths(self) -> tuple[str, ...]:
        """Where the doubt stands in it."""
        match self.doubt:
            case "stale" | "before_announcement" | "issue_date_unknown":
                return ("issued_on",)
            case "expired":
                return ("valid_until",)
            case "same_number":
                return ("number",)
            case "subject_differs" if self.kind != "RR_FULL":
                return ("holder_name", "birth_date")
            case "sources_disagree":
                return readings.disputed(self.certificate, _DATES) or self.holder.disputed
        return ()


def examine(
    facts: Facts, submitter: Submitter, programme: Programme, as_of: date, elsewhere: Mapping[int, Sequence[Doubt]]
) -> tuple[Sent, ...]:
    """Give every certificate of `facts`, in order, with its findings; `elsewhere` has by part what others sent too."""
    found = [_examine(one, submitter, programme, as_of, elsewhere.get(one.part, ())) for one in facts.certificates]
    return _newest(found, programme)


def doubts_of_document(certificate: Certificate, programme: Programme, as_of: date) -> tuple[Doubt, ...]:
    """Give what is held against a certificate whoever sent it: its genuineness, legibility, age and term."""
    found: list[Doubt] = []
    if certificate.authenticity in ("altered", "certificate_failed"):
        found.append(certificate.authenticity)
    if certificate.unreadable:
        return (*found, "unreadable")
    limit = programme.freshness_days.get(certificate.kind)
    since = programme.announced_on if certificate.kind in programme.issued_on_or_after else None
    dated = limit is not None or since is not None
    if readings.disputed(certificate, _DATES if dated else _DATES[1:]):
        found.append("sources_disagree")
    elif dated and certificate.issued_on is None:
        found.append("issue_date_unknown")
    if certificate.valid_until is not None and certificate.valid_until < as_of:
        found.append("expired")
    if limit is not None and certificate.issued_on is not None and (as_of - certificate.issued_on).days > limit:
        found.append("stale")
    if since is not None and certificate.issued_on is not None and certificate.issued_on < since:
        found.append("before_announcement")
    if programme.unverified_certificates == "cannot_tell":
        if certificate.authenticity == "unverified":
            found.append("unverified")
        if any(one.code == "metadata_only" for one in certificate.findings):  # no signature covers such a value
            found.append("metadata_only")
    return tuple(found)


def _examine(
    certificate: Certificate, submitter: Submitter, programme: Programme, as_of: date, elsewhere: Sequence[Doubt]
) -> Sent:
    doubts = [*doubts_of_document(certificate, programme, as_of), *elsewhere]
    holder = readings.Holder("unclear")
    if not certificate.unreadable:
        holder = readings.holder(certificate, submitter)
        if holder.match == "differs":
            doubts.append("subject_differs")
        elif holder.match == "unclear":
            doubts.append("sources_disagree" if holder.disputed else "subject_unclear")
    unverified = certificate.authenticity == "unverified" and not certificate.unreadable
    if not doubts and not certificate.findings and not unverified:
        return Sent(certificate, (), None, holder, _NO_WORDS)
    findings: list[Finding] = [*doubts, *(one.code for one in certificate.findings)]
    if unverified:
        findings.append("unverified")
    words: dict[str, object] = {
        "as_of": as_of,
        "limit": programme.freshness_days.get(certificate.kind, 0),
        "announced": programme.announced_on or "",
        "observed": certificate.issued_on or "",
        "until": certificate.valid_until or "",
    }
    return Sent(certificate, tuple(dict.fromkeys(findings)), doubts[0] if doubts else None, holder, words)


def _newest(sent: Sequence[Sent], programme: Programme) -> tuple[Sent, ...]:
    """Mark the prints of a register that are older than its newest one that can be relied on."""
    if len(sent) < 2:
        return tuple(sent)
    latest: dict[str, date] = {}
    for one in sent:
        day = one.certificate.issued_on
        if one.doubt is None and day and one.kind in programme.newest_counts:
            latest[one.kind] = max(day, latest.get(one.kind, day))
    return tuple(one._replace(findings=(*one.findings, "superseded")) if _older(one, latest) else one for one in sent)


def _older(one: Sent, latest: Mapping[str, date]) -> bool:
    newest, day = latest.get(one.kind), one.certificate.issued_on
    return newest is not None and day is not None and day < newest
