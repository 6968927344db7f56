"""Tries every key there is on every ciphertext there is. Pure, but for the keyring it is given."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from shared.errors import GubiError
from shared.vault import Keyring, Purpose, Seal, WrappedKey

_SHORTEST = 12 + 16
"""Bytes of a nonce and a tag: nothing sealed is shorter."""
_PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
_MOST_REVISIONS = 9

Place = tuple[str, str]
"""Where a document is (database and collection), and which it is."""


@dataclass
class Ciphertext:
    """A binary value that may be sealed, and the names it may be sealed under."""

    where: str
    sealed: bytes
    names: frozenset[str]


@dataclass
class Lock:
    """What was found of one submission: the keys that open, and the ciphertexts to be tried on them."""

    submission_id: str
    keyring: Keyring
    seals: list[tuple[str, Seal]] = field(default_factory=list)
    ciphertexts: list[Ciphertext] = field(default_factory=list)
    tried: int = 0

    def take(self, where: str, document: Mapping[str, Any]) -> None:
        """Take in one document: each binary value in it may be the submission's key, or sealed under it.

        A key is tried whatever document it stands in; a ciphertext where the document names the submission.
        """
        names = frozenset(_texts(document)) | {""}
        about = any(self.submission_id in text for text in names)
        for sealed in _binaries(document):
            if len(sealed) < _SHORTEST:
                continue
            for kek in self.keyring.ids:
                self.tried += 1
                try:
                    self.seals.append((where, self.keyring.open(self.submission_id, WrappedKey(kek, sealed))))
                except GubiError:
                    continue
            if about:
                self.ciphertexts.append(Ciphertext(where, sealed, names))

    def opening(self) -> Iterator[str]:
        """Give where something opens: every place once for each value of it."""
        seals = [seal for _, seal in self.seals]
        for where, _ in self.seals:
            yield where
        own = [seal for one in self.ciphertexts for name in one.names for seal in self._certificates(one, name, seals)]
        for one in self.ciphertexts:
            if any(self._opens(seal, one) for seal in (*seals, *own)):
                yield one.where

    def _certificates(self, one: Ciphertext, blob_id: str, seals: list[Seal]) -> Iterator[Seal]:
        if not re.fullmatch(r"[0-9a-f]{32}", blob_id):
            return
        for seal in seals:
            self.tried += 1
            try:
                yield seal.certificate(blob_id, one.sealed)
            except (GubiError, ValueError):
                continue

    def _opens(self, seal: Seal, one: Ciphertext) -> bool:
        for name in one.names:
            for purpose in _PURPOSES:
                for revision in range(1, _MOST_REVISIONS):
                    self.tried += 1
                    try:
                        seal.open(purpose, revision, one.sealed, name)
                    except GubiError:
                        continue
                    return True
        return False


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a document, and the parts of ids that are put together of several."""
    if isinstance(value, str):
        yield value
        yield from ("|".join(value.split("|")[at:]) for at in range(1, value.count("|") + 1))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield str(name)
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _binaries(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield bytes(value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _binaries(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _binaries(part)


def names(document: Any, submission_id: str) -> bool:
    """Tell whether a document names the submission, in a field, a value or an id."""
    return any(submission_id in text for text in _texts(document))
