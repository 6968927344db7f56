"""What a holder does whose office asks for a better certificate (보완): has it issued anew, and sends it by that app.

The app learns of it by the webhook alone, as a real one does. It says by when and not what: so everything that was sent
is issued anew and sent. The same webhook again sends nothing again: its id is the idempotency key.
"""

import asyncio
import hashlib

import structlog

from gubi_wallet import Certificate, Problem
from services.wallet_simulator.inbox import Notice
from services.wallet_simulator.issuing import NewCertificate, Press
from services.wallet_simulator.sending import Apps, through
from services.wallet_simulator.world import No, Sent, World

_TRIES = 5
_PAUSE = 1.0
"""Seconds before the door is tried again at first; twice as long each time."""


class Answering:
    """The holders who are asked."""

    def __init__(self, world: World, apps: Apps, press: Press, seconds: float) -> None:
        """Take everybody, what they send by, who issues to them, and how long they take to get to it."""
        self._world, self._apps, self._press, self._seconds = world, apps, press, seconds
        self._answers: set[asyncio.Task[None]] = set()

    def told(self, notice: Notice) -> None:
        """Let the holder answer what their app has just been told, where it asks for something. Returns at once."""
        sent = self._world.sent.get(notice.submission_id)
        if notice.notice == "supplement_asked" and notice.times == 1 and sent is not None:
            answer = asyncio.create_task(self._answer(notice, sent))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    @property
    def busy(self) -> bool:
        """Whether somebody has yet to answer."""
        return bool(self._answers)

    async def close(self) -> None:
        """Let those who have not answered be."""
        for answer in self._answers:
            answer.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def _answer(self, notice: Notice, sent: Sent) -> None:
        await asyncio.sleep(self._seconds)
        holder = self._world.holder(sent.holder_id)
        seed = int(hashlib.sha256(notice.webhook_id.encode()).hexdigest()[:6], 16)
        samples = [await self._press.issue(NewCertificate(kind=kind, seed=seed), holder.person) for kind in sent.kinds]
        better = [Certificate(kept.kind, kept.pdf) for kept in (self._world.keep(holder, one) for one in samples)]
        for attempt in range(_TRIES):
            try:
                await through(
                    self._apps.client(notice.app).supplement(
                        notice.submission_id, holder.address or "", better, idempotency_key=notice.webhook_id
                    )
                )
                return
            except No:  # the door is away
                await asyncio.sleep(_PAUSE * 2**attempt)
            except Problem as refused:  # decided, withdrawn or answered meanwhile
                structlog.get_logger().info("supplement-refused", code=refused.code)
                return
