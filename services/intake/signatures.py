"""Nothing is taken on trust: a request speaks for a wallet app only as far as its signature (RFC 9421) covers it.

Two steps, so that a stranger cannot make the door read megabytes: `head` judges everything that stands in the headers
before the body is read; `digest_refusal` then holds the bytes to the digest (RFC 9530) that the signature covered.
Callers act only on `Signed`, never on the request's own headers.

A signature is over `@target-uri` as built from the door's configured public origin, not from what a proxy or a `Host`
header says: behind a TLS-terminating proxy it stays right, and a signature made for another host never fits.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import http_sf
from http_message_signatures import ContentDigest, HTTPMessageVerifier, HTTPSignatureAlgorithm, InvalidSignature
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from http_message_signatures.resolvers import MappingKeyResolver

from services.intake.problems import Refusal
from services.intake.wallet_keys import Algorithm, WalletKey

TAG = "gubi"
WINDOW = timedelta(seconds=300)
"""How far `created` may be from now, either way; as long is a nonce remembered."""

ALWAYS = ("@method", "@authority", "@target-uri")
WITH_A_BODY = ("content-digest", "content-type")
WHERE_SENT = ("idempotency-key", "gubi-holder")
"""Headers the door acts on: unsigned, they would be anybody's."""

_NONCE = re.compile(r"[\x21-\x7e]{16,128}")
_ALGORITHMS: Mapping[Algorithm, type[HTTPSignatureAlgorithm]] = {
    "ed25519": ED25519,
    "ecdsa-p256-sha256": ECDSA_P256_SHA256,
}


@dataclass(frozen=True)
class Message:
    """A request as it was signed: method in capitals, absolute `url`, headers by lower-case name."""

    method: str
    url: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, method: str, url: str, lines: Iterable[tuple[bytes, bytes]]) -> "Message":
        """Join header lines of one name by commas (RFC 9421 §2.1), so that checker and reader see the same value."""
        joined: dict[str, list[str]] = {}
        for name, value in lines:
            joined.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").strip(" \t"))
        return cls(method, url, {name: ", ".join(values) for name, values in joined.items()})


@dataclass(frozen=True)
class Claims:
    """What a signature says of itself, not yet believed."""

    keyid: str
    algorithm: str | None
    created: int
    expires: int
    nonce: str
    covered: frozenset[str]


@dataclass(frozen=True)
class Signed:
    """What was verified: who signed, when, and the covered header values (`fields`, by lower-case name)."""

    app: str
    keyid: str
    nonce: str
    created: datetime
    fields: Mapping[str, str]


class _Verifier(HTTPMessageVerifier):
    """The library's verifier without its wall clock: `judge` has held the times against the caller's."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Leave the times alone."""


def required(message: Message) -> tuple[str, ...]:
    """Give the components a signature over `message` must cover."""
    body = WITH_A_BODY if message.method == "POST" else ()
    return (*ALWAYS, *body, *(name for name in WHERE_SENT if name in message.headers))


def read_claims(headers: Mapping[str, str]) -> Claims | Refusal:
    """Read the one signature tagged `gubi` out of `Signature-Input`; refuse what is absent or malformed, naming it."""
    if "signature-input" not in headers or "signature" not in headers:
        return Refusal("signature-missing", part="signature-input" if "signature" in headers else "signature")
    try:
        members: Any = http_sf.parse(headers["signature-input"].encode(), tltype="dictionary")
    except (ValueError, TypeError):
        return Refusal("signature-malformed", part="signature-input")
    ours = [(covers, said) for covers, said in members.values() if isinstance(covers, list) and said.get("tag") == TAG]
    if len(ours) != 1:
        return Refusal("signature-malformed" if ours else "signature-missing", part="tag")
    covers, said = ours[0]
    for name, kind in {"keyid": str, "created": int, "expires": int, "nonce": str}.items():
        if type(said.get(name)) is not kind:
            return Refusal("signature-malformed", part=name)
    if not _NONCE.fullmatch(said["nonce"]):
        return Refusal("signature-malformed", part="nonce")
    return Claims(
        keyid=said["keyid"],
        algorithm=said.get("alg"),
        created=said["created"],
        expires=said["expires"],
        nonce=said["nonce"],
        covered=frozenset(name for name, qualifiers in covers if not qualifiers),
    )


def judge(claims: Claims, key: WalletKey | None, message: Message, now: datetime) -> Refusal | None:
    """Hold the claims against the registry, the clock and the rule of what must be covered; None when all is well."""
    instant = now.timestamp()
    if key is None:
        return Refusal("signature-key-unknown", part="keyid")
    if claims.algorithm not in (None, key.algorithm):
        return Refusal("signature-algorithm-mismatch", part="alg")
    if claims.created > instant + WINDOW.total_seconds():
        return Refusal("signature-not-yet-valid", part="created")
    if claims.created < instant - WINDOW.total_seconds():
        return Refusal("signature-expired", part="created")
    if claims.expires < instant:
        return Refusal("signature-expired", part="expires")
    for name in required(message):
        if name not in claims.covered:
            return Refusal("signature-component-missing", part=name)
    return None


class Signatures:
    """Verifies requests to one door."""

    def __init__(self, keys: Mapping[str, WalletKey], origin: str) -> None:
        """Take the registry by `keyid` and the door's public origin, such as `https://gubi.example`."""
        self._keys = keys
        self._origin = origin.rstrip("/")
        public_keys = {name: key.public_key for name, key in keys.items()}
        self._resolver = MappingKeyResolver(public_keys=public_keys, private_keys={})

    def url(self, target: str) -> str:
        """Give the absolute address of a request target (path and query, still encoded) at this door."""
        return self._origin + target

    def head(self, message: Message, now: datetime) -> Signed | Refusal:
        """Verify everything but the body. `now` is aware."""
        claims = read_claims(message.headers)
        if isinstance(claims, Refusal):
            return claims
        key = self._keys.get(claims.keyid)
        refusal = judge(claims, key, message, now)
        if refusal or key is None:
            return refusal or Refusal("signature-key-unknown", part="keyid")
        verifier = _Verifier(signature_algorithm=_ALGORITHMS[key.algorithm], key_resolver=self._resolver)
        try:
            (result,) = verifier.verify(message, max_age=None, expect_tag=TAG)
        except InvalidSignature:
            return Refusal("signature-invalid", part="signature")
        for name in required(message):  # asked of what was verified, not of what was claimed
            if f'"{name}"' not in result.covered_components:
                return Refusal("signature-component-missing", part=name)
        return Signed(
            app=key.app,
            keyid=str(result.parameters["keyid"]),
            nonce=str(result.nonce),
            created=datetime.fromtimestamp(int(result.parameters["created"]), UTC),
            fields={name.strip('"'): value for name, value in result.covered_components.items() if '"@' not in name},
        )


def digest_refusal(signed: Signed, body: bytes) -> Refusal | None:
    """Hold the body to the signed `Content-Digest`: sha-256 or sha-512, and every digest named must fit."""
    try:
        ContentDigest.verify(signed.fields["content-digest"], body)
    except InvalidSignature:
        return Refusal("signature-digest-mismatch", part="content-digest")
    return None
