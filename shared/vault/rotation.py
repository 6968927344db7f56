"""Rotation of the keyring's file: a new key to wrap with, and the end of an old one."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from shared.files import one_writer
from shared.files import replace as put_in_place
from shared.vault.keyring import FILE, KeyringError, Keys, new_key_id

SETTLED_AFTER = timedelta(minutes=1)
"""How long nothing has to have been under a key before it is destroyed.

No request is as old that read what was under it, or had something wrapped with it that is still on its way.
"""


class Rewrapped(NamedTuple):
    """What came of a portion: where to go on, how many were looked at and wrapped anew, what did not open."""

    after: str | None
    """The last id of the portion; None when there are no more."""
    seen: int = 0
    done: int = 0
    unopenable: tuple[str, ...] = ()


def add(folder: Path) -> Keys:
    """Have a new key there that unwraps, and wraps from the next `rotate` on. One that was added before stays the next.

    Where copies of the file reach services at different times, all of them then know a key before any wraps with it.
    Raises `KeyringError`, `OSError`.
    """
    with one_writer(folder / FILE):
        before = Keys.read(folder)
        after = before if before.following else _with_another(before)
        put_in_place(folder / FILE, after.to_bytes())
    return after


def rotate(folder: Path, now: datetime) -> Keys:
    """Have the key that was added, or else a new one, wrap from now on; all others go on unwrapping.

    Raises `KeyringError`, `OSError`.
    """
    with one_writer(folder / FILE):
        before = Keys.read(folder)
        ready = before if before.following else _with_another(before)
        retired = {**before.retired, before.current: now.isoformat()}
        after = replace(ready, current=str(ready.following), retired=retired, following=None)
        put_in_place(folder / FILE, after.to_bytes())
    return after


def _with_another(keys: Keys) -> Keys:
    name = new_key_id()
    return replace(keys, keys={**keys.keys, name: secrets.token_bytes(32)}, following=name)


def destroy(folder: Path, name: str) -> Keys:
    """Take a key that no longer wraps out of the file. Whatever is under it then opens nowhere, in no backup either.

    Raises `KeyringError` of the current one or one that is not there, `OSError`.
    """
    with one_writer(folder / FILE):
        before = Keys.read(folder)
        if name == before.current:
            raise KeyringError("keyring:key_is_current")
        if name not in before.keys:
            raise KeyringError("keyring:key_unknown")
        left = {other: key for other, key in before.keys.items() if other != name}
        retired = {other: at for other, at in before.retired.items() if other != name}
        following = None if before.following == name else before.following
        after = replace(before, keys=left, retired=retired, following=following)
        put_in_place(folder / FILE, after.to_bytes())
    return after
