"""A deploy with a bug that every message hits: it stops and keeps the backlog, and drains nothing into dead letters."""

import asyncio
from collections import Counter

from tests.faults.deployed import deployed
from tests.faults.scene import SERVICES, Fault, Scene

DEPLOYED_FOR = 40.0
VICTIM = "extraction"


async def happen(scene: Scene) -> None:
    """It comes by SIGTERM under load, when there is no backlog, and is mended by the next deploy."""
    logged, letters = scene.logged(), Counter(scene.watch.dead)
    async with scene.otherwise({VICTIM: deployed("bug", VICTIM)}):
        await asyncio.sleep(DEPLOYED_FOR)
        scene.counted["stopped"] = await scene.log_lines(VICTIM, holding='"poisoned-deploy"', since=logged[VICTIM])
        scene.counted["dead letters"] = (scene.watch.dead - letters).total()
    scene.blow()
    await scene.works(*SERVICES)
    assert scene.counted["stopped"], "it did not stop"
    assert not scene.counted["dead letters"], f"{scene.counted['dead letters']} messages became dead letters"


FAULT = Fault("poisoned-deploy", happen)
