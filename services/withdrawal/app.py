"""Withdrawal: destroy the key, attest it, sweep the ciphertext, write it into the erasure log, say so."""

from collections.abc import Sequence

from services.withdrawal.erasing import Erasing
from services.withdrawal.rules import Backups
from services.withdrawal.store import Progress
from shared.events import SubmissionExpired, SubmissionTakenBack, SubmissionWithdrawn, WithdrawalRequested
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.service import Worker
from shared.settings import Settings
from shared.signing import Signer
from shared.wiring import Wiring


def build(wiring: Wiring, signer: Signer) -> Worker:
    """Wire the service up on a store, its keys, a bus, and what signs the records of destruction."""
    settings = wiring.settings
    bus, store = Bus(settings, "withdrawal", clock=wiring.clock), Progress(wiring.database("withdrawal"))
    erasing = Erasing(wiring, store, signer, Backups(settings.backup_days, settings.key_days), bus.say)
    endings = [SubmissionTakenBack, SubmissionWithdrawn, SubmissionExpired]
    outbox = Outbox(wiring.gate.owed, erasing.say, endings, wiring.clock)

    @bus.on(WithdrawalRequested)
    async def on_withdrawal_requested(events: Sequence[WithdrawalRequested]) -> None:
        """Carry out take-backs and withdrawals. Killed after any line, the next delivery goes on from there."""
        await outbox.deliver(await erasing.carry_out(events))

    loops = [outbox.run, lambda: erasing.run(outbox.deliver)]
    return Worker(bus, loops, lambda: wiring.open(store), wiring.store_answers, wiring.drain)


def app() -> Worker:
    """Give the real one. Raises where keyring or signing key are missing."""
    settings = Settings()
    return build(Wiring.of(settings, service="withdrawal"), Signer.load(settings.keys))
