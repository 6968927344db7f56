"""Notification: hear what concerns a citizen, keep it, and tell the wallet app that sent the submission."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import get_args

from services.notification.attempts import Policy
from services.notification.courier import Courier
from services.notification.endpoints import Registry
from services.notification.health import Rule
from services.notification.owners import Owners
from services.notification.rules import News, routes, telling
from services.notification.standing import Standings
from services.notification.store import Endpoints, Notices, Queue
from services.notification.wallets import WalletLine
from services.notification.watching import looking
from shared.catalog import Wallet, load
from shared.clock import Clock, utc_now
from shared.draining import Drain
from shared.events import (
    EndpointResumed,
    EndpointSuspended,
    Event,
    NoticeAskedAgain,
    NotificationExhausted,
    NotificationRecovered,
    SubmissionExpired,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    WalletNotified,
)
from shared.kafka import Bus
from shared.mongo import close, connect, database, ping
from shared.outbox import Outbox
from shared.service import Worker
from shared.settings import Settings

NEWS: tuple[type[Event], ...] = get_args(News)
"""All that concerns a citizen."""
GOINGS = (SubmissionTakenBack, SubmissionWithdrawn, SubmissionExpired)
"""After these only what is still owed to the citizen is told; the end of retention is not: no app asked for it."""


@dataclass(frozen=True)
class Notification:
    """The service, put together: what runs, and its parts for those who want to drive them by hand."""

    worker: Worker
    on_news: Callable[[Sequence[News | SubmissionExpired]], Awaitable[None]]
    on_notice_asked_again: Callable[[Sequence[NoticeAskedAgain]], Awaitable[None]]
    courier: Courier
    owners: Owners
    queue: Queue
    endpoints: Endpoints
    outbox: Outbox


def build(
    settings: Settings,
    wallets: Mapping[str, Wallet],
    registry: Registry,
    *,
    policy: Policy | None = None,
    rule: Rule | None = None,
    clock: Clock = utc_now,
) -> Notification:
    """Wire the service up on the catalogue's wallet apps and where each wants to be told; it holds no key of ours."""
    client, bus = connect(settings), Bus(settings, "notification", clock=clock)
    own = database(client, settings, "notification")
    notices, queue, endpoints = Notices(own), Queue(own), Endpoints(own)
    outbox = Outbox(queue.owed, bus.say, [WalletNotified, NotificationExhausted, NotificationRecovered], clock)
    of_endpoints = Outbox(endpoints.owed, bus.say, [EndpointSuspended, EndpointResumed], clock)
    lines = partial(WalletLine, private_hosts=settings.webhook_hosts if settings.development else ())
    standings = Standings(endpoints, of_endpoints, rule or Rule())
    courier = Courier(queue, notices, standings, registry, lines, outbox, policy or Policy(), clock)
    owners = Owners(endpoints, registry, lines, policy or Policy(), clock)

    def told_of_viewing() -> dict[str, bool]:
        """Tell of each app that has an endpoint whether it can be told that a submission was viewed."""
        return {app: wallets[app].abilities.told_of_viewing for app in registry.current() if app in wallets}

    @bus.on(*NEWS, SubmissionExpired)
    async def on_news(events: Sequence[News | SubmissionExpired]) -> None:
        """Keep what is to be told, then decide what becomes of it.

        Topics keep no order among each other: a notice that comes before `submission-received` waits in the store, and
        whichever of the two is kept later finds the other, also in another process. Tombstones are found the same way.
        """
        await notices.remember(
            [event for event in events if isinstance(event, SubmissionReceived) and event.revision == 1],
            {event.submission_id: event.at for event in events if isinstance(event, GOINGS)},
        )
        await notices.note([telling(event) for event in events if not isinstance(event, SubmissionExpired)])
        known = await notices.known({event.submission_id for event in events})
        await notices.forget([submission for submission, of in known.items() if of.gone])
        decided = routes(await notices.waiting(known), known, told_of_viewing())
        await notices.route(decided, clock())
        courier.wake(app for app, reason in decided if reason is None)

    @bus.on(NoticeAskedAgain)
    async def on_notice_asked_again(events: Sequence[NoticeAskedAgain]) -> None:
        """Try again what was given up."""
        courier.wake(await queue.again([event.webhook_id for event in events], clock()))

    @asynccontextmanager
    async def ready() -> AsyncIterator[None]:
        try:
            for store in (notices, queue, endpoints):
                await store.prepare()
            yield
        finally:
            await courier.close()
            await close(client)

    watched = partial(looking, queue, endpoints, registry, clock)
    loops = outbox.run, of_endpoints.run, courier.run, owners.run, watched
    worker = Worker(bus, loops, ready, partial(ping, client), Drain(own))
    return Notification(worker, on_news, on_notice_asked_again, courier, owners, queue, endpoints, outbox)


def app() -> Worker:
    """Give the real one. Raises `EndpointsError` where there is no registry of endpoints."""
    settings = Settings()
    return build(settings, load(settings.catalog).wallets, Registry(settings.keys)).worker
