"""What a wallet app signs with."""

from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

Algorithm = Literal["ed25519", "ecdsa-p256-sha256"]
"""The two algorithms of RFC 9421 §3.3 that a door takes, by their registered names."""
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


class KeyNotUsable(ValueError):
    """A key that a door would not take: neither Ed25519 nor ECDSA on P-256, or no private key in PEM at all."""


@dataclass(frozen=True)
class AppKey:
    """One key of one wallet app; `keyid` is the name it is registered under, beginning with the app's id and `-`."""

    app: str
    keyid: str
    private_key: PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm that goes with the key."""
        return "ed25519" if isinstance(self.private_key, Ed25519PrivateKey) else "ecdsa-p256-sha256"

    @classmethod
    def generate(cls, app: str, keyid: str, algorithm: Algorithm = "ed25519") -> "AppKey":
        """Make a new key. It is kept nowhere: write `private_pem` where your secrets are kept."""
        made = Ed25519PrivateKey.generate() if algorithm == "ed25519" else generate_private_key(SECP256R1())
        return cls(app, keyid, made)

    @classmethod
    def from_pem(cls, app: str, keyid: str, pem: bytes, password: bytes | None = None) -> "AppKey":
        """Read a private key in PEM. Raises `KeyNotUsable`."""
        try:
            key = load_pem_private_key(pem, password)
        except (ValueError, TypeError):
            raise KeyNotUsable("no private key in PEM, or the password does not fit") from None
        if isinstance(key, Ed25519PrivateKey):
            return cls(app, keyid, key)
        if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
            return cls(app, keyid, key)
        raise KeyNotUsable("only Ed25519 and ECDSA P-256 keys are taken")

    @property
    def private_pem(self) -> bytes:
        """The private key (PKCS #8, PEM, unencrypted)."""
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_pem(self) -> str:
        """The public key (SubjectPublicKeyInfo, PEM): what is registered."""
        return self.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
