"""Whether a certificate is what its issuer signed: the four states of the notice on genuineness, and the evidence.

Trust comes from the given roots alone, so give only roots of issuers; nothing is ever fetched. Called inside the jail.
"""

import hashlib
import io
import re
from binascii import Error as NotHex
from binascii import unhexlify
from collections.abc import Coroutine
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from asn1crypto import cms, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.generic_cms import async_validate_cms_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel, SignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleTrustManager

from shared.facts import Authenticity

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_CONTENTS = re.compile(rb"/Contents\s*$")
_FAST_DIGESTS = ("sha256", "sha384", "sha512")
_WORST_FIRST: tuple[Authenticity, ...] = ("altered", "certificate_failed", "unverified", "genuine")
_Result = TypeVar("_Result")


class Verdict(NamedTuple):
    """One of the four states, and what it rests on as a code."""

    authenticity: Authenticity
    evidence: str


NONE = Verdict("unverified", "none")
_UNREADABLE = Verdict("unverified", "pades:unreadable")
_BROKEN = Verdict("altered", "pades:broken")
_APPENDED = Verdict("altered", "pades:appended")


class _Whole(NamedTuple):
    """The one signature of a file that covers all of it but its own value."""

    signed_data: Any
    digest: bytes


def check(document: bytes, trust_roots: str, moment: datetime) -> Verdict:
    """Return whether `document` is genuine at `moment`, by `trust_roots`, certificates in PEM.

    A file with one signature over all of it, as certificates are issued, is checked from its bytes alone; any other by
    reading the whole structure. Both give the same verdict (a test holds them to it), the first ten times as fast.
    """
    if b"/ByteRange" not in document:
        return NONE
    whole = _one_over_all(document)
    return _check_whole(whole, trust_roots, moment) if whole else check_in_full(document, trust_roots, moment)


def check_in_full(document: bytes, trust_roots: str, moment: datetime) -> Verdict:
    """Return the same as `check`, reading the whole structure of the file and every signature in it."""
    try:
        reader = PdfFileReader(io.BytesIO(document))
        signatures = list(reader.embedded_signatures)
        verdicts = [_check_one(signature, trust_roots, moment) for signature in signatures]
    except (MemoryError, RecursionError):
        raise
    except Exception:  # what a malformed signature raises is not limited to pyHanko's own exceptions
        return _APPENDED if _grew(document) else _UNREADABLE
    if not verdicts:
        return NONE
    worst = min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.authenticity))
    return _APPENDED if worst.authenticity != "altered" and not _covered(signatures[-1]) else worst


def _one_over_all(document: bytes) -> _Whole | None:
    """Return the file's only signature if it covers everything but exactly its own `/Contents`; None otherwise."""
    if document.count(b"/ByteRange") != 1 or not (match := _BYTE_RANGE.search(document)):
        return None
    start, first, second, rest = (int(number) for number in match.groups())
    gap = document[first:second]
    if start or not first < second or second + rest != len(document) or not _CONTENTS.search(document[:first][-32:]):
        return None
    if gap[:1] != b"<" or gap[-1:] != b">":
        return None
    try:
        value = unhexlify(gap[1:-1])
        message = cms.ContentInfo.load(value)
        if value[len(message.dump()) :].strip(b"\0") or message["content_type"].native != "signed_data":
            return None
        signed = message["content"]
        (signer,) = signed["signer_infos"]
        algorithm = signer["digest_algorithm"]["algorithm"].native
        attributes = {str(item["type"].native) for item in (*signer["signed_attrs"], *_each(signer["unsigned_attrs"]))}
    except (NotHex, ValueError, TypeError, KeyError):
        return None
    plain = signed["encap_content_info"]["content_type"].native == "data" and algorithm in _FAST_DIGESTS
    if not plain or attributes & {"signature_time_stamp_token", "content_time_stamp"}:
        return None
    digest = hashlib.new(algorithm, document[:first])
    digest.update(memoryview(document)[second:])
    return _Whole(signed, digest.digest())


def _each(attributes: Any) -> tuple[Any, ...]:
    return tuple(attributes) if attributes else ()


def _check_whole(whole: _Whole, trust_roots: str, moment: datetime) -> Verdict:
    context = _context(trust_roots, moment)
    try:
        status = _finish(
            async_validate_cms_signature(whole.signed_data, raw_digest=whole.digest, validation_context=context)
        )
    except (MemoryError, RecursionError):
        raise
    except Exception:  # as above
        return _UNREADABLE
    return _verdict(status, "pades:whole_file", trust_roots)


def _check_one(signature: EmbeddedPdfSignature, trust_roots: str, moment: datetime) -> Verdict:
    context = _context(trust_roots, moment)
    if signature.sig_object_type == "/DocTimeStamp":
        return _verdict(_finish(async_validate_pdf_timestamp(signature, context)), "timestamp", trust_roots)
    status = _finish(async_validate_pdf_signature(signature, context))
    if status.intact and status.valid and not _untouched(status):
        return _APPENDED
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return _verdict(status, "pades:whole_file" if whole else "pades:whole_revision", trust_roots)


def _untouched(status: Any) -> bool:
    """Whether all that came after a signature is what its own rules allow, and its byte range hides nothing."""
    if status.coverage not in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION):
        return False
    return bool(status.docmdp_ok or status.modification_level is None)


def _covered(last: EmbeddedPdfSignature) -> bool:
    """Whether nothing but validation material was added after the last signature (PAdES B-LT, ETSI EN 319 142-1)."""
    coverage: SignatureCoverageLevel | None = last.coverage
    level: ModificationLevel | None = getattr(last.diff_result, "modification_level", None)
    only_material = level is not None and level <= ModificationLevel.LTA_UPDATES
    return coverage == SignatureCoverageLevel.ENTIRE_FILE or only_material


def _verdict(status: SignatureStatus, evidence: str, trust_roots: str) -> Verdict:
    if not (status.intact and status.valid):
        return _BROKEN
    if not trust_roots:
        return Verdict("unverified", "pades:no_trust_roots")
    if not (status.trusted and getattr(status, "bottom_line", True)):
        return Verdict("certificate_failed", "pades:untrusted")
    return Verdict("genuine", evidence)


def _grew(document: bytes) -> bool:
    """Whether every byte range ends before the file does."""
    ends = [int(match.group(3)) + int(match.group(4)) for match in _BYTE_RANGE.finditer(document)]
    return bool(ends) and max(ends) < len(document)


def _context(trust_roots: str, moment: datetime) -> ValidationContext:
    # A new one each time: a context remembers certificates, and one document's must not help the next.
    roots = SimpleTrustManager.build(trust_roots=_certificates(trust_roots))
    return ValidationContext(trust_manager=roots, moment=moment, allow_fetching=False)


@lru_cache(maxsize=8)
def _certificates(trust_roots: str) -> tuple[x509.Certificate, ...]:
    blocks = pem.unarmor(trust_roots.encode(), multiple=True) if trust_roots else ()
    return tuple(x509.Certificate.load(block) for name, _, block in blocks if name == "CERTIFICATE")


def _finish(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine that waits for nothing, as nothing is fetched; raises RuntimeError if it waits after all."""
    try:
        work.send(None)
    except StopIteration as end:
        result: _Result = end.value
        return result
    work.close()
    raise RuntimeError("the signature check wants to wait")
