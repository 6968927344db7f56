"""Notification: hear what concerns a citizen, keep it, and tell the wallet app that sent the submission."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from services.notification.attempts import Policy
from services.notification.courier import Courier
from services.notification.endpoints import Endpoint, load_endpoints
from services.notification.rules import News, routes, telling
from services.notification.store import Notices, Queue
from services.notification.wallets import WalletLine
from shared.catalog import Wallet, load
from shared.clock import Clock, utc_now
from shared.events import (
    ExtractionFailed,
    NotificationExhausted,
    SubmissionDecided,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    SupplementAsked,
    WalletNotified,
)
from shared.kafka import Bus
from shared.mongo import close, connect, database, ping
from shared.outbox import Outbox
from shared.service import Worker
from shared.settings import Settings

NEWS = (
    SubmissionReceived,
    ExtractionFailed,
    SupplementAsked,
    SubmissionViewed,
    SubmissionDecided,
    SubmissionTakenBack,
    SubmissionWithdrawn,
)
"""All that concerns a citizen."""


@dataclass(frozen=True)
class Notification:
    """The service, put together: what runs, and its two halves for those who want to drive them by hand."""

    worker: Worker
    on_news: Callable[[Sequence[News]], Awaitable[None]]
    courier: Courier
    queue: Queue
    outbox: Outbox


def build(
    settings: Settings,
    wallets: Mapping[str, Wallet],
    endpoints: Mapping[str, Endpoint],
    *,
    policy: Policy | None = None,
    clock: Clock = utc_now,
) -> Notification:
    """Wire the service up on the catalogue's wallet apps and where each wants to be told; it holds no key."""
    client = connect(settings)
    bus = Bus(settings, "notification", clock=clock)
    own = database(client, settings, "notification")
    notices, queue = Notices(own), Queue(own)
    outbox = Outbox(queue.owed, bus.say, [WalletNotified, NotificationExhausted], clock)
    told_of_viewing = {app: wallets[app].abilities.told_of_viewing for app in endpoints if app in wallets}
    lines = {app: WalletLine(endpoints[app], private_hosts=settings.webhook_hosts) for app in told_of_viewing}
    courier = Courier(queue, notices, lines, outbox, policy or Policy(), clock)

    @bus.on(*NEWS)
    async def on_news(events: Sequence[News]) -> None:
        """Keep what is to be told, then decide what becomes of it.

        Topics keep no order among each other: a notice that comes before `submission-received` waits in the store, and
        whichever of the two is kept later finds the other, also in another process. Tombstones are found the same way.
        """
        submissions = {event.submission_id for event in events}
        goings = (SubmissionTakenBack, SubmissionWithdrawn)
        await notices.remember(
            [event for event in events if isinstance(event, SubmissionReceived) and event.revision == 1],
            {event.submission_id: event.at for event in events if isinstance(event, goings)},
        )
        await notices.note([telling(event) for event in events])
        known = await notices.known(submissions)
        await notices.forget([submission for submission, of in known.items() if of.gone])
        decided = routes(await notices.waiting(known), known, told_of_viewing)
        await notices.route(decided, clock())
        courier.wake(app for app, reason in decided if reason is None)

    @asynccontextmanager
    async def ready() -> AsyncIterator[None]:
        async with AsyncExitStack() as open_lines:
            for line in lines.values():
                await open_lines.enter_async_context(line)
            try:
                await notices.prepare()
                await queue.prepare()
                yield
            finally:
                await close(client)

    worker = Worker(bus, [outbox.run, courier.run], ready, partial(ping, client))
    return Notification(worker, on_news, courier, queue, outbox)


def app() -> Worker:
    """Give the real one. Raises `EndpointsError` where there is no registry of endpoints."""
    settings = Settings()
    return build(settings, load(settings.catalog).wallets, load_endpoints(settings.keys)).worker
