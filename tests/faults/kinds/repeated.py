"""Every event again, twice and in any order, among fresh ones: the same is there afterwards, and nobody told anew."""

import asyncio

from tests.faults.judging import NOTICES, told
from tests.faults.scene import SERVICES, Fault, Scene

ROUNDS, MOST, TIMES = 3, 2000, 2
BETWEEN = 5.0


async def happen(scene: Scene) -> None:
    """The newest records, shuffled over all topics, while their submissions are still under way."""
    before = await scene.watch.seen()
    for _ in range(ROUNDS):
        await asyncio.sleep(BETWEEN)
        records = scene.watch.records[-MOST:] * TIMES
        scene.dice.shuffle(records)
        await scene.say_again(records)
        scene.blow()
    await scene.works(*SERVICES)
    after = await scene.watch.seen()
    back = {sent.would_be for sent in scene.ledger.sent.values() if "take back" in sent.last}
    touched = back | {sent.would_be for sent in scene.ledger.sent.values() if "view" in sent.last}
    for name in before.gate.keys() - touched:
        assert after.gate[name] == before.gate[name], f"the gate changed its mind about {name}"
    for name, earlier in before.desk.items():
        settled = name not in back and earlier != "in_flight"
        assert not settled or after.desk[name] == earlier, f"the queue changed its mind about {name}"
    for notice in map(told, NOTICES):
        twice = [name for (said, name), ids in after.said.items() if said == notice and len(ids) > 1]
        assert not twice, f"{len(twice)} were told anew"


FAULT = Fault("duplicate-and-reordered", happen)
