"""Checkpoints: signed heads of strands, in files outside MongoDB, which only ever grow.

Whoever owns the database can write the whole chain anew, or cut its end off; a checkpoint says what it was. A folder
that the database's owner can write to as well proves less: ship the files elsewhere. The last line of a strand that was
dropped by the rule of retention says so.
"""

import base64
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from shared.audit.chain import Head, canonical, told
from shared.errors import GubiError
from shared.files import growing, write_all, write_once

_PRIVATE, _PUBLIC = "audit.key", "audit.pub"
_PURPOSE = "gubi-access-log-checkpoint-1"


class AuditKeyError(GubiError):
    """The key that checkpoints are signed or checked by is missing or unreadable."""


@dataclass(frozen=True)
class Signed:
    """One line of a checkpoint file."""

    strand: int
    entry: int
    hash: str
    at: str
    final: bool
    """Whether the strand ends here: its process stopped cleanly, or gave it up."""
    dropped: str = ""
    """The rule by which the strand was dropped from the store at this instant, as far as that; else empty."""
    opening: str = ""
    """The hash of its opening, which the next strand's opening follows, where it was dropped."""
    genuine: bool = True
    """Whether the signature holds."""

    @property
    def said(self) -> dict[str, Any]:
        """What it says, without its signature and without what it leaves empty."""
        return {name: value for name, value in asdict(self).items() if name != "genuine" and value != ""}

    @property
    def content(self) -> bytes:
        """What is signed."""
        return canonical({"purpose": _PURPOSE, **self.said})


_NOT_OURS = Signed(0, 0, "", "", final=False, genuine=False)


class CheckpointSigner:
    """Signs heads."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Take the private key."""
        self._key = key

    @staticmethod
    def create(folder: Path) -> None:
        """Write a new key pair into `folder` unless one is there, the private one readable by its owner alone."""
        folder.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        write_once(folder / _PRIVATE, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = CheckpointSigner.load(folder)._key.public_key()
        write_once(folder / _PUBLIC, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    @staticmethod
    def load(folder: Path) -> "CheckpointSigner":
        """Load `folder`/audit.key. Raises `AuditKeyError`."""
        try:
            key = load_pem_private_key((folder / _PRIVATE).read_bytes(), None)
        except (OSError, ValueError, TypeError):
            raise AuditKeyError("audit_key:missing_or_damaged") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise AuditKeyError("audit_key:not_ed25519")
        return CheckpointSigner(key)

    def line(self, head: Head, at: datetime, *, final: bool) -> bytes:
        """Give the line that says a strand was written as far as `head`."""
        return self._line(Signed(head.strand, head.entry, head.hash, told(at), final))

    def dropping(self, head: Head, opening: str, at: datetime, rule: str) -> bytes:
        """Give the line that says a strand, written as far as `head`, is dropped by a rule."""
        return self._line(Signed(head.strand, head.entry, head.hash, told(at), True, dropped=rule, opening=opening))

    def _line(self, signed: Signed) -> bytes:
        signature = base64.b64encode(self._key.sign(signed.content)).decode()
        return json.dumps({**signed.said, "signature": signature}).encode() + b"\n"


def append(folder: Path, strand: int, line: bytes) -> None:
    """Add a line to a strand's file, on the disk before this returns. Raises `OSError`.

    Where a crash or a full disk tore the last one, this one begins behind it.
    """
    with growing(folder / f"{strand:08}.jsonl") as file:
        size = os.fstat(file).st_size
        torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        write_all(file, b"\n" + line if torn else line)


def read(folder: Path, keys: Path, strands: Collection[int] | None = None) -> dict[int, list[Signed]]:
    """Read the checkpoints by strand, of all or of these, each told whether it is genuine by the public key in `keys`.

    A line that was cut short, by a crash or a full disk, is passed over: its checkpoint was never made. It is no
    JSON, and what is no JSON proves nothing, as a line that was taken out does. Raises `AuditKeyError`.
    """
    try:
        key = load_pem_public_key((keys / _PUBLIC).read_bytes())
    except (OSError, ValueError):
        raise AuditKeyError("audit_key:missing_or_damaged") from None
    if not isinstance(key, Ed25519PublicKey):
        raise AuditKeyError("audit_key:not_ed25519")
    return {
        int(path.stem): list(_lines(path, int(path.stem), key))
        for path in sorted(folder.glob("*.jsonl"))
        if path.stem.isdecimal() and (strands is None or int(path.stem) in strands)
    }


def _lines(path: Path, strand: int, key: Ed25519PublicKey) -> Iterator[Signed]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        yield _checked(said, strand, key)


def _checked(said: Any, strand: int, key: Ed25519PublicKey) -> Signed:
    try:
        signature = base64.b64decode(said.pop("signature"))
        signed = Signed(**said)
        key.verify(signature, signed.content)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
        return _NOT_OURS
    return signed if signed.strand == strand else _NOT_OURS
