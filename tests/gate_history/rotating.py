"""The keyring's rotation in the middle of a run: a new key to wrap with, all wrapped anew, the end of the old one."""

import time
from collections import Counter

from shared.clock import utc_now
from shared.vault import rotation
from shared.wiring import Wiring

EVERY = 3.0
"""Seconds from one rotation to the next."""
QUIET = 8.0
"""How long nothing has to have been under a key before it is destroyed: longer than any request here can be late.

`gubi keys destroy` waits for a minute, `shared.vault.rotation.SETTLED_AFTER`.
"""
_PORTION = 100


class Rotations:
    """Does by turns what an operator does by `gubi keys`; counts into `done`."""

    def __init__(self, wiring: Wiring, done: Counter[str]) -> None:
        """Take the store, past the bad network."""
        self._wiring = wiring
        self._done = done
        self._next = time.monotonic() + EVERY
        self._quiet: dict[str, float] = {}

    async def come(self, now: float) -> None:
        """Do what is due."""
        if now < self._next:
            return
        self._next = now + EVERY
        folder, gate = self._wiring.settings.keys, self._wiring.gate
        for kek in self._wiring.keyring.ids[:-1]:
            if await gate.wrapped_under(kek):
                self._quiet.pop(kek, None)
                self._done["wrapped anew"] += (await gate.rewrap(kek, limit=_PORTION)).done
            elif now - self._quiet.setdefault(kek, now) > QUIET:
                rotation.destroy(folder, kek)
                self._done["destroyed"] += 1
        rotation.rotate(folder, utc_now())
        self._done["rotated"] += 1
