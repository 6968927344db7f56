"""kill -9 and SIGTERM of each service at random, again and again, each started anew by the supervisor."""

import asyncio
import signal
import time

from tests.faults.scene import SERVICES, Fault, Scene

HOW = (signal.SIGKILL, signal.SIGTERM)
PAUSE = (3.0, 8.0)
ALL_FROM = 120.0
"""Seconds in which each service comes to be struck by each signal."""


async def happen(scene: Scene) -> None:
    """Every service by both signals first, in any order; then any by any until the time is over."""
    due = [(service, how) for service in SERVICES for how in HOW]
    scene.dice.shuffle(due)
    struck = set[tuple[str, signal.Signals]]()
    end, said = time.monotonic() + scene.seconds, time.monotonic()
    while time.monotonic() < end:
        service, how = due.pop() if due else (scene.dice.choice(SERVICES), scene.dice.choice(HOW))
        if scene.place.supervisor.children[service].process.poll() is None:
            scene.kill(service, how)
            struck.add((service, how))
            scene.counted[f"{service} {how.name}"] += 1
        elif (service, how) not in struck:
            due.insert(0, (service, how))
        await asyncio.sleep(scene.dice.uniform(*PAUSE))
        if time.monotonic() - said > 30:
            said = time.monotonic()
            scene.say(f"  {sum(scene.counted.values())} kills, {len(scene.ledger.sent)} sent.")
    assert struck, "nobody was killed"
    missed = [f"{service} {how.name}" for service in SERVICES for how in HOW if (service, how) not in struck]
    assert scene.seconds < ALL_FROM or not missed, f"not struck: {', '.join(missed)}"


FAULT = Fault("services-killed", happen, brokers=0, after=12.0)
