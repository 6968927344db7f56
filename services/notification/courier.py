"""Delivers what is due: a loop for each wallet app, so that a slow or dead one is waited for by nobody else.

Several processes may run: a delivery is claimed under a lease, and when its holder dies another takes it once that has
run out. The webhook's id stays the same, which is how the app knows a double.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

import structlog

from services.notification.attempts import Policy, verdict
from services.notification.rules import Known, payload, wanted
from services.notification.store import Notices, Queue
from services.notification.wallets import Outgoing, WalletLine
from shared.clock import Clock
from shared.errors import Unavailable
from shared.logs import error_fields
from shared.outbox import Outbox

AT_ONCE = 16
"""Webhooks under way to one wallet app from one process."""
LEASE = timedelta(seconds=30)
"""Longer than a turn takes: a look-up and a request of five seconds each, and the store."""
LOOK_SECONDS = 1.0
"""How often an idle loop looks for what has become due or was left by another process."""


class Courier:
    """Carries notices to the wallet apps."""

    def __init__(
        self,
        queue: Queue,
        notices: Notices,
        lines: Mapping[str, WalletLine],
        outbox: Outbox,
        policy: Policy,
        clock: Clock,
    ) -> None:
        """Take what is due and what is known, a line for each app, and the outbox for what came of it."""
        self._queue = queue
        self._notices = notices
        self._lines = lines
        self._outbox = outbox
        self._policy = policy
        self._clock = clock
        self._woken = {app: asyncio.Event() for app in lines}
        self._log = structlog.get_logger(service="notification")

    def wake(self, apps: Iterable[str]) -> None:
        """Let these apps' loops look now: something has just become due."""
        for app in apps:
            if app in self._woken:
                self._woken[app].set()

    async def run(self) -> None:
        """Deliver for ever, to each app by itself."""
        async with asyncio.TaskGroup() as group:
            for app in self._lines:
                group.create_task(self._serve(app))

    async def _serve(self, app: str) -> None:
        while True:
            self._woken[app].clear()
            try:
                taken = await self.turn(app)
            except Unavailable as error:
                self._log.warning("courier-waits", wallet_app=app, **error_fields(error))
                await asyncio.sleep(LOOK_SECONDS)
                continue
            if taken < AT_ONCE:
                await self._rest(app)

    async def _rest(self, app: str) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken[app].wait()
        except TimeoutError:
            pass

    async def turn(self, app: str) -> int:
        """Claim what is due to an app, send it, record and say what came of it; give how many. Raises `Unavailable`."""
        now = self._clock()
        lease, claimed = await self._queue.claim(app, AT_ONCE, now, now + LEASE)
        if not claimed:
            return 0
        known = await self._notices.known(item.telling.submission_id for item in claimed)
        about = [known.get(item.telling.submission_id, Known()) for item in claimed]
        going = [(item, of) for item, of in zip(claimed, about, strict=True) if wanted(item.telling.notice, of)]
        outgoing = [Outgoing(item.telling.webhook_id, payload(item.telling, of)) for item, of in going]
        answers = await self._lines[app].send(outgoing, now)
        now = self._clock()
        verdicts = [verdict(item, answer, self._policy, now) for (item, _), answer in zip(going, answers, strict=True)]
        if await self._queue.settle(lease, verdicts, now):
            self._outbox.soon(*(done.event for done in verdicts))
        self._report(app, [done.code for done in verdicts if done.state != "delivered"])
        return len(claimed)

    def _report(self, app: str, failures: list[str]) -> None:
        if failures:
            self._log.warning("not-delivered", wallet_app=app, count=len(failures), code=failures[0])
