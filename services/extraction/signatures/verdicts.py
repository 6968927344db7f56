"""The four states of the notice on genuineness, and the closed set of what each can rest on."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.facts import Authenticity, Evidence

_WORST_FIRST: tuple[Authenticity, ...] = ("altered", "certificate_failed", "unverified", "genuine")


class Verdict(NamedTuple):
    """One of the four states, and what it rests on as a code."""

    authenticity: Authenticity
    evidence: Evidence


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the first of the worst: altered wins over a failed certificate (행안부 고시 2021-22, 6.1)."""
    return min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.authenticity))


class Findings(NamedTuple):
    """What can be wrong with a signature or a timestamp."""

    broken: Verdict
    """It is not over these bytes, or leaves out more than its own value."""
    appended: Verdict
    """It is over the beginning of the file, and something followed that it does not allow."""
    untrusted: Verdict
    no_trust_roots: Verdict
    unreadable: Verdict


NONE = Verdict("unverified", "none")

SIGNATURE = Findings(
    broken=Verdict("altered", "pades:broken"),
    appended=Verdict("altered", "pades:appended"),
    untrusted=Verdict("certificate_failed", "pades:untrusted"),
    no_trust_roots=Verdict("unverified", "pades:no_trust_roots"),
    unreadable=Verdict("unverified", "pades:unreadable"),
)
WHOLE_FILE = Verdict("genuine", "pades:whole_file")
WHOLE_REVISION = Verdict("genuine", "pades:whole_revision")

TIMESTAMP = Findings(
    broken=Verdict("altered", "timestamp:broken"),
    appended=Verdict("altered", "timestamp:appended"),
    untrusted=Verdict("certificate_failed", "timestamp:untrusted"),
    no_trust_roots=Verdict("unverified", "timestamp:no_trust_roots"),
    unreadable=Verdict("unverified", "timestamp:unreadable"),
)
# 미검증 is the notice's word for what cannot be verified by it, and it makes the nonce compulsory: neither were bytes
# changed nor did a certificate fail.
NO_NONCE = Verdict("unverified", "timestamp:no_nonce")
DOCUMENT_TIMESTAMP = Verdict("genuine", "timestamp:document")
GOVERNMENT_TIMESTAMP = Verdict("genuine", "timestamp:government")
