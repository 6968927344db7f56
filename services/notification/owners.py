"""Tells whoever runs an endpoint, where the registry has an `owner_url`, that it was suspended or works again."""

import asyncio
import random
from datetime import UTC, timedelta
from uuid import UUID, uuid5

import structlog

from services.notification.attempts import Policy, pause
from services.notification.courier import LOOK_SECONDS, Lines
from services.notification.endpoints import Endpoint, Registry
from services.notification.rules import envelope
from services.notification.store.endpoints import Endpoints, OwnersNews
from services.notification.wallets import Outgoing
from shared.clock import Clock
from shared.events import EndpointSuspended
from shared.service import ever_again

_NAMESPACE = UUID("5b1de7c6-07a2-5d0a-9d0c-1a6f6d0e2c44")
_LEASE = timedelta(seconds=30)


def owners_notice(news: OwnersNews) -> Outgoing:
    """Give the webhook for an endpoint's owner: the same, under the same id, at each attempt."""
    event = news.event
    kind, data = "endpoint.resumed", dict[str, str | None](app=news.app)
    if isinstance(event, EndpointSuspended):
        since = event.failing_since.astimezone(UTC).isoformat() if event.failing_since else None
        kind, data = "endpoint.suspended", data | {"reason": event.reason, "code": event.code, "failing_since": since}
    return Outgoing(f"msg_{uuid5(_NAMESPACE, str(event.event_id)).hex}", envelope(kind, event.at, data))


class Owners:
    """Carries to the owners what they are to be told."""

    def __init__(self, endpoints: Endpoints, registry: Registry, lines: Lines, policy: Policy, clock: Clock) -> None:
        """Take what is to be told, the registry, what makes a line, and how patiently to try."""
        self._endpoints = endpoints
        self._registry = registry
        self._make_line = lines
        self._policy = policy
        self._clock = clock
        self._log = structlog.get_logger(service="notification")

    async def run(self) -> None:
        """Tell for ever."""
        await ever_again(self.turn, LOOK_SECONDS, service="notification", waits="owners-wait")()

    async def turn(self) -> int:
        """Tell what is due to be told, each owner by itself; give how many that was. Raises `Unavailable`."""
        now = self._clock()
        due = await self._endpoints.owners_news(now, now + _LEASE)
        await asyncio.gather(*(self._tell(news, self._registry.current().get(news.app)) for news in due))
        return len(due)

    async def _tell(self, news: OwnersNews, endpoint: Endpoint | None) -> None:
        if endpoint is None or endpoint.owner_url is None:
            await self._endpoints.owner_answered(news, "no_owner_url", None)
            return
        async with self._make_line(endpoint.model_copy(update={"url": endpoint.owner_url})) as line:
            [answer] = await line.send([owners_notice(news)], self._clock())
        over = answer.accepted or news.attempt >= self._policy.attempts
        wait = pause(self._policy, news.attempt, random.random())  # noqa: S311 - to spread load, not to hide
        await self._endpoints.owner_answered(news, answer.code, None if over else self._clock() + wait)
        if not answer.accepted:
            self._log.warning("owner-not-told", wallet_app=news.app, attempt=news.attempt, code=answer.code)
