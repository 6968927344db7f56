"""A deploy with a bug that every message hits: it stops and keeps the backlog, and drains nothing into dead letters."""

import asyncio
from collections import Counter

from tests.builders.waiting import until
from tests.faults.deployed import deployed
from tests.faults.scene import SERVICES, Fault, Scene

AND_THEN = 20.0
"""Seconds for which it is started again and again afterwards, and must go on draining nothing."""
VICTIM = "extraction"


async def happen(scene: Scene) -> None:
    """It comes by SIGTERM under load, when there is no backlog, and is mended by the next deploy."""
    logged, letters = scene.logged(), Counter(scene.watch.dead)

    async def stopped() -> int:
        return await scene.log_lines(VICTIM, holding='"poisoned-deploy"', since=logged[VICTIM])

    async with scene.otherwise({VICTIM: deployed("bug", VICTIM)}):
        await until(stopped, every=0.5)
        await asyncio.sleep(AND_THEN)
        scene.counted["stopped"] = await stopped()
        scene.counted["dead letters"] = (scene.watch.dead - letters).total()
    scene.blow()
    await scene.works(*SERVICES)
    assert not scene.counted["dead letters"], f"{scene.counted['dead letters']} messages became dead letters"


FAULT = Fault("poisoned-deploy", happen)
