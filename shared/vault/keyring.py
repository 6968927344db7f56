"""Keys: the keyring outside MongoDB, and the seal of one submission."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import GubiError
from shared.files import Watched, write_once

Purpose = Literal["certificate", "metadata", "submitter", "facts", "provenance", "screening", "correction", "reason"]

ALGORITHM = "A256GCM"
PROVIDER = "pyca"
FILE = "keyring.json"
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


@dataclass(frozen=True)
class Keys:
    """What a keyring file holds: keys by id, which wraps, since when others do not, which is next, and a secret."""

    keys: dict[str, bytes]
    current: str
    token_secret: bytes
    retired: dict[str, str] = field(default_factory=dict)
    following: str | None = None
    """A key that is there so that all who open have it before anybody wraps with it."""

    @staticmethod
    def read(folder: Path) -> "Keys":
        """Read `folder`/keyring.json. Raises `KeyringError`."""
        try:
            content = json.loads((folder / FILE).read_text())
            keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
            secret = base64.b64decode(content["token_secret"])
            found = Keys(keys, content["current"], secret, dict(content.get("retired", {})), content.get("following"))
        except (OSError, ValueError, KeyError, TypeError):
            raise KeyringError("keyring:missing_or_damaged") from None
        if found.current not in found.keys or (found.following or found.current) not in found.keys:
            raise KeyringError("keyring:current_key_missing")
        return found

    def to_bytes(self) -> bytes:
        """Give the file's content."""
        keys = {name: base64.b64encode(key).decode() for name, key in self.keys.items()}
        secret = base64.b64encode(self.token_secret).decode()
        content = {"current": self.current, "keys": keys, "token_secret": secret, "retired": self.retired}
        return json.dumps(content | ({"following": self.following} if self.following else {})).encode()


class Keyring:
    """Key-encryption keys by id (the current one wraps, any of them unwraps) and the secret of keyed tokens.

    One that was loaded looks whether its file was changed whenever it is used, so that a rotation needs no restart.
    """

    def __init__(self, file: Watched[Keys]) -> None:
        """Take the file's keys, as they are whenever it is asked."""
        self._file = file
        self._hold(file.current())

    def _hold(self, keys: Keys) -> None:
        self._keys = keys
        self._ciphers = {name: AESGCM(key) for name, key in keys.keys.items()}
        self._current = keys.current
        self._token_secret = keys.token_secret

    @staticmethod
    def create(folder: Path) -> "Keyring":
        """Write a new keyring into `folder` unless one is there, readable by its owner alone, and load it."""
        folder.mkdir(parents=True, exist_ok=True)
        name = new_key_id()
        fresh = Keys({name: secrets.token_bytes(32)}, name, secrets.token_bytes(32))
        write_once(folder / FILE, fresh.to_bytes())
        return Keyring.load(folder)

    @staticmethod
    def load(folder: Path) -> "Keyring":
        """Load `folder`/keyring.json. Raises `KeyringError`."""
        return Keyring(Watched(folder / FILE, lambda path: Keys.read(path.parent)))

    def _look_again(self) -> None:
        now = self._file.current()
        if now is not self._keys:
            self._hold(now)

    def _cipher(self, kek: str) -> AESGCM:
        self._look_again()
        cipher = self._ciphers.get(kek)
        if cipher is None:
            raise KeyringError("keyring:key_destroyed")
        return cipher

    def holds(self, kek: str) -> bool:
        """Tell whether the key-encryption key of this id is there."""
        self._look_again()
        return kek in self._ciphers

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys; the current one last."""
        self._look_again()
        return (*(name for name in self._ciphers if name != self._current), self._current)

    def new_key(self, submission_id: str) -> tuple[Seal, WrappedKey]:
        """Make a random data key for a submission; give its seal, and the key wrapped for the gate."""
        key = secrets.token_bytes(32)
        return Seal(submission_id, key), self._wrap(submission_id, key)

    def open(self, submission_id: str, key: WrappedKey) -> Seal:
        """Unwrap a submission's key. Raises `KeyringError` when its KEK is gone, `Unopenable` when it does not fit."""
        return Seal(submission_id, self._unwrap(submission_id, key))

    def rewrap(self, submission_id: str, key: WrappedKey) -> WrappedKey:
        """Wrap a submission's key with the current KEK instead. Raises as `open` does."""
        return self._wrap(submission_id, self._unwrap(submission_id, key))

    def _wrap(self, submission_id: str, key: bytes) -> WrappedKey:
        self._look_again()
        wrapped = _encrypt(self._ciphers[self._current], key, f"key|{submission_id}".encode())
        return WrappedKey(self._current, wrapped)

    def _unwrap(self, submission_id: str, key: WrappedKey) -> bytes:
        return _decrypt(self._cipher(key.kek), key.wrapped, f"key|{submission_id}".encode())

    def token(self, purpose: str, text: str) -> str:
        """Give a keyed token of `text`: 26 base32 letters, the same each time, telling nothing without the secret."""
        digest = hmac.new(self._token_secret, f"{purpose}|{text}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:17])[:26].decode().lower()

    def seal_public(self, name: str, plain: bytes) -> bytes:
        """Encrypt what belongs to no submission, as the text of a question; bound to `name`."""
        self._look_again()
        return self._current.encode() + b"|" + _encrypt(self._ciphers[self._current], plain, f"public|{name}".encode())

    def open_public(self, name: str, sealed: bytes) -> bytes:
        """Decrypt `seal_public`. Raises `KeyringError` or `Unopenable`."""
        body = sealed.partition(b"|")[2]
        return _decrypt(self._cipher(sealed_under(sealed)), body, f"public|{name}".encode())


def new_key_id() -> str:
    """Give a fresh id for a key-encryption key."""
    return f"kek-{secrets.token_hex(4)}"


def sealed_under(sealed: bytes) -> str:
    """Give the id of the key that `seal_public` used."""
    return sealed.partition(b"|")[0].decode("ascii", "replace")
