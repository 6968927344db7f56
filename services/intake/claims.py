"""What a signature (RFC 9421) says of itself, read out of the two headers and not yet believed."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import http_sf

from services.intake.problems import Refusal

TAG = "gubi"
NEW_KEY_TAG = "gubi-new-key"
"""Of the second signature over a request that registers a key: by that key."""
WINDOW = timedelta(seconds=300)
"""How far `created` may be from now, either way; as long is a nonce remembered."""

ALWAYS = ("@method", "@authority", "@target-uri")
WITH_A_BODY = ("content-digest", "content-type")
WHERE_SENT = ("idempotency-key", "gubi-holder")
"""Headers the door acts on: unsigned, they would be anybody's."""

_LENGTH = 64
"""Bytes of a signature: of Ed25519, and of ECDSA on P-256 as r and s side by side (RFC 9421 §3.3.4)."""
_NONCE = re.compile(r"[\x21-\x7e]{16,128}")
COMPONENT = re.compile(r"@?[a-z0-9-]{1,40}")
_PARAMETERS = frozenset({"alg", "created", "expires", "keyid", "nonce", "tag"})


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

    tag: str
    keyid: str
    algorithm: str | None
    created: int
    expires: int
    nonce: str
    covered: frozenset[str]
    """Names of the components covered as a whole; one covered in part is not among them."""


def required(message: Message) -> tuple[str, ...]:
    """Give the components a signature over `message` must cover."""
    body = WITH_A_BODY if message.method == "POST" else ()
    return (*ALWAYS, *body, *(name for name in WHERE_SENT if name in message.headers))


def read_claims(headers: Mapping[str, str], tag: str = TAG) -> Claims | Refusal:
    """Read the one signature with this tag out of the two headers; refuse what is absent or malformed, naming it."""
    if "signature-input" not in headers or "signature" not in headers:
        missing = "signature-input" if "signature" in headers else "signature"
        return Refusal("signature-missing", part=missing, facts={"tag": tag})
    inputs, signatures = _members(headers["signature-input"]), _members(headers["signature"])
    if inputs is None or signatures is None or inputs.keys() != signatures.keys():
        return Refusal("signature-malformed", part="signature" if inputs is not None else "signature-input")
    ours = [label for label, (covers, said) in inputs.items() if isinstance(covers, list) and said.get("tag") == tag]
    if not ours:
        return Refusal("signature-missing", part="tag", facts={"tag": tag})
    if len(ours) > 1:
        return Refusal("signature-malformed", part="tag")
    signature, _ = signatures[ours[0]]
    if not isinstance(signature, bytes):
        return Refusal("signature-malformed", part="signature")
    if base64.b64encode(signature).decode() not in headers["signature"]:
        return Refusal("signature-malformed", part="signature")  # one signature has one spelling
    if len(signature) != _LENGTH:
        lengths = {"expected_bytes": _LENGTH, "bytes": len(signature)}
        return Refusal("signature-length", part="signature", facts={"bytes": str(len(signature))}, shown=lengths)
    return _claims(*inputs[ours[0]], tag)


def _claims(covers: Any, said: Mapping[str, Any], tag: str) -> Claims | Refusal:
    for name, kind in {"keyid": str, "created": int, "expires": int, "nonce": str}.items():
        if type(said.get(name)) is not kind:
            return Refusal("signature-malformed", part=name)
    if not _NONCE.fullmatch(said["nonce"]):
        return Refusal("signature-malformed", part="nonce")
    if not said.keys() <= _PARAMETERS:
        return Refusal("signature-malformed", part="signature-input")
    return Claims(
        tag=tag,
        keyid=said["keyid"],
        algorithm=said.get("alg"),
        created=said["created"],
        expires=said["expires"],
        nonce=said["nonce"],
        covered=frozenset(name for name, qualifiers in covers if type(name) is str and not qualifiers),
    )


def _members(header: str) -> dict[str, tuple[Any, dict[str, Any]]] | None:
    """Read a structured dictionary (RFC 9651); None when it is none, or a label stands in it twice."""

    def twice(_key: str, context: str) -> None:
        if context == "dictionary":
            raise ValueError("twice")

    try:
        found: Any = http_sf.parse(header.encode(), tltype="dictionary", on_duplicate_key=twice)
    except (ValueError, TypeError):
        return None
    return dict(found)
