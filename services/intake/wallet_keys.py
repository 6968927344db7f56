"""Whose signatures the door accepts: the registry of the wallet apps' public keys, a JSON file an operator keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field

from shared.errors import GubiError

Algorithm = Literal["ed25519", "ecdsa-p256-sha256"]
"""The two algorithms of RFC 9421 §3.3 that are accepted, by their registered names."""


class WalletKeysError(GubiError):
    """The registry of wallet keys is missing or malformed."""


@dataclass(frozen=True)
class WalletKey:
    """A public key and the wallet app it speaks for. Its algorithm is fixed here and never taken from a message."""

    keyid: str
    app: str
    algorithm: Algorithm
    public_key: Ed25519PublicKey | EllipticCurvePublicKey


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keyid: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    app: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    alg: Algorithm
    public_key: str
    """SubjectPublicKeyInfo in PEM."""


class _Registry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[_Entry, ...]


def _opened(entry: _Entry) -> WalletKey:
    key = load_pem_public_key(entry.public_key.encode())
    if entry.alg == "ed25519" and isinstance(key, Ed25519PublicKey):
        return WalletKey(entry.keyid, entry.app, entry.alg, key)
    if (
        entry.alg == "ecdsa-p256-sha256"
        and isinstance(key, EllipticCurvePublicKey)
        and isinstance(key.curve, SECP256R1)
    ):
        return WalletKey(entry.keyid, entry.app, entry.alg, key)
    raise ValueError(f"wallet key {entry.keyid}: the key is not one for {entry.alg}")


def load_wallet_keys(path: Path) -> Mapping[str, WalletKey]:
    """Read the registry `{"keys": [{"keyid", "app", "alg", "public_key"}]}` and give its keys by `keyid`.

    An app may have several keys, so that it can change them without a pause. Raises `WalletKeysError` when the file
    cannot be read, an entry is malformed, its key does not fit its algorithm, or a `keyid` stands twice: the door must
    not open with half a registry.
    """
    try:
        entries = _Registry.model_validate_json(path.read_bytes()).keys
        keys = {entry.keyid: _opened(entry) for entry in entries}
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise WalletKeysError("wallet_keys:missing_or_malformed") from None
    if len(keys) != len(entries):
        raise WalletKeysError("wallet_keys:keyid_stands_twice")
    return keys
