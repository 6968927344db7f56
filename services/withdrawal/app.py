"""Withdrawal: destroy the key, sweep the ciphertext, say so."""

import asyncio
from collections.abc import Sequence

from services.withdrawal.rules import erasures, progress
from services.withdrawal.store import Erasures
from shared.events import SubmissionTakenBack, SubmissionWithdrawn, WithdrawalRequested
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.service import Worker
from shared.settings import Settings
from shared.wiring import Wiring


def build(wiring: Wiring) -> Worker:
    """Wire the service up on a store, its keys and a bus."""
    bus = Bus(wiring.settings, "withdrawal", clock=wiring.clock)
    store = Erasures(wiring.database("withdrawal"))
    outbox = Outbox(wiring.gate.owed, bus.say, [SubmissionTakenBack, SubmissionWithdrawn], wiring.clock)

    @bus.on(WithdrawalRequested)
    async def on_withdrawal_requested(events: Sequence[WithdrawalRequested]) -> None:
        """Carry out take-backs and withdrawals. Killed after any line, the next delivery goes on from there."""
        answers = await asyncio.gather(
            *(wiring.gate.finish(event.kind, event.submission_id, cause=event) for event in events)
        )
        done = erasures(events, answers)
        await wiring.vault.sweep([erasure.submission_id for erasure in done])
        await store.record({erasure.submission_id: progress(erasure, wiring.clock()) for erasure in done})
        await outbox.deliver([erasure.event for erasure in done])

    return Worker(bus, [outbox.run], wiring.open, wiring.store_answers)


def app() -> Worker:
    """Give the real one."""
    return build(Wiring.of(Settings(), service="withdrawal"))
