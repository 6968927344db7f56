"""A deploy with a bug that every message hits, or that takes every message for an invalid one: it stops and keeps the
backlog, and drains nothing into dead letters.
"""

import asyncio
from collections import Counter

from tests.builders.waiting import until
from tests.faults.deployed import deployed
from tests.faults.scene import SERVICES, Fault, Scene

AND_THEN = 20.0
"""Seconds for which it is started again and again afterwards, and must go on draining nothing."""
VICTIM = "extraction"


async def with_a_bug(scene: Scene) -> None:
    """Every message fails in its handler."""
    await _happen(scene, "bug")


async def that_finds_all_invalid(scene: Scene) -> None:
    """No message gets as far as that."""
    await _happen(scene, "invalid")


async def _happen(scene: Scene, how: str) -> None:
    """It comes by SIGTERM under load, when there is no backlog, and is mended by the next deploy."""
    logged, letters = scene.logged(), Counter(scene.watch.dead)

    async def stopped() -> int:
        return await scene.log_lines(VICTIM, holding='"poisoned-deploy"', since=logged[VICTIM])

    async with scene.otherwise({VICTIM: deployed(how, VICTIM)}):
        await until(stopped, every=0.5)
        await asyncio.sleep(AND_THEN)
        scene.counted["stopped"] = await stopped()
        scene.counted["dead letters"] = (scene.watch.dead - letters).total()
    scene.blow()
    await scene.works(*SERVICES)
    assert not scene.counted["dead letters"], f"{scene.counted['dead letters']} messages became dead letters"


FAULT = Fault("poisoned-deploy", with_a_bug)
INVALID = Fault("deployed-invalid", that_finds_all_invalid)
