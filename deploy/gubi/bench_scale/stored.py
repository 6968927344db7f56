"""What a submission costs by how many are stored already."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from deploy.gubi.bench import SERVICES
from deploy.gubi.bench_scale.cells import sent, told
from deploy.gubi.bench_scale.filling import fill
from deploy.gubi.bench_scale.telling import Say, stack_of
from deploy.gubi.bench_select.making import Part
from deploy.gubi.cost import cpu_by_process
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import made

PATTERNS = 40
ROUNDS, EACH = 3, 300
"""Each size is measured in so many rounds of so many, and the round with the median cost is told."""
QUIET, QUIET_WITHIN = 0.3, 300.0
"""Of one core, what all services together take at the most once they have dealt with what was put into the stores."""


def stored(sizes: Sequence[int], say: Say) -> list[dict[str, Any]]:
    """Measure at each of these sizes, smallest first, on one installation."""
    with installation("bench-scale", say) as place:
        return asyncio.run(_stored(place, sorted(sizes), say))


async def _stored(place: Installation, sizes: Sequence[int], say: Say) -> list[dict[str, Any]]:
    number = PATTERNS + len(sizes) * ROUNDS * EACH
    some = await asyncio.to_thread(lambda: list(made(place.settings, number, seed=4000)))
    load, _ = await sent(place, some[:PATTERNS], 0)
    done, found, used = 0, list[dict[str, Any]](), PATTERNS
    for size in sizes:
        began = time.monotonic()
        await fill(place, Part(done, size), load.done, say)
        done = size
        await _quiet(place)
        say(f"  {size:,} stored, in {time.monotonic() - began:.0f} s; now {ROUNDS * EACH} are sent")
        rounds = []
        for _ in range(ROUNDS):
            rounds.append(told(*await sent(place, some[used : used + EACH], 0)))
            used += EACH
        rounds.sort(key=_whole)
        median = rounds[len(rounds) // 2]
        costs = [_whole(one) for one in rounds]
        say(f"  at {size:,}: {costs[len(costs) // 2]} ms of CPU a submission, all processes together")
        found.append({"stored": size, **median, "cpu_ms_whole": _whole(median), "cpu_ms_whole_rounds": costs})
    first = found[0]["cpu_ms_whole"]
    return [one | {"times_the_first": round(one["cpu_ms_whole"] / first, 2), "stack": stack_of(place)} for one in found]


def _whole(cell: dict[str, Any]) -> float:
    """Services, broker and store: not the simulator, which stands for the wallet apps."""
    cost: dict[str, float] = cell["cpu_ms_per_submission"]
    return round(sum(cost.get(name, 0.0) for name in (*SERVICES, "broker", "store")), 2)


async def _quiet(place: Installation) -> None:
    """Wait until the services do nothing more about what was put in."""
    end = time.monotonic() + QUIET_WITHIN
    while time.monotonic() < end:
        before = cpu_by_process(place)
        await asyncio.sleep(3.0)
        after = cpu_by_process(place)
        if sum(after[name] - before.get(name, 0.0) for name in SERVICES) < QUIET * 3.0:
            return
