"""kill -9 of the broker that leads most partitions, under load; it comes back, and then the one that leads by then."""

import asyncio

from tests.faults.scene import BROKER_WITHIN, Fault, Scene

TIMES = 3
AWAY = 20.0


async def happen(scene: Scene) -> None:
    """The two others go on without it: what it led is led by them, and nothing waits for its return."""
    brokers = scene.brokers
    for _ in range(TIMES):
        leader, *_ = await brokers.leading()
        brokers.kill(leader)
        scene.blow(within=BROKER_WITHIN)
        scene.counted[f"{leader} killed"] += 1
        await asyncio.sleep(AWAY)
        led = await brokers.leading()
        assert leader not in led, f"{leader} leads though it is dead"
        assert len(led) == 2, "the others do not lead in its place"
        await brokers.start_again()
        await asyncio.sleep(AWAY / 2)


FAULT = Fault("leading-broker-killed", happen, brokers=3)
