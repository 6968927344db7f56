"""Keys: the keyring outside MongoDB, and the seal of one submission."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import GubiError
from shared.files import write_once

Purpose = Literal["certificate", "metadata", "submitter", "facts", "provenance", "screening"]

ALGORITHM = "A256GCM"
PROVIDER = "pyca"
_NONCE = 12


class KeyringError(GubiError):
    """The keyring is missing, unreadable, or lacks the key a record was made with."""


class Unopenable(GubiError):
    """A ciphertext did not open: wrong key, wrong place, or altered bytes."""


@dataclass(frozen=True)
class WrappedKey:
    """A submission's data key under a key-encryption key; what the gate stores and destroys."""

    kek: str
    wrapped: bytes

    def to_document(self) -> dict[str, Any]:
        """Give the form the gate stores, which names algorithm and provider."""
        return {"kek": self.kek, "wrapped": self.wrapped, "alg": ALGORITHM, "provider": PROVIDER}

    @staticmethod
    def from_document(document: dict[str, Any]) -> "WrappedKey":
        """Read `to_document`'s form."""
        return WrappedKey(document["kek"], bytes(document["wrapped"]))


def _encrypt(cipher: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, place)


def _decrypt(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
    except (InvalidTag, ValueError):
        raise Unopenable("vault:unopenable") from None


class Seal:
    """Encrypts and decrypts for one submission. A sealed value opens only in the place it was sealed for.

    A certificate has a key of its own, sealed under its submission's: dropping the one makes that certificate
    unreadable wherever a copy of its ciphertext may be, destroying the other makes all of them so.
    """

    def __init__(self, submission_id: str, key: bytes) -> None:
        """Take the submission and its 32-byte data key."""
        self.submission_id = submission_id
        self._cipher = AESGCM(key)

    def new_certificate(self, blob_id: str) -> tuple["Seal", bytes]:
        """Make a random key for the certificate `blob_id`; give its seal, and the key sealed for the gate."""
        key = secrets.token_bytes(32)
        return Seal(self.submission_id, key), _encrypt(self._cipher, key, self._key_place(blob_id))

    def certificate(self, blob_id: str, sealed_key: bytes) -> "Seal":
        """Give the seal of one certificate. Raises `Unopenable`."""
        return Seal(self.submission_id, _decrypt(self._cipher, sealed_key, self._key_place(blob_id)))

    def _key_place(self, blob_id: str) -> bytes:
        return f"{self.submission_id}|certificate_key|{blob_id}".encode()

    def _place(self, purpose: Purpose, revision: int, name: str) -> bytes:
        return f"{self.submission_id}|{purpose}|{revision}|{name}".encode()

    def seal(self, purpose: Purpose, revision: int, plain: bytes, name: str = "") -> bytes:
        """Encrypt; submission, purpose, revision and name are bound in as additional data."""
        return _encrypt(self._cipher, plain, self._place(purpose, revision, name))

    def open(self, purpose: Purpose, revision: int, sealed: bytes, name: str = "") -> bytes:
        """Decrypt. Raises `Unopenable`."""
        return _decrypt(self._cipher, sealed, self._place(purpose, revision, name))


class Keyring:
    """Key-encryption keys by id (the current one wraps, any of them unwraps) and the secret of keyed tokens."""

    def __init__(self, keys: dict[str, bytes], current: str, token_secret: bytes) -> None:
        """Take 32-byte keys by id, the id of the one to wrap with, and the token secret."""
        if current not in keys:
            raise KeyringError("keyring:current_key_missing")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current = current
        self._token_secret = token_secret

    @staticmethod
    def create(folder: Path) -> "Keyring":
        """Write a new keyring into `folder` unless one is there, readable by its owner alone, and load it."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"kek-{secrets.token_hex(4)}"
        content = {
            "current": name,
            "keys": {name: base64.b64encode(secrets.token_bytes(32)).decode()},
            "token_secret": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        write_once(folder / "keyring.json", json.dumps(content).encode())
        return Keyring.load(folder)

    @staticmethod
    def load(folder: Path) -> "Keyring":
        """Load `folder`/keyring.json. Raises `KeyringError`."""
        try:
            content = json.loads((folder / "keyring.json").read_text())
            keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
            return Keyring(keys, content["current"], base64.b64decode(content["token_secret"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise KeyringError("keyring:missing_or_damaged") from None

    def new_key(self, submission_id: str) -> tuple[Seal, WrappedKey]:
        """Make a random data key for a submission; give its seal, and the key wrapped for the gate."""
        key = secrets.token_bytes(32)
        wrapped = _encrypt(self._ciphers[self._current], key, f"key|{submission_id}".encode())
        return Seal(submission_id, key), WrappedKey(self._current, wrapped)

    def open(self, submission_id: str, key: WrappedKey) -> Seal:
        """Unwrap a submission's key. Raises `KeyringError` when its KEK is gone, `Unopenable` when it does not fit."""
        cipher = self._ciphers.get(key.kek)
        if cipher is None:
            raise KeyringError("keyring:key_destroyed")
        return Seal(submission_id, _decrypt(cipher, key.wrapped, f"key|{submission_id}".encode()))

    def token(self, purpose: str, text: str) -> str:
        """Give a keyed token of `text`: 26 base32 letters, the same each time, telling nothing without the secret."""
        digest = hmac.new(self._token_secret, f"{purpose}|{text}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:17])[:26].decode().lower()

    def seal_public(self, name: str, plain: bytes) -> bytes:
        """Encrypt what belongs to no submission, as the text of a question; bound to `name`."""
        return self._current.encode() + b"|" + _encrypt(self._ciphers[self._current], plain, f"public|{name}".encode())

    def open_public(self, name: str, sealed: bytes) -> bytes:
        """Decrypt `seal_public`. Raises `KeyringError` or `Unopenable`."""
        kek, _, body = sealed.partition(b"|")
        cipher = self._ciphers.get(kek.decode("ascii", "replace"))
        if cipher is None:
            raise KeyringError("keyring:key_destroyed")
        return _decrypt(cipher, body, f"public|{name}".encode())
