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
    """The door refuses what it cannot hold, and consumers give their batches back: each has one, the newest record of
    each topic, said again.
    """
    network = Network(scene.place.settings.mongo, scene.dice.randrange(1 << 30))
    try:
        commands = {name: ["/usr/bin/env", f"GUBI_MONGO={network.store}", *service_command(name)] for name in SERVICES}
        async with scene.otherwise(commands):
            began = time.monotonic()
            await scene.works(*SERVICES)
            usual = scene.ledger.fastest_since(began)
            began = time.monotonic()
            network.order(slow=SLOW)
            scene.counted["seconds slow"] += round(SLOW_FOR)
            await asyncio.sleep(SLOW_FOR)
            slow = scene.ledger.fastest_since(began)
            scene.counted["ms of the fastest receipt before"] = round(usual * 1000)
            scene.counted["ms of the fastest receipt while slow"] = round(slow * 1000)
            assert slow >= SLOW, f"a receipt took {slow:.2f} s, less than one request to the slow store"
            logged = scene.logged()
            network.order(slow=0, freeze=AWAY)
            scene.counted["seconds away"] += round(AWAY)
            away = time.monotonic()
            await scene.say_again({record.topic: record for record in scene.watch.records}.values())
            await asyncio.sleep(SETTLED)
            before = scene.ledger.counts["submit", "acknowledged"]
            await asyncio.sleep(away + AWAY - 0.5 - time.monotonic())
            held = scene.ledger.counts["submit", "acknowledged"] - before
            assert not held, f"{held} were acknowledged while the store was away"
            await asyncio.sleep(0.5)
            scene.blow()
            given_back = await scene.logged_since(logged, '"given-back"')
            scene.counted.update({f"{name} gave back": count for name, count in given_back.items()})
            await scene.works(*SERVICES)
            unmoved = [name for name in SERVICES if not given_back[name]]
            assert not unmoved, f"{', '.join(unmoved)} did not notice that the store was away"
    finally:
        network.end()


FAULT = Fault("store-slow-then-away", happen)
