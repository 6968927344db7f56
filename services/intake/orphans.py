"""Sweeps certificates that no submission names: a loser's, an original that was replaced, or from before a crash."""

from datetime import timedelta

import structlog

from shared.clock import Clock
from shared.gate import Gate
from shared.service import ever_again
from shared.vault import Vault

YOUNGEST = timedelta(hours=1)
"""Longer than any request lives, so that what is only about to be named is left alone."""
STRETCH = timedelta(hours=3)
PAUSE_SECONDS = 600.0


class Orphans:
    """The sweep."""

    def __init__(self, gate: Gate, vault: Vault, clock: Clock) -> None:
        """Take what stores certificates, and what names them."""
        self._gate = gate
        self._vault = vault
        self._clock = clock

    async def sweep(self) -> int:
        """Delete orphans of the stretch before the youngest; give how many. Raises `Unavailable`."""
        end = self._clock() - YOUNGEST
        stored = await self._vault.certificates_between(end - STRETCH, end)
        orphans = stored.keys() - await self._gate.named(set(stored.values()))
        if orphans:
            await self._vault.drop_certificates(orphans)
        return len(orphans)

    async def run(self) -> None:
        """Sweep ever again; stretches overlap, so that one missed turn leaves nothing behind."""

        async def sweep() -> None:
            if count := await self.sweep():
                structlog.get_logger(service="intake").info("orphans-swept", count=count)

        await ever_again(sweep, PAUSE_SECONDS, service="intake", waits="orphans-wait")()
