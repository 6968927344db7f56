"""What Gubi signs for others to keep: compact JWS (RFC 7515) with Ed25519 (RFC 9864), by a key beside the keyring.

A JWS, since holders check it by a library of theirs and the published JWK set (RFC 7517). Checkpoints of the access
log are lines with a signature over the form that the log's hashes are made of (`shared.audit.checkpoints`): nobody but
an examiner of that log reads them. They have a key of their own, which is where the log is written; this one is not.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.errors import GubiError
from shared.files import write_once

FILE, PUBLIC_FILE = "signing.json", "signing-keys.json"
_ALGORITHM = "Ed25519"


class SigningError(GubiError):
    """The signing key, or its public part, is missing or damaged."""


class Signer:
    """The signing key. Whoever has a record checks it by the public part, which the wallets' door publishes."""

    def __init__(self, key: OKPKey, name: str) -> None:
        """Take an Ed25519 key and its id."""
        self._key = key
        self._name = name

    @staticmethod
    def create(folder: Path) -> "Signer":
        """Write a new key into `folder` unless one is there, readable by its owner alone, and its public part.

        Raises `SigningError` where one is there and damaged.
        """
        name = f"sign-{secrets.token_hex(4)}"
        key = OKPKey.generate_key("Ed25519", {"kid": name, "use": "sig", "alg": _ALGORITHM})
        write_once(folder / FILE, json.dumps({"keys": [key.as_dict(private=True)]}).encode())
        signer = Signer.load(folder)
        write_once(folder / PUBLIC_FILE, json.dumps(signer.public()).encode())
        return signer

    @staticmethod
    def load(folder: Path) -> "Signer":
        """Load `folder`/signing.json, a JWK set of one private key. Raises `SigningError`."""
        try:
            [content] = json.loads((folder / FILE).read_text())["keys"]
            return Signer(OKPKey.import_key(content), str(content["kid"]))
        except (OSError, ValueError, KeyError, TypeError, JoseError):
            raise SigningError("signing:missing_or_damaged") from None

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Give a compact JWS over these claims as JSON."""
        header = {"alg": _ALGORITHM, "kid": self._name, "typ": "JWT"}
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        return jws.serialize_compact(header, payload, self._key, algorithms=[_ALGORITHM])

    def public(self) -> dict[str, Any]:
        """Give the public part as a JWK set (RFC 7517)."""
        return {"keys": [self._key.as_dict(private=False)]}


def published(folder: Path) -> dict[str, Any]:
    """Read the public part, a JWK set (RFC 7517), for whom the key is none of. Raises `SigningError`."""
    try:
        keys = KeySet.import_key_set(json.loads((folder / PUBLIC_FILE).read_text()))
        return dict(keys.as_dict(private=False))
    except (OSError, ValueError, KeyError, TypeError, JoseError):
        raise SigningError("signing_keys:missing_or_damaged") from None


def verified(token: str, public: Mapping[str, Any]) -> dict[str, Any]:
    """Give the claims of a compact JWS signed by a key of a public JWK set. Raises `SigningError`."""
    try:
        keys = KeySet.import_key_set(dict(public))  # type: ignore[arg-type]
        found = jws.deserialize_compact(token, keys, algorithms=[_ALGORITHM])
        claims: dict[str, Any] = json.loads(found.payload)
    except (JoseError, ValueError):
        raise SigningError("signing:not_verified") from None
    return claims
