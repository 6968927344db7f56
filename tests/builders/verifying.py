"""Verifies a webhook as a receiver does."""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.webhook_keys import PublicKey


def signatures(headers: dict[str, str], version: str) -> list[bytes]:
    found = [one.split(",") for one in headers["webhook-signature"].split(" ")]
    return [base64.b64decode(value) for name, value in found if name == version]


def verifies(public: PublicKey, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver that holds this one key does it, and knows nothing of our code."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.public_key[len("whpk_") :]))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for signature in signatures(headers, "v1a"):
        try:
            key.verify(signature, content)
        except InvalidSignature:
            continue
        return True
    return False
