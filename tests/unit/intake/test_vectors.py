"""The signature vectors: what stands in the file is what our verifier says, and what plain cryptography says."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from services.intake.claims import Message, read_claims
from services.intake.keys.model import WalletKey, read_public_key
from services.intake.problems import Refusal
from services.intake.problems.signing import SIGNING
from services.intake.signatures import Signatures, digest_refusal
from tests.builders import vectors

FILE = Path(__file__).parents[3] / "docs/wallets/signature-vectors.json"
DOCUMENT = json.loads(FILE.read_text())
VECTORS = DOCUMENT["vectors"]
NOW = datetime.fromtimestamp(DOCUMENT["now"], UTC)
NAMES = [vector["name"] for vector in VECTORS]


def test_the_file_is_what_the_generator_makes() -> None:
    assert FILE.read_text() == vectors.text()


def test_every_way_a_signature_can_fail_is_among_them_but_the_one_that_takes_memory() -> None:
    assert {vector["code"] for vector in VECTORS} - {None} == {row.code for row in SIGNING} - {"signature-replayed"}
    assert len(set(NAMES)) == len(NAMES)


def instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def known() -> dict[str, WalletKey]:
    found = {}
    for key in DOCUMENT["keys"]:
        public_key = read_public_key(key["public_key"])
        assert not isinstance(public_key, str)
        if key["registered"] or key["keyid"] == "sample-new":
            since = instant(key["active_from"]) or NOW
            found[key["keyid"]] = WalletKey(
                key["keyid"], key["app"], public_key, since, since, "operator", instant(key["retired_at"])
            )
    return found


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_our_verifier_says_what_stands_there(vector: dict[str, Any]) -> None:
    request, body = vector["request"], b64decode(vector["request"]["body_base64"])
    lines = [(name.encode(), value.encode()) for name, value in request["headers"].items()]
    message = Message.of(request["method"], request["url"], lines)
    found = read_claims(message.headers, vector["tag"])
    if not isinstance(found, Refusal):
        signed = Signatures(DOCUMENT["origin"]).verify(message, found, known().get(found.keyid), NOW)
        found = signed if isinstance(signed, Refusal) or not body else digest_refusal(signed, body)  # type: ignore[assignment]
    refusal = found if isinstance(found, Refusal) else None
    said = (refusal.code, refusal.part) if refusal else (None, None)
    assert said == (vector["code"], vector["part"])
    assert vector["verdict"] == ("refused" if refusal else "accepted")
    if refusal is not None and "signature_base" in refusal.shown and "gubi-holder" not in message.headers:
        assert refusal.shown["signature_base"] == vector["signature_base"]


def fits(public_key: str, signature: bytes, base: bytes) -> bool:
    """Whether it is the key's signature over the base: two lines of anybody's library, and nothing of ours."""
    key = load_pem_public_key(public_key.encode())
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, base)
        elif isinstance(key, EllipticCurvePublicKey) and len(signature) == 64:
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            key.verify(encode_dss_signature(r, s), base, ECDSA(SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


# Refused although the signature is right over what the door compared: for its time, its key, or what it leaves out.
RIGHT_BUT_REFUSED = {
    "signature-expired",
    "signature-not-yet-valid",
    "signature-key-retired",
    "signature-key-not-yet",
    "signature-key-unknown",
    "signature-component-missing",
    "signature-digest-mismatch",
}


@pytest.mark.parametrize("vector", [one for one in VECTORS if one["signature_base"]], ids=lambda one: one["name"])
def test_plain_cryptography_agrees_over_the_signature_base(vector: dict[str, Any]) -> None:
    named = next(key for key in DOCUMENT["keys"] if f'keyid="{key["keyid"]}"' in vector["signature_base"])
    right = fits(named["public_key"], b64decode(vector["signature_base64"]), vector["signature_base"].encode())
    if vector["code"] in (None, *RIGHT_BUT_REFUSED):
        assert right
    elif vector["code"] in (
        "signature-invalid",
        "signature-address",
        "signature-length",
        "signature-algorithm-mismatch",
    ):
        assert not right
