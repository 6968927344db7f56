"""From a signature or a timestamp token to a verdict, by pyHanko: first the bytes, then the certificate."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from asn1crypto import cms, tsp
from pyhanko.sign.validation.generic_cms import async_validate_cms_signature, validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus

from services.extraction.signatures.seals import DIGESTS, FINDINGS, Cover, Kind, signed_data, stamped
from services.extraction.signatures.trust import context, finish, held_at
from services.extraction.signatures.verdicts import (
    DOCUMENT_TIMESTAMP,
    GOVERNMENT_TIMESTAMP,
    NO_NONCE,
    WHOLE_FILE,
    Verdict,
)

_LEAST_NONCE_BITS = 40
"""Eight random bytes, once they are a number, have fewer bits once in sixteen million times."""


def by_bytes(covered: Cover, kind: Kind, trust_roots: str, moment: datetime) -> Verdict | None:
    """Return the verdict on a seal over what is covered; None where it is more or less than the plain seal of its kind.

    Raises whatever pyHanko does of a malformed one.
    """
    signed = signed_data(covered)
    if signed is None:
        return None
    trust = context(trust_roots, moment)
    status: Any
    if kind != "signature":
        if (info := stamped(signed)) is None:
            return None
        status = TimestampSignatureStatus(**finish(validate_tst_signed_data(signed, trust, covered.digest)))
        return of_token(status, info, kind, trust_roots)
    if (algorithm := _plain(signed)) is None:
        return None
    digest = covered.digest(algorithm)
    status = finish(async_validate_cms_signature(signed, raw_digest=digest, validation_context=trust))
    return of_signature(status, WHOLE_FILE, trust_roots)


def of_signature(status: Any, genuine: Verdict, trust_roots: str) -> Verdict:
    """Return the verdict on a signature; it is `genuine` where nothing is wrong with it."""
    return _wrong(status, "signature", trust_roots) or genuine


def of_token(status: Any, info: tsp.TSTInfo, kind: Kind, trust_roots: str) -> Verdict:
    """Return the verdict on a timestamp; `info` is what its token says."""
    if wrong := _wrong(status, kind, trust_roots):
        return wrong
    if not held_at(status.validation_path, status.timestamp):
        return FINDINGS[kind].untrusted
    if kind == "document":
        return DOCUMENT_TIMESTAMP
    nonce = info["nonce"].native
    return GOVERNMENT_TIMESTAMP if nonce and nonce.bit_length() > _LEAST_NONCE_BITS else NO_NONCE


def _wrong(status: Any, kind: Kind, trust_roots: str) -> Verdict | None:
    findings = FINDINGS[kind]
    if not (status.intact and status.valid):
        return findings.broken
    if not trust_roots:
        return findings.no_trust_roots
    if not (status.trusted and getattr(status, "bottom_line", True)):
        return findings.untrusted
    return None


def _plain(signed: cms.SignedData) -> str | None:
    """Return the digest algorithm of a detached signature without timestamps of its own; None for any other."""
    content, (signer,) = signed["encap_content_info"], signed["signer_infos"]
    algorithm = str(signer["digest_algorithm"]["algorithm"].native)
    kinds = {str(attribute["type"].native) for attribute in _attributes(signer)}
    stamps = kinds & {"signature_time_stamp_token", "content_time_stamp"}
    plain = content["content_type"].native == "data" and not content["content"].contents and "content_type" in kinds
    return algorithm if plain and not stamps and algorithm in DIGESTS else None


def _attributes(signer: Any) -> Iterator[Any]:
    for name in ("signed_attrs", "unsigned_attrs"):
        yield from signer[name] or ()
