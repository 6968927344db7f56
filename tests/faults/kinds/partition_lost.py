"""A consumer stopped in the middle of a batch until the group has given its partitions to another, which then wakes."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.gubi.supervisor import service_command
from tests.faults.scene import WORK, Fault, Scene

VICTIMS = ("extraction", "eligibility", "withdrawal", "notification")
GATHERING, STARTED = 6.0, (0.05, 0.4)
SLACK = 4.0


async def happen(scene: Scene) -> None:
    """It is stopped until work has gathered, lets it begin, and is stopped again for longer than its session lasts."""
    for victim in VICTIMS:
        with another(scene, victim):
            await scene.works(victim)
            await _asleep(scene, victim)
            await scene.works(victim)
    ours = {sent.would_be for sent in scene.ledger.sent.values()}
    again = [ids for (_, name), ids in scene.watch.said.items() if name in ours and max(ids.values()) > 1]
    scene.counted["events said again, under their ids"] = len(again)
    assert again, "no batch was done by two"


@contextmanager
def another(scene: Scene, service: str) -> Iterator[None]:
    """A second process of a service, for as long as it is needed."""
    with (scene.place.supervisor.logs / f"{service}.log").open("ab") as log:
        process = subprocess.Popen(service_command(service), env=scene.place.environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


async def _asleep(scene: Scene, victim: str) -> None:
    supervisor = scene.place.supervisor
    supervisor.kill(victim, signal.SIGSTOP)
    await asyncio.sleep(GATHERING)
    supervisor.kill(victim, signal.SIGCONT)
    await asyncio.sleep(scene.dice.uniform(*STARTED))
    supervisor.kill(victim, signal.SIGSTOP)
    try:
        await asyncio.sleep(scene.place.settings.session_timeout_ms / 1000 + SLACK)
        assert WORK[victim]
    finally:
        supervisor.kill(victim, signal.SIGCONT)
        scene.counted[f"{victim} asleep"] += 1


FAULT = Fault("partition-lost-in-a-batch", happen)
