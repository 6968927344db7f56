"""Carries out endings. Each step is harmless when repeated, and each is found again after a kill.

1. the key is destroyed, at the gate, by the update that owes the event; from here on nothing opens
2. the record of what is destroyed is signed and kept beside the receipt
3. the ciphertexts are swept
4. the erasure log has it, on the disk
5. it is said, and everyone who holds something forgets it

The event owed is what is left to do: it leaves the gate's document only after the fifth, and whoever comes by first,
the handler again or the sweep of what was left behind, goes on from wherever the others were killed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from services.withdrawal.rules import Backups, may_begin, progress, told
from services.withdrawal.store import Progress
from shared.erasures import Ended, Erasure
from shared.errors import Unavailable
from shared.events import Event, WithdrawalRequested
from shared.gate import Accepted
from shared.logs import error_fields
from shared.signing import Signer
from shared.wiring import Wiring

TURN_SECONDS = 10.0
"""How often what is due by the calendar is looked for."""
_BY = "gubi"


@dataclass(frozen=True)
class Erasing:
    """What erasing needs of the world; `publish` waits until the broker has what it is given."""

    wiring: Wiring
    progress: Progress
    signer: Signer
    backups: Backups
    publish: Callable[[Iterable[Event]], Awaitable[None]]

    async def carry_out(self, asked: Sequence[WithdrawalRequested]) -> list[Ended]:
        """Destroy the keys of what was asked, where that may begin; give the events now owed. Raises `Unavailable`."""
        now, gate = self.wiring.clock(), self.wiring.gate
        begun = [event for event in asked if may_begin(event, now)]
        answers = await asyncio.gather(*(gate.finish(event.kind, event.submission_id, cause=event) for event in begun))
        return _owed(answers)

    async def due(self) -> list[Ended]:
        """Destroy the keys of what ends by the calendar; give the events now owed. Raises `Unavailable`."""
        gate = self.wiring.gate
        names = await gate.past_retention()
        expired = await asyncio.gather(*(gate.expire(name) for name in names))
        return await self.carry_out(await gate.past_return()) + _owed(expired)

    async def say(self, events: Iterable[Event]) -> None:
        """Say these endings once all that has to be done before is done. Raises `Unavailable`."""
        ending = [event for event in events if isinstance(event, Ended)]
        names = [event.submission_id for event in ending]
        await self._attest(ending)
        await self.wiring.vault.sweep(names)
        logged = await self.progress.known(names)
        await self.wiring.erasures.append([Erasure.of(one) for one in ending if one.submission_id not in logged])
        now = self.wiring.clock()
        await self.progress.record({event.submission_id: progress(event, now) for event in ending})
        await self.publish(ending)

    async def _attest(self, events: Sequence[Ended]) -> None:
        cases = await self.wiring.gate.cases(event.submission_id for event in events)
        for event in events:
            case = cases.get(event.submission_id)
            if case is not None and case.destruction is None:
                record = told(event, case, self.backups)
                await self.wiring.gate.attest(event.submission_id, self.signer.sign({"iss": _BY, **record}))

    async def run(self, deliver: Callable[[Sequence[Event]], Awaitable[None]]) -> None:
        """Carry out for ever what ends by the calendar, and have it said."""
        log = structlog.get_logger(service="withdrawal")
        while True:
            try:
                while ended := await self.due():
                    await deliver(ended)
            except Unavailable as error:
                log.warning("erasing-waits", **error_fields(error))
            await asyncio.sleep(TURN_SECONDS)


def _owed(answers: Iterable[object]) -> list[Ended]:
    """Give the events of what is in force. A refusal means that nothing was asked of the gate."""
    found = [answer.event for answer in answers if isinstance(answer, Accepted)]
    return [event for event in found if isinstance(event, Ended)]
