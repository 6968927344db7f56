"""Whether a certificate is what its issuer signed: the four states of the notice on genuineness, and the evidence.

Genuine (진본) is a file that is covered to its last byte by a PAdES signature, a document timestamp (RFC 3161) or the
government's timestamp (행안부 고시 2021-22), whose certificate leads to a given root. After a signature there may be
validation material and timestamps (PAdES B-LT and B-LTA), and under a further signature its field; nothing else.

Caught are changed bytes, appended pages, and every update that replaces, hides or covers something, whoever sealed it
afterwards; parts moved apart (signature wrapping), byte ranges and gaps that leave anything out, objects that only a
repairing reader sees, seals of no known form, roots and keys that are not for it.

Not caught is what stood in the file before it was signed, for that is what its issuer signed; nor that a certificate
was revoked, as nothing is ever fetched. A timestamp says when, not who: trust only roots of issuers, and of authorities
that stamp for issuers alone. Called inside the jail.
"""

from datetime import datetime

from services.extraction.signatures import structure
from services.extraction.signatures.judging import by_bytes
from services.extraction.signatures.seals import BYTE_RANGE, FINDINGS, cover, kind_by_bytes
from services.extraction.signatures.verdicts import NONE, SIGNATURE, Verdict, worst

__all__ = ["Verdict", "check", "check_in_full"]


def check(document: bytes, trust_roots: str, moment: datetime) -> Verdict:
    """Return whether `document` is genuine at `moment`, by `trust_roots`, certificates in PEM.

    A file with one signature or timestamp over all of it, as certificates are issued, is checked from its bytes alone;
    any other by reading the whole structure. Both give the same verdict (tests hold them to it), the first in a quarter
    of the time.
    """
    return _by_bytes(document, trust_roots, moment) or check_in_full(document, trust_roots, moment)


def check_in_full(document: bytes, trust_roots: str, moment: datetime) -> Verdict:
    """Return the same as `check`, reading the whole structure of the file and every seal in it."""
    if b"/ByteRange" not in document:
        return NONE
    try:
        reader, seals = structure.read(document)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # what a malformed file raises is not limited to pyHanko's own exceptions
        seals = []
    if not seals:
        return _unsealed(document) or _by_bytes(document, trust_roots, moment) or SIGNATURE.unreadable
    vouching = [seal.end for seal in seals if seal.kind != "document"]
    verdicts = []
    for seal in seals:
        vouched = any(end > seal.end for end in vouching)
        try:
            verdicts.append(structure.judge(seal, reader, document, trust_roots, moment, vouched=vouched))
        except (MemoryError, RecursionError):
            raise
        except Exception:  # as above
            verdicts.append(FINDINGS[seal.kind].unreadable)
    return worst(verdicts)


def _by_bytes(document: bytes, trust_roots: str, moment: datetime) -> Verdict | None:
    """Return the verdict on a file whose only seal is plainly over all of it; None for any other."""
    at = document.find(b"/ByteRange")
    if at < 0:
        return NONE
    if document.find(b"/ByteRange", at + 1) >= 0 or not (match := BYTE_RANGE.match(document, at)):
        return None
    covered = cover(document, [int(number) for number in match.groups()])
    if covered is None or covered.end < len(document) or not (kind := kind_by_bytes(document, covered)):
        return None
    try:
        return by_bytes(covered, kind, trust_roots, moment)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # as above
        return None


def _unsealed(document: bytes) -> Verdict | None:
    """Return, of a file whose structure cannot be read, that something followed a seal; None if nothing did."""
    for match in BYTE_RANGE.finditer(document):
        covered = cover(document, [int(number) for number in match.groups()])
        if covered and covered.end < len(document):
            return FINDINGS[kind_by_bytes(document, covered) or "signature"].appended
    return None
