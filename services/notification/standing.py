"""How endpoints stand, as this process last heard and with what it may still send: leave to send, and what is learnt.

What is known is asked for again every second. Tokens are drawn from the store in portions, so a process may hold one
portion unused: with several processes the rate holds in the long run, and a burst may be larger by as many portions.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from services.notification.attempts import Answer
from services.notification.endpoints import Endpoint
from services.notification.health import Health, Rule, why_suspend
from services.notification.pacing import drawn
from services.notification.store import Endpoints
from shared.outbox import Outbox

_FRESH = timedelta(seconds=1)
_NOTED = timedelta(minutes=1)
"""How often it is written down that an endpoint which accepts goes on accepting."""
_LEASE = timedelta(seconds=30)


class Standings:
    """The endpoints' standing, for the courier."""

    def __init__(self, endpoints: Endpoints, outbox: Outbox, rule: Rule) -> None:
        """Take the store, the outbox of what is said of endpoints, and the rule by which one counts as dead."""
        self._endpoints = endpoints
        self._outbox = outbox
        self._rule = rule
        self._heard: dict[str, tuple[datetime, Health]] = {}
        self._tokens: dict[str, int] = defaultdict(int)
        self._log = structlog.get_logger(service="notification")

    async def of(self, app: str, now: datetime) -> Health:
        """Give how an endpoint stands, at most a second old. Raises `Unavailable`."""
        heard = self._heard.get(app)
        if heard is None or not timedelta() <= now - heard[0] < _FRESH:
            heard = self._heard[app] = (now, await self._endpoints.look(app))
        return heard[1]

    async def leave(self, endpoint: Endpoint, health: Health, wanted: int, now: datetime) -> int:
        """Give how many of `wanted` may be sent now: none while it is suspended, but one where a try was asked for.

        Raises `Unavailable`.
        """
        if health.suspended_at is not None:
            asked = health.probe_at is not None and health.probe_at <= now
            self._heard.pop(endpoint.app, None)
            return 1 if asked and await self._endpoints.take_probe(health, now + _LEASE) else 0
        app = endpoint.app
        if not self._tokens[app]:
            self._tokens[app] = await self._draw(endpoint, now)
        taken = min(wanted, self._tokens[app])
        self._tokens[app] -= taken
        return taken

    def unused(self, app: str, count: int) -> None:
        """Take back leave that was not used: another process was quicker."""
        self._tokens[app] += count

    async def _draw(self, endpoint: Endpoint, now: datetime) -> int:
        bucket = (await self._endpoints.look(endpoint.app)).bucket
        portion, left = drawn(bucket, endpoint.per_second, endpoint.burst, now)
        drew = portion > 0 and await self._endpoints.spend(endpoint.app, bucket, left)
        return portion if drew else 0

    async def learn(self, endpoint: Endpoint, health: Health, answers: Sequence[Answer], now: datetime) -> None:
        """Take in what an endpoint that is not suspended answered, and suspend it where it is dead.

        Raises `Unavailable`.
        """
        if any(answer.accepted for answer in answers):
            if health.failing_since or health.accepted_at is None or now - health.accepted_at >= _NOTED:
                await self._endpoints.accepted(endpoint.app, now)
                self._heard.pop(endpoint.app, None)
            health = replace(health, failing_since=None, failures=0, code=None)
        else:
            health = await self._endpoints.failed(endpoint.app, now, len(answers), answers[-1].code)
            self._heard[endpoint.app] = (now, health)
        reason = why_suspend(health, answers, self._rule, now)
        if reason is None:
            return
        event = await self._endpoints.suspend(health, reason, now, tell_owner=endpoint.owner_url is not None)
        self._heard.pop(endpoint.app, None)
        if event is not None:
            self._log.error("endpoint-suspended", wallet_app=endpoint.app, reason=reason, code=health.code)
        self._outbox.soon(event)

    async def resume(self, endpoint: Endpoint, health: Health, now: datetime) -> None:
        """End a suspension, the try having been accepted. Raises `Unavailable`."""
        event = await self._endpoints.resume(health, now, tell_owner=endpoint.owner_url is not None)
        self._heard.pop(endpoint.app, None)
        if event is not None:
            self._log.info("endpoint-resumed", wallet_app=endpoint.app)
        self._outbox.soon(event)

    async def probe_failed(self, app: str, answers: Sequence[Answer], now: datetime) -> None:
        """Note that the try was not accepted. Raises `Unavailable`."""
        await self._endpoints.probe_failed(app, now, answers[-1].code)
        self._log.warning("endpoint-still-fails", wallet_app=app, code=answers[-1].code)
