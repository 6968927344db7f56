"""What a certificate was read to say, and where on the page each value stood.

The vocabulary that extraction writes, eligibility decides on and the desk shows. It is only ever stored sealed
(`shared.vault`): facts apart from provenance, so that a selection run over a population opens little.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Authenticity = Literal["genuine", "altered", "certificate_failed", "unverified"]
"""진본 · 변조 · 인증서 검증 실패 · 미검증: the states of 행안부 고시 2021-22; altered wins."""

Evidence = Literal[
    "none",
    "pades:whole_file",
    "pades:whole_revision",
    "pades:no_trust_roots",
    "pades:untrusted",
    "pades:unreadable",
    "pades:appended",
    "pades:broken",
    "timestamp:document",
    "timestamp:government",
    "timestamp:no_trust_roots",
    "timestamp:no_nonce",
    "timestamp:untrusted",
    "timestamp:unreadable",
    "timestamp:appended",
    "timestamp:broken",
]
"""What the authenticity rests on: a PAdES signature, a timestamp of the document or of the government, or nothing."""

UnreadableReason = Literal[
    "not_a_pdf",
    "damaged",
    "polyglot",
    "encrypted",
    "active_content",
    "no_text_layer",
    "wrong_certificate",
    "too_many_pages",
    "time_limit",
    "memory_limit",
    "output_limit",
    "reader_failed",
]
"""Why a certificate could not be read: a closed set, and each an outcome told to the citizen, never an error."""

Source = Literal["metadata", "embedded", "text", "person"]
"""Where a value came from.

Data handed in beside the PDF, data inside it, its text layer, or an official's correction.
"""

FindingCode = Literal[
    "sources_disagree", "metadata_only", "metadata_unreadable", "business_number_check", "rrn_redacted"
]
"""What an official should know of a certificate that was read.

Two sources say different things of one value, which is then taken from neither; only the data beside the certificate
says a value, which no signature covers; such data came and cannot be understood; the check digit of a business number
does not fit, which is a warning only; a whole resident registration number stood in it and was blacked out.
"""


class _Fact(BaseModel):
    """Ignores what it does not know: a newer version may have stored it, beside which this one still works."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Claim(_Fact):
    """What one source says of a value, where sources disagree."""

    source: Source
    value: JsonValue
    page: int = 0
    """From 1; 0 when it does not stand on a page."""
    box: tuple[float, float, float, float] | None = None
    """As in `Provenance`."""


class Finding(_Fact):
    """Something an official should know of one certificate, with the names of the values it is about."""

    code: FindingCode
    names: tuple[str, ...] = ()
    """As the keys of provenance: `birth_date`, or `employments[0].lost_on`; a whole table by its name alone."""
    claims: tuple[Claim, ...] = ()


class Certificate(_Fact):
    """One certificate of a submission, as read.

    `values` holds normalised values by name, dates as ISO strings and tables as lists of rows; which names a kind has
    is said in `shared/catalog/certificates/<KIND>.yaml`. An unreadable certificate has a reason and no values.
    """

    part: int
    """Its place in the submission, from 0."""
    kind: str
    """The kind it was declared to be, and, where it was read, was found to be."""
    unreadable: UnreadableReason | None = None
    authenticity: Authenticity = "unverified"
    evidence: Evidence = "none"
    issuer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    """The last day on which it may be handed in: as printed, or by the days its kind's template grants; else None."""
    values: dict[str, JsonValue] = {}
    findings: tuple[Finding, ...] = ()


class Provenance(_Fact):
    """Where one value stood."""

    page: int
    """From 1; 0 when the value did not come from a page."""
    box: tuple[float, float, float, float] | None
    """left, bottom, right, top in PDF points from the page's lower left corner."""
    raw: str
    normaliser: str
    source: Source
    confidence: float
    """0 to 1: 1 where label and geometry left no choice."""


class CertificateProvenance(_Fact):
    """Where the values of one certificate stood; `fields` is keyed as `birth_date` or `employments[0].lost_on`."""

    part: int
    pages: tuple[tuple[float, float], ...] = ()
    """Width and height of each page in PDF points."""
    fields: dict[str, Provenance] = {}


class Settled(_Fact):
    """What an official found of one condition that certificates leave open."""

    result: Literal["met", "not_met"]
    source: str
    """What was asked or looked at: a register, an office, a document."""
    on: date
    """The Asia/Seoul day on which it was."""
    by: str
    """Who found it, by name, as it is read aloud."""


class Facts(_Fact):
    """All that was read from one revision of a submission."""

    certificates: tuple[Certificate, ...]
    settled: dict[str, Settled] = Field(default={}, exclude=True)
    """By condition code, what officials found. Never stored here: it is laid over, with what they corrected."""


class FactsProvenance(_Fact):
    """Where all of it stood."""

    certificates: tuple[CertificateProvenance, ...]


class Submitter(_Fact):
    """Who sent it, as the wallet app says: the holder's name, birth date and what they declare about their work."""

    wallet_address: str
    name: str
    birth_date: date
    declared_work: Literal["employee", "civil_servant", "private_school", "self_employed"] | None = None
