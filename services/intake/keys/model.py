"""A wallet app's public key: what is taken for one, and when it holds."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

Algorithm = Literal["ed25519", "ecdsa-p256-sha256"]
"""The two algorithms of RFC 9421 §3.3 that are accepted, by their registered names."""
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

KEYID = r"^[a-z0-9_-]{1,40}-[A-Za-z0-9._-]{1,40}$"
"""The app's id, a hyphen, and a name the app chooses."""

Standing = Literal["active", "not_yet", "retired"]
KeyMistake = Literal["private_key", "not_a_key", "other_kind"]
"""Why a text is no key of ours: a private key was sent, no public key in PEM at all, or neither Ed25519 nor P-256."""


@dataclass(frozen=True)
class WalletKey:
    """A public key and the wallet app it speaks for. Its algorithm is the key's own and never taken from a message."""

    keyid: str
    app: str
    public_key: PublicKey = field(compare=False)
    active_from: datetime
    registered_at: datetime
    registered_by: str
    """`operator`, or the keyid that signed for it."""
    retired_at: datetime | None = None
    """From when on it holds no longer; may lie ahead."""

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm that goes with the key."""
        return "ed25519" if isinstance(self.public_key, Ed25519PublicKey) else "ecdsa-p256-sha256"

    @property
    def pem(self) -> str:
        """SubjectPublicKeyInfo in PEM."""
        return self.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its SubjectPublicKeyInfo, in hex: two keys are the same if this is."""
        return hashlib.sha256(self.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def standing(self, now: datetime) -> Standing:
        """Tell whether it holds at the aware instant `now`."""
        if self.retired_at is not None and self.retired_at <= now:
            return "retired"
        return "active" if self.active_from <= now else "not_yet"


def read_public_key(pem: str) -> PublicKey | KeyMistake:
    """Read a public key in PEM, or tell what is wrong with the text."""
    if "PRIVATE KEY" in pem:
        return "private_key"
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return "not_a_key"
    if isinstance(key, Ed25519PublicKey) or (
        isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    ):
        return key
    return "other_kind"
