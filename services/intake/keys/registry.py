"""The keys as one door holds them in memory: read again when they are old, or when one is asked for that is not there.

A stranger who invents key ids makes the door ask the store once a second, and not once a request. While the store is
away a key that was known goes on being known: nothing is accepted by it, since every request's nonce is kept there, but
the door can still read what is asked for and say what to do instead.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

from services.intake.keys.model import WalletKey
from services.intake.keys.store import KeyStore
from shared.clock import Clock
from shared.errors import Unavailable
from shared.mongo import within

OLD_AFTER = 5.0
"""Seconds; so long may a door go on accepting a key that was retired at another door or by the operator."""
MISSED_AFTER = 1.0
"""Seconds after which a key that is not there is looked for again, or a store that was away."""
PATIENCE = 1.0
"""Seconds for the store to answer in: less than the door's own patience, which comes on top of it."""


class Registry:
    """One door's view of the keys."""

    def __init__(
        self,
        store: KeyStore,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        patience: float = PATIENCE,
    ) -> None:
        """Take where they stand, the clocks, and how many seconds the store has to answer in."""
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._patience = patience
        self._keys: Mapping[str, WalletKey] = {}
        self._read_at: float | None = None
        self._away_at = float("-inf")
        self._reading = asyncio.Lock()

    async def find(self, keyid: str) -> WalletKey | None:
        """Give a key by its id, whether or not it holds at present. Raises `Unavailable` where none can be known."""
        if self._stale(keyid):
            async with self._reading:
                if self._stale(keyid):
                    await self._read(keyid)
        return self._keys.get(keyid)

    async def _read(self, keyid: str) -> None:
        now = self._monotonic()
        if now - self._away_at >= MISSED_AFTER:  # else it was asked a moment ago, and whoever waited need not again
            try:
                with within(self._patience):
                    self._keys = await self._store.known(self._clock())
            except Unavailable:
                self._away_at = self._monotonic()
            else:
                self._read_at = now
                return
        if keyid not in self._keys:
            raise Unavailable("wallet_keys:away")

    def forget(self) -> None:
        """Read again at the next request: something was changed here."""
        self._read_at = None

    def _stale(self, keyid: str) -> bool:
        if self._read_at is None:
            return True
        return self._monotonic() - self._read_at > (OLD_AFTER if keyid in self._keys else MISSED_AFTER)
