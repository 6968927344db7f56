"""A wallet endpoint that is down, hangs, answers 500 or lies: nobody else's notification waits for it.

The same load is sent twice in one run, on the same store and to the same wallet apps: first while all endpoints are
well, then while all but three misbehave, each in its own way. Compared are the delays of those three, as a ratio.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import count
from statistics import median

import pytest

from services.notification.app import Notification
from services.notification.attempts import Policy
from services.notification.health import Rule
from services.notification.wallets import TIMEOUT_SECONDS
from shared.catalog import load
from shared.mongo import Client
from shared.settings import Settings
from tests.builders.liars import ACCEPTED, REFUSED, lying
from tests.builders.notifying import a_submission, deliveries, notifying, received, register
from tests.builders.receiver import Receiver
from tests.builders.waiting import until
from tests.conftest import free_port

GOOD = ("good-1", "good-2", "good-3")
REFUSING = ("down", *REFUSED)
BAD = (*REFUSING, *ACCEPTED)
EACH = 25
"""Notices to every app in each part of the run."""
EVERY_SECONDS = 0.3
"""How often every app is to be told something."""
PATIENT = Policy(attempts=100, first=timedelta(seconds=0.5), factor=2, longest=timedelta(seconds=2))
NEVER = Rule(silent_for=timedelta(days=1))


@asynccontextmanager
async def well(names: Sequence[str]) -> AsyncIterator[dict[str, Receiver]]:
    """Endpoints that accept everything."""
    async with AsyncExitStack() as servers:
        yield {name: await servers.enter_async_context(Receiver()) for name in names}


@asynccontextmanager
async def bad() -> AsyncIterator[dict[str, str]]:
    """URLs of an endpoint where nobody listens, and of all that fail and lie."""
    ways = {name: way for name, (way, _) in REFUSED.items()} | ACCEPTED
    async with AsyncExitStack() as servers:
        urls = {name: await servers.enter_async_context(lying(way)) for name, way in ways.items()}
        yield {"down": f"http://127.0.0.1:{free_port()}/notices"} | urls


def urls_of(wallets: Mapping[str, Receiver]) -> dict[str, dict[str, str]]:
    return {name: {"url": wallet.url()} for name, wallet in wallets.items()}


def ids(wallet: Receiver) -> Counter[str]:
    return Counter(one.headers["webhook-id"] for one in wallet.received)


async def delays(service: Notification, good: Mapping[str, Receiver], numbers: "count[int]") -> list[float]:
    """Tell every app something again and again; give how long the good ones' notices took, in order."""
    began: dict[str, float] = {}
    for wallet in good.values():
        wallet.received.clear()
    for _ in range(EACH):
        news = [received(a_submission(next(numbers)), app) for app in (*GOOD, *BAD)]
        began |= {event.submission_id: time.monotonic() for event in news if event.wallet_app in GOOD}
        await service.on_news(news)
        await asyncio.sleep(EVERY_SECONDS)
    await until(lambda: sum(len(wallet.received) for wallet in good.values()) == len(began))
    taken = {json.loads(one.body)["data"]["submission_id"]: one.at for of in good.values() for one in of.received}
    return sorted(taken[name] - at for name, at in began.items())


def p99(found: list[float]) -> float:
    return found[int(len(found) * 0.99)]


@pytest.mark.timeout(600)
async def test_bad_endpoints_delay_nobody_else_lose_nothing_and_are_told_all_when_they_heal(
    settings: Settings, client: Client
) -> None:
    naver, numbers = load().wallets["naver"], count(1)
    wallets = {name: naver.model_copy(update={"id": name}) for name in (*GOOD, *BAD)}
    async with (
        well(GOOD) as good,
        well(BAD) as before,
        well(REFUSING) as healed,
        bad() as badly,
        notifying(settings, urls_of({**good, **before}), policy=PATIENT, rule=NEVER, wallets=wallets) as service,
    ):
        running = asyncio.create_task(service.courier.run())
        try:
            alone = await delays(service, good, numbers)
            register(settings, urls_of(good) | {name: {"url": url} for name, url in badly.items()})
            beside = await delays(service, good, numbers)
            print(f"p99 of {len(GOOD)} good: {p99(alone):.3f} s; beside {len(BAD)} bad ones: {p99(beside):.3f} s")

            async def states(state: str) -> Counter[str]:
                found = await deliveries(client, settings)
                return Counter(one["wallet_app"] for one in found if one["state"] == state)

            async def accepted() -> bool:
                delivered = await states("delivered")
                return all(delivered[name] == 2 * EACH for name in ACCEPTED)

            await until(accepted)
            assert await states("due") == dict.fromkeys(REFUSING, EACH)  # of what was refused, nothing is lost

            register(settings, urls_of({**good, **healed}))
            await until(lambda: all(len(ids(wallet)) == EACH for wallet in healed.values()))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        for wallet in (*good.values(), *healed.values()):
            assert set(ids(wallet).values()) == {1}
        tried = [one["attempts"] for one in await deliveries(client, settings) if one["wallet_app"] in REFUSING]
        assert max(tried) > 1  # the healed ones took under its one id what was tried before
        assert p99(beside) < max(5 * p99(alone), 1.0)
        # By the median: whoever waits for an endpoint that hangs does so in every round, a busy machine only in some.
        assert median(beside) - median(alone) < TIMEOUT_SECONDS / 2, "nobody waits until another's endpoint times out"
