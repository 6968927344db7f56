"""The store slow, then away: every request late, then nothing answered at all; then it is back."""

import asyncio
import time

from deploy.gubi.supervisor import service_command
from tests.faults.scene import SERVICES, Fault, Scene
from tests.gate_history.run import Network

SLOW, SLOW_FOR, AWAY = 0.25, 20.0, 30.0
SETTLED = 8.0
"""Seconds until whoever waited for an answer has been told that there is none."""


async def happen(scene: Scene) -> None:
    """The door refuses what it cannot hold, and consumers give their batches back."""
    network = Network(scene.place.settings.mongo, scene.dice.randrange(1 << 30))
    try:
        commands = {name: ["/usr/bin/env", f"GUBI_MONGO={network.store}", *service_command(name)] for name in SERVICES}
        async with scene.otherwise(commands):
            await scene.works(*SERVICES)
            network.order(slow=SLOW)
            scene.counted["seconds slow"] += round(SLOW_FOR)
            await asyncio.sleep(SLOW_FOR)
            logged = scene.logged()
            network.order(slow=0, freeze=AWAY)
            scene.counted["seconds away"] += round(AWAY)
            away = time.monotonic()
            await asyncio.sleep(SETTLED)
            before = scene.ledger.counts["submit", "acknowledged"]
            await asyncio.sleep(away + AWAY - 0.5 - time.monotonic())
            held = scene.ledger.counts["submit", "acknowledged"] - before
            assert not held, f"{held} were acknowledged while the store was away"
            await asyncio.sleep(0.5)
            scene.blow()
            scene.counted["batches given back"] += await scene.logged_since(logged, '"given-back"')
            await scene.works(*SERVICES)
            assert scene.counted["batches given back"], "no consumer noticed"
    finally:
        network.end()


FAULT = Fault("store-slow-then-away", happen)
