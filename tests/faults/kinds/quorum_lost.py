"""Two of three brokers killed: nothing can be said, the door takes in all the same; then they come back."""

import asyncio
import time

from tests.faults.scene import BROKER_WITHIN, Fault, Scene

AWAY = 30.0
"""Seconds: longer than a producer keeps what it cannot say (request_timeout_ms), so that batches fail."""
SETTLED = 2.0


async def happen(scene: Scene) -> None:
    """Whatever is acknowledged meanwhile stands at the gate and is said afterwards."""
    brokers, logged = scene.brokers, scene.logged()
    *victims, _ = sorted(brokers.servers)
    brokers.kill(*victims)
    scene.counted["brokers killed"] += len(victims)
    await asyncio.sleep(SETTLED)
    began, said, taken = time.monotonic(), len(scene.watch.records), scene.ledger.counts["submit", "acknowledged"]
    await asyncio.sleep(AWAY - SETTLED)
    unsaid = len(scene.watch.records) - said
    scene.counted["acknowledged meanwhile"] += scene.ledger.counts["submit", "acknowledged"] - taken
    assert not unsaid, f"{unsaid} events were said by one broker of three"
    assert scene.counted["acknowledged meanwhile"], "the door took nothing in without brokers"
    await brokers.start_again()
    scene.blow(within=BROKER_WITHIN)
    scene.counted["seconds without a quorum"] += round(time.monotonic() - began + SETTLED)
    scene.counted["producers wedged"] += (await scene.logged_since(logged, '"producer-wedged"')).total()
    await asyncio.sleep(5)


FAULT = Fault("quorum-lost", happen, brokers=3)
