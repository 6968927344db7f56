"""A consumer stopped in the middle of a batch until the group has given its partitions to another, which then wakes."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.gubi.broker import asking, consumers_of
from deploy.gubi.supervisor import service_command
from tests.builders.waiting import until
from tests.faults.scene import WORK, Fault, Scene

VICTIMS = ("extraction", "eligibility", "withdrawal", "notification")
GATHERING, STARTED = 6.0, (0.05, 0.4)
TRIES = 2
"""How often a victim is stopped at most, until the stop meets a batch: how far it comes before is luck, and a batch not
yet begun, or said already, is done by one alone. That its partitions went to another is seen each time.
"""


async def happen(scene: Scene) -> None:
    """It is stopped until work has gathered, lets it begin, and is stopped again for longer than its session lasts."""
    for victim in VICTIMS:
        alone = await _members(scene, victim)
        with another(scene, victim):
            await until(lambda name=victim, two=2 * alone: _has(scene, name, two), every=0.5)
            for _ in range(TRIES):
                await scene.works(victim)
                await _asleep(scene, victim, alone)
                await until(lambda name=victim, two=2 * alone: _has(scene, name, two), every=0.5)
                await scene.works(victim)
                if _said_again(scene, victim):
                    break
        scene.counted[f"{victim}: said again, under one id"] = _said_again(scene, victim)
    assert any(_said_again(scene, victim) for victim in VICTIMS), "no batch was done by two"


def _said_again(scene: Scene, service: str) -> int:
    """How much of its own it said more than once, and never under two ids."""
    ours = {sent.would_be for sent in scene.ledger.sent.values()}
    said = [ids for (topic, name), ids in scene.watch.said.items() if topic == WORK[service] and name in ours]
    return sum(len(ids) == 1 and ids.total() > 1 for ids in said)


async def _members(scene: Scene, service: str) -> int:
    async with asking(scene.place.settings) as admin:
        return await consumers_of(admin, scene.place.settings, service)


async def _has(scene: Scene, service: str, number: int) -> bool:
    return await _members(scene, service) == number


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


async def _asleep(scene: Scene, victim: str, others: int) -> None:
    """Until the group has only the others: then its partitions are theirs."""
    supervisor = scene.place.supervisor
    supervisor.kill(victim, signal.SIGSTOP)
    try:
        await asyncio.sleep(GATHERING)
        supervisor.kill(victim, signal.SIGCONT)
        await asyncio.sleep(scene.dice.uniform(*STARTED))
        supervisor.kill(victim, signal.SIGSTOP)
        scene.blow(victim)
        await until(lambda: _has(scene, victim, others), every=0.5)
        await scene.works(victim)
    finally:
        supervisor.kill(victim, signal.SIGCONT)
        scene.counted[f"{victim} asleep"] += 1


FAULT = Fault("partition-lost-in-a-batch", happen)
