"""A service cut off from all brokers while the rest goes on: by silence, where nobody knows, or by resets."""

import asyncio
import time

from tests.faults.behind import behind_lines
from tests.faults.line import Line, State
from tests.faults.scene import SERVICES, WORK, Fault, Scene

AWAY = 25.0
"""Seconds: longer than the group waits for a silent member, and than a producer keeps what it cannot say."""
SETTLED = 2.0
STATES: tuple[State, ...] = ("silent", "cut")


async def happen(scene: Scene) -> None:
    """Each service in turn, one by silence, the next by resets; recovery is counted from when the line is whole."""
    async with behind_lines(scene, SERVICES) as lines:
        first = scene.dice.randrange(len(STATES))
        for number, (name, line) in enumerate(lines.items(), start=first):
            await _cut(scene, name, line, STATES[number % len(STATES)])


async def _cut(scene: Scene, name: str, line: Line, state: State) -> None:
    line.become(state)
    scene.counted[f"{name} {state}"] += 1
    await asyncio.sleep(SETTLED)
    began, held, logged = time.monotonic(), line.held, scene.logged()
    await asyncio.sleep(AWAY - SETTLED)
    if name in WORK:
        worked = scene.worked_between(name, began, time.monotonic())
        assert not worked, f"{name} did {worked} things though it was cut off"
    assert line.held > held, f"{name} asked the brokers for nothing meanwhile"
    line.become("whole")
    if name in WORK:
        scene.blow(name)
    await scene.works(name)
    scene.counted["producers wedged"] += (await scene.logged_since(logged, '"producer-wedged"')).total()


FAULT = Fault("cut-off-from-the-brokers", happen)
