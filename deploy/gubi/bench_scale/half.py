"""At half of what one worker of each service can do: how long the receipt takes, how long all of it, and where."""

import asyncio
from collections.abc import Mapping
from typing import Any

from deploy.gubi.bench_scale.cells import WARM_UP, by_part, sent, told
from deploy.gubi.bench_scale.telling import Say, measured_on
from deploy.gubi.cost import idle_cpu_ms, percentiles
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import Load, made
from shared.events import SubmissionExtracted, SubmissionReceived, SubmissionScreened
from shared.mongo import close, connect, database

LIGHT = 1.0
"""A second: so few that none waits for another."""
FEW = 30
STAGES = ("received", "told", "read", "screened", "listed")


def half(per_second: float, seconds: int, say: Say) -> dict[str, Any]:
    """Measure at this rate, and one by one, on an installation of its own."""
    with installation("bench-scale", say) as place:
        return asyncio.run(_half(place, per_second, seconds)) | measured_on(place)


async def _half(place: Installation, rate: float, seconds: int) -> dict[str, Any]:
    number = WARM_UP + FEW + int(rate * seconds)
    some = await asyncio.to_thread(lambda: list(made(place.settings, number, seed=5000)))
    await sent(place, some[:WARM_UP], 0)
    idle = by_part(await asyncio.to_thread(idle_cpu_ms, place))
    alone, _ = await sent(place, some[WARM_UP : WARM_UP + FEW], LIGHT)
    load, cpu = await sent(place, some[WARM_UP + FEW :], rate)
    return {
        "offered_per_second": round(rate, 1),
        **told(load, cpu),
        "idle_cpu_ms_per_second": {name: round(taken, 1) for name, taken in idle.items()},
        "stages_ms": stages(load, await _listed(place)),
        "stages_ms_one_by_one": stages(alone, await _listed(place)),
    }


async def _listed(place: Installation) -> dict[str, float]:
    """Give when the desk last wrote each submission, by its own clock: as screened, where nobody has touched it."""
    client = connect(place.settings)
    try:
        queue = database(client, place.settings, "dashboard")["queue"]
        found = await queue.find({}, {"changed_at": 1}).to_list(None)
    finally:
        await close(client)
    return {one["_id"]: one["changed_at"].timestamp() for one in found}


def stages(load: Load, listed: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Give the time of each stage: from when it was due to be sent until the door had it, until that was said, until
    it was read, screened, and listed as screened at the desk; by the instants that the events bear.
    """
    spent: dict[str, list[float]] = {name: [] for name in STAGES}
    received, read, screened = (
        load.told.get(event.topic, {}) for event in (SubmissionReceived, SubmissionExtracted, SubmissionScreened)
    )
    for name, due in load.due.items():
        if not (name in received and name in read and name in screened and name in listed):
            continue
        instants = (due, received[name].at, received[name].said, read[name].at, screened[name].at, listed[name])
        for stage, before, after in zip(STAGES, instants, instants[1:], strict=False):
            spent[stage].append((after - before) * 1000)
    return {name: percentiles(values) for name, values in spent.items()}
