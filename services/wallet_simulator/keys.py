"""Keys of the six fake wallet apps: private ones here, public ones in the registry the intake door reads.

For development and tests only. A real wallet app makes its own key and gives the operator the public half.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.files import write_once

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey

ALGORITHMS: Mapping[str, str] = MappingProxyType(
    {
        "gov24": "ed25519",
        "naver": "ed25519",
        "kakao": "ecdsa-p256-sha256",
        "shinhan": "ecdsa-p256-sha256",
        "toss": "ed25519",
        "seoul": "ed25519",
    }
)
"""The six apps, and the algorithm each fake one signs by: both that the door accepts are in use."""


@dataclass(frozen=True)
class AppKey:
    """What one wallet app signs with."""

    app: str
    keyid: str
    algorithm: str
    private_key: PrivateKey


def _key(folder: Path, app: str, algorithm: str) -> PrivateKey:
    path = folder / f"{app}.pem"
    if not path.exists():
        made = Ed25519PrivateKey.generate() if algorithm == "ed25519" else generate_private_key(SECP256R1())
        write_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey)
    return key


def _public(key: AppKey) -> dict[str, str]:
    pem = key.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {"keyid": key.keyid, "app": key.app, "alg": key.algorithm, "public_key": pem}


def ensure_wallet_keys(folder: Path) -> Mapping[str, AppKey]:
    """Make what is missing and give each app's key, by app.

    Private keys stand in `folder`/wallet-apps/<app>.pem, readable by their owner alone, and are kept once made; the
    public registry in `folder`/wallets.json is written anew from them.
    """
    private = folder / "wallet-apps"
    private.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = {
        app: AppKey(app, f"{app}-1", algorithm, _key(private, app, algorithm)) for app, algorithm in ALGORITHMS.items()
    }
    draft = folder / f".wallets-{secrets.token_hex(4)}"
    draft.write_text(json.dumps({"keys": [_public(key) for key in keys.values()]}, indent=2) + "\n")
    draft.replace(folder / "wallets.json")
    return keys
