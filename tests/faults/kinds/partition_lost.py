"""A consumer that loses its partitions in the middle of a batch: another does the batch again, and then the first one
wakes, and goes on with what it holds to be its own.

It reaches the brokers by a line, which holds back what it is about to say of a batch, or its commit of one; at that
instant it is stopped, until the group has given its partitions away. So each stop meets a batch.
"""

import asyncio
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.protocol.commit import OffsetCommitRequest_v2
from aiokafka.protocol.produce import ProduceRequest_v7

from deploy.gubi.broker import asking, consumers_of
from deploy.gubi.supervisor import service_command
from tests.builders.waiting import until
from tests.faults.behind import behind_lines
from tests.faults.line import Line
from tests.faults.scene import WORK, Fault, Scene

VICTIMS = ("extraction", "eligibility", "withdrawal", "notification")
SAYS = VICTIMS[:3]
"""Those that say something of each batch before they commit it; notification says what the apps have answered."""
AT = {"before it said it": ProduceRequest_v7.API_KEY, "before its commit": OffsetCommitRequest_v2.API_KEY}
GATHERING = 3.0
"""Seconds in which a batch gathers: less than a silent member stays in its group."""
MOST = 3
"""How often each instant is tried at most, until something is said again: what the line holds back may be said of
something else than the batch, and a commit be of a batch of which nothing is to be said.
"""


async def happen(scene: Scene) -> None:
    """Each victim, at each instant, until it has been seen to be overtaken."""
    async with behind_lines(scene, VICTIMS) as lines:
        for victim, line in lines.items():
            await _overtaken(scene, victim, line)
    again = [victim for victim in VICTIMS if scene.counted[f"{victim}: said again, under one id"]]
    late = [victim for victim in VICTIMS if scene.counted[f"{victim}: its late commit failed"]]
    scene.say(f"  {len(late)} of {len(VICTIMS)} lost their partitions in a batch; {', '.join(again)} said it again.")
    assert set(late) == set(VICTIMS), f"not in the middle of a batch: {', '.join(set(VICTIMS) - set(late))}"
    assert set(again) >= set(SAYS), f"no batch was done by two: {', '.join(set(SAYS) - set(again))}"


async def _overtaken(scene: Scene, victim: str, line: Line) -> None:
    alone = await _members(scene, victim)
    with another(scene, victim):
        await until(lambda: _has(scene, victim, 2 * alone), every=0.5)
        for when in AT if victim in SAYS else ("before its commit",):
            for _ in range(MOST):
                before, logged = _said_again(scene, victim), scene.logged()
                await _asleep(scene, victim, line, when, alone)
                await until(lambda: _has(scene, victim, 2 * alone), every=0.5)
                await scene.works(victim)
                failed = await scene.log_lines(victim, holding='"commit-failed"', since=logged[victim])
                again = (_said_again(scene, victim) - before).total()
                scene.counted[f"{victim}: its late commit failed"] += failed
                scene.counted[f"{victim}: said again, under one id"] += again
                if failed and (again or victim not in SAYS):
                    break


def _said_again(scene: Scene, service: str) -> Counter[str]:
    """How often it said anew what it had said of a submission, under the same id."""
    ours = {sent.would_be for sent in scene.ledger.sent.values()}
    said = {name: ids for (topic, name), ids in scene.watch.said.items() if topic == WORK[service] and name in ours}
    return Counter({name: ids.total() - len(ids) for name, ids in said.items()})


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


async def _asleep(scene: Scene, victim: str, line: Line, when: str, others: int) -> None:
    """From such an instant in a batch until the group has only the others: then its partitions are theirs."""
    supervisor = scene.place.supervisor
    supervisor.kill(victim, signal.SIGSTOP)
    try:
        await asyncio.sleep(GATHERING)
        async with line.catching(AT[when]) as caught:
            supervisor.kill(victim, signal.SIGCONT)
            await until(caught.is_set, 60)
            supervisor.kill(victim, signal.SIGSTOP)
            scene.blow(victim)
            await until(lambda: _has(scene, victim, others), every=0.5)
            await scene.works(victim)
    finally:
        supervisor.kill(victim, signal.SIGCONT)
        scene.counted[f"{victim}: stopped {when}"] += 1


FAULT = Fault("partition-lost-in-a-batch", happen)
