"""Delivers what is due: a loop for each wallet app, so that a slow or dead one is waited for by nobody else.

Several processes may run: a delivery is claimed under a lease, and when its holder dies another takes it once that has
run out. The webhook's id stays the same, which is how the app knows a double.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from services.notification import watching
from services.notification.attempts import Answer, Claimed, Policy, verdict
from services.notification.endpoints import Endpoint, Registry
from services.notification.health import Health
from services.notification.pacing import Pace, after
from services.notification.rules import Known, payload, wanted
from services.notification.standing import Standings
from services.notification.store import Notices, Queue
from services.notification.wallets import Outgoing, WalletLine
from shared.clock import Clock
from shared.errors import Unavailable
from shared.logs import error_fields
from shared.outbox import Outbox

LEASE = timedelta(seconds=30)
"""Longer than a turn takes: a look-up and a request of five seconds each, and the store."""
LOOK_SECONDS = 1.0
"""How often an idle loop looks for what has become due or was left by another process."""

Lines = Callable[[Endpoint], WalletLine]


class Courier:
    """Carries notices to the wallet apps of the registry, as it is at the time."""

    def __init__(
        self,
        queue: Queue,
        notices: Notices,
        standings: Standings,
        registry: Registry,
        lines: Lines,
        outbox: Outbox,
        policy: Policy,
        clock: Clock,
    ) -> None:
        """Take what is due and known, how endpoints stand, what makes a line, and the outbox for what came of it."""
        self._queue = queue
        self._notices = notices
        self._standings = standings
        self._registry = registry
        self._make_line = lines
        self._outbox = outbox
        self._policy = policy
        self._clock = clock
        self._lines: dict[str, WalletLine] = {}
        self._paces: dict[str, Pace] = defaultdict(Pace)
        self._woken: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._log = structlog.get_logger(service="notification")

    def wake(self, apps: Iterable[str]) -> None:
        """Let these apps' loops look now: something has just become due."""
        for app in apps:
            self._woken[app].set()

    async def run(self) -> None:
        """Deliver for ever, to each app by itself; apps that the registry gains or loses are taken up or left."""
        serving: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                for app in self._registry.current():
                    if app not in serving or serving[app].done():
                        serving[app] = group.create_task(self._serve(app))
                await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """Close every line."""
        for app in list(self._lines):
            await self._hang_up(app)

    async def _hang_up(self, app: str) -> None:
        line = self._lines.pop(app, None)
        if line is not None:
            await line.__aexit__(None, None, None)

    async def _serve(self, app: str) -> None:
        task = asyncio.current_task()
        while app in self._registry.current() and not (task and task.cancelling()):  # see `shared.ending`: it asks once
            self._woken[app].clear()
            try:
                taken = await self.turn(app)
            except Unavailable as error:
                self._log.warning("courier-waits", wallet_app=app, **error_fields(error))
                await asyncio.sleep(LOOK_SECONDS)
                continue
            if not taken:
                await self._rest(app)
        await self._hang_up(app)

    async def _rest(self, app: str) -> None:
        """Wait for news or the next look; an endpoint that is left alone for now is not woken by news."""
        if self._paces[app].holds(self._clock()):
            await asyncio.sleep(LOOK_SECONDS / 2)
            return
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken[app].wait()
        except TimeoutError:
            pass

    async def turn(self, app: str) -> int:
        """Claim what is due to an app, send it, record and say what came of it; give how many. Raises `Unavailable`."""
        now, endpoint = self._clock(), self._registry.current().get(app)
        if endpoint is None or self._paces[app].holds(now):
            return 0
        due = await self._queue.due(app, self._paces[app].width, now)
        if not due:
            return 0
        health = await self._standings.of(app, now)
        leave = await self._standings.leave(endpoint, health, len(due), now)
        if not leave:
            return 0
        lease, claimed = await self._queue.claim(app, due[:leave], now, now + LEASE)
        self._standings.unused(app, leave - len(claimed))
        if not claimed:
            return 0
        answers = await self._send(endpoint, lease, claimed, now)
        await self._learn(endpoint, health, answers)
        return len(claimed)

    async def _send(self, endpoint: Endpoint, lease: str, claimed: Sequence[Claimed], now: datetime) -> list[Answer]:
        known = await self._notices.known(item.telling.submission_id for item in claimed)
        about = [known.get(item.telling.submission_id, Known()) for item in claimed]
        going = [(item, of) for item, of in zip(claimed, about, strict=True) if wanted(item.telling.notice, of)]
        outgoing = [Outgoing(item.telling.webhook_id, payload(item.telling, of)) for item, of in going]
        line = await self._line(endpoint)
        with watching.sending(endpoint.app, going) as answers:
            answers += await line.send(outgoing, now)
        now = self._clock()
        verdicts = [
            verdict(item, answer, self._policy, now, random.random())  # noqa: S311 - to spread load, not to hide
            for (item, _), answer in zip(going, answers, strict=True)
        ]
        if await self._queue.settle(lease, verdicts, now):
            self._outbox.soon(*(event for done in verdicts for event in done.events))
        watching.settled(endpoint.app, verdicts)
        self._report(endpoint.app, [done.code for done in verdicts if done.state != "delivered"])
        return answers

    async def _line(self, endpoint: Endpoint) -> WalletLine:
        """Give the line to an endpoint as the registry has it now: other keys or another address are another line."""
        line = self._lines.get(endpoint.app)
        if line is None or line.endpoint != endpoint:
            await self._hang_up(endpoint.app)
            line = self._lines[endpoint.app] = self._make_line(endpoint)
        return line

    async def _learn(self, endpoint: Endpoint, health: Health, answers: Sequence[Answer]) -> None:
        if not answers:
            return
        now = self._clock()
        self._paces[endpoint.app] = after(self._paces[endpoint.app], answers, now)
        if health.suspended_at is None:
            await self._standings.learn(endpoint, health, answers, now)
        elif any(answer.accepted for answer in answers):
            await self._queue.refresh(endpoint.app, health.suspended_at)
            await self._standings.resume(endpoint, health, now)
        else:
            await self._standings.probe_failed(endpoint.app, answers, now)

    def _report(self, app: str, failures: list[str]) -> None:
        if failures:
            self._log.warning("not-delivered", wallet_app=app, count=len(failures), code=failures[0])
