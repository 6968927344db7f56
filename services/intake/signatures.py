"""Nothing is taken on trust: a request speaks for a wallet app only as far as its signature (RFC 9421) covers it.

Two steps, so that a stranger cannot make the door read megabytes: `verify` judges everything that stands in the headers
before the body is read; `digest_refusal` then holds the bytes to the digest (RFC 9530) that the signature covered.
Callers act for an app or a holder only on `Signed`. Of the request's own headers they read what gives nobody anything:
how long the body is, and in which language and form to answer.

A signature is over `@target-uri` as built from the door's configured public origin, not from what a proxy or a `Host`
header says: behind a TLS-terminating proxy it stays right, and a signature made for another host never fits.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from http_message_signatures import ContentDigest, HTTPMessageVerifier, HTTPSignatureAlgorithm, InvalidSignature
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from http_message_signatures.resolvers import MappingKeyResolver

from services.intake.claims import COMPONENT, WINDOW, Claims, Message, required
from services.intake.keys.model import Algorithm, WalletKey
from services.intake.problems import Refusal


@dataclass(frozen=True)
class Signed:
    """What was verified: who signed, when, and the covered header values (`fields`, by lower-case name)."""

    app: str
    keyid: str
    nonce: str
    created: datetime
    fields: Mapping[str, str]


class _Differs(InvalidSignature):
    """The signature is not one of this key over this base."""

    def __init__(self, base: bytes) -> None:
        super().__init__("differs")
        self.base = base


def _telling(algorithm: type[HTTPSignatureAlgorithm]) -> type[HTTPSignatureAlgorithm]:
    """Give the algorithm, but so that a failure carries the signature base that was compared."""

    class Telling(algorithm):  # type: ignore[misc, valid-type]
        def verify(self, signature: bytes, message: bytes) -> None:
            try:
                super().verify(signature=signature, message=message)
            except Exception:
                raise _Differs(message) from None

    return Telling


_ALGORITHMS: Mapping[Algorithm, type[HTTPSignatureAlgorithm]] = {
    "ed25519": _telling(ED25519),
    "ecdsa-p256-sha256": _telling(ECDSA_P256_SHA256),
}


class _Verifier(HTTPMessageVerifier):
    """The library's verifier without its wall clock: `judge` has held the times against the caller's."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Leave the times alone."""


def judge(claims: Claims, key: WalletKey | None, message: Message, now: datetime) -> Refusal | None:
    """Hold the claims against the registry, the clock and the rule of what must be covered; None when all is well."""
    instant = now.timestamp()
    if key is None:
        return Refusal("signature-key-unknown", part="keyid")
    standing = key.standing(now)
    if standing != "active":
        return Refusal("signature-key-retired" if standing == "retired" else "signature-key-not-yet", part="keyid")
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
    for name in sorted(claims.covered):
        if not name.startswith("@") and name not in message.headers:
            return Refusal("signature-component-absent", part=name if COMPONENT.fullmatch(name) else "?")
    return None


class Signatures:
    """Verifies requests to one door."""

    def __init__(self, origin: str) -> None:
        """Take the door's public origin, such as `https://gubi.example`."""
        self._origin = origin.rstrip("/")

    def url(self, target: str) -> str:
        """Give the absolute address of a request target (path and query, still encoded) at this door."""
        return self._origin + target

    def verify(self, message: Message, claims: Claims, key: WalletKey | None, now: datetime) -> Signed | Refusal:
        """Verify everything but the body: `claims` are the message's own, `key` the one they name. `now` is aware."""
        refusal = judge(claims, key, message, now)
        if refusal or key is None:
            return refusal or Refusal("signature-key-unknown", part="keyid")
        try:
            result = _verified(message, claims.tag, key)
        except _Differs as differs:
            return self._why(message, claims.tag, key, differs.base)
        except InvalidSignature:
            return Refusal("signature-malformed", part="signature-input")
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

    def _why(self, message: Message, tag: str, key: WalletKey, base: bytes) -> Refusal:
        """Tell as much as can be known: that another address was signed, and in any case what this door compared."""
        shown = {"signature_base": _without_holder(base.decode())}
        for url in self._elsewhere(message):
            try:
                _verified(replace(message, url=url), tag, key)
            except InvalidSignature:
                continue
            facts = {"origin": self._origin}
            return Refusal("signature-address", part="@target-uri", facts=facts, shown={**facts, **shown})
        return Refusal("signature-invalid", part="signature", shown=shown)

    def _elsewhere(self, message: Message) -> Iterator[str]:
        """The addresses an app may have signed by mistake: the one it connected to, with either scheme."""
        host = message.headers.get("host", "")
        target = message.url.removeprefix(self._origin)
        return (url for scheme in ("http", "https") if (url := f"{scheme}://{host}{target}") != message.url)


def _verified(message: Message, tag: str, key: WalletKey) -> Any:
    resolver = MappingKeyResolver(public_keys={key.keyid: key.public_key}, private_keys={})
    verifier = _Verifier(signature_algorithm=_ALGORITHMS[key.algorithm], key_resolver=resolver)
    (result,) = verifier.verify(message, max_age=None, expect_tag=tag)
    return result


def _without_holder(base: str) -> str:
    """Put the wallet address's digest in its place: problems end up in logs, and addresses must not."""
    line = re.compile(r'^("gubi-holder"[^:]*: )(.*)$', re.MULTILINE)
    return line.sub(lambda found: f"{found[1]}sha256:{hashlib.sha256(found[2].encode()).hexdigest()}", base)


def digest_refusal(signed: Signed, body: bytes) -> Refusal | None:
    """Hold the body to the signed `Content-Digest`: sha-256 or sha-512, and every digest named must fit."""
    try:
        ContentDigest.verify(signed.fields["content-digest"], body)
    except InvalidSignature:
        shown = {"computed": ContentDigest.create(body), "bytes": len(body)}
        return Refusal("signature-digest-mismatch", part="content-digest", shown=shown)
    return None
