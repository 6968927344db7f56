"""What the courier does, as metrics and traces tell it."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

from services.notification.attempts import Answer, Claimed, Verdict
from services.notification.endpoints import Registry
from services.notification.rules import Known
from services.notification.store import Endpoints, Queue
from shared import metrics, traces
from shared.clock import Clock
from shared.errors import Unavailable

metrics.permit("code", (f"http_{status.value}" for status in HTTPStatus))
metrics.permit("code", ("timeout", "host_not_found", "address_not_public", "not_https", "connecterror", "readerror"))

LOOK_SECONDS = 15.0


@contextmanager
def sending(app: str, going: Sequence[tuple[Claimed, Known]]) -> Iterator[list[Answer]]:
    """Trace what is sent to an app; the answers, in order, go into the list given."""
    began, answers = time.time_ns(), list[Answer]()
    yield answers
    for (item, _), answer in zip(going, answers, strict=True):
        traces.told(item.telling.submission_id, app, answer.code, began, failed=not answer.accepted)


def settled(app: str, verdicts: Sequence[Verdict]) -> None:
    """Count attempts by how they ended."""
    metrics.permit("wallet_app", [app])  # of the registry of endpoints, which operators keep
    for done in verdicts:
        metrics.of(metrics.ATTEMPTS, wallet_app=app, state=done.state, code=done.code).inc()
        if done.state == "exhausted":
            metrics.of(metrics.EXHAUSTED, wallet_app=app).inc()


async def looking(queue: Queue, endpoints: Endpoints, registry: Registry, clock: Clock) -> None:
    """Show for ever of each app whether it is suspended, and how many notices are due to it and for how long."""
    while True:
        for app in registry.current():
            metrics.permit("wallet_app", [app])
            metrics.of(metrics.EXHAUSTED, wallet_app=app)  # told as 0, so that the alert sees the first as an increase
            now = clock()
            try:
                count, since = await queue.overdue(app, now)
                health = await endpoints.look(app)
            except Unavailable:  # what needs the store says so in its own place
                break
            metrics.of(metrics.SUSPENDED, wallet_app=app).set(health.suspended_at is not None)
            metrics.of(metrics.DUE, wallet_app=app).set(count)
            metrics.of(metrics.DUE_OLDEST, wallet_app=app).set((now - since).total_seconds() if count else 0.0)
        await asyncio.sleep(LOOK_SECONDS)
