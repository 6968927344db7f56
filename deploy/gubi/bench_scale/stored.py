"""What a submission costs by how many are stored already.

Each size on an installation of its own, all up at once and sent to in turn, so that what the machine does meanwhile
falls to all of them alike; compared are costs of one round.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any

from deploy.gubi.bench import SERVICES
from deploy.gubi.bench_scale.cells import sent, told
from deploy.gubi.bench_scale.filling import fill
from deploy.gubi.bench_scale.telling import Say, measured_on
from deploy.gubi.bench_select.making import Part
from deploy.gubi.cost import cpu_by_process
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import Sending, made

PATTERNS = 40
ROUNDS, EACH = 5, 200
QUIET, QUIET_WITHIN = 0.3, 300.0
"""Of one core, what all services together take at the most once they have dealt with what was put into the stores."""
Cell = dict[str, Any]


def stored(sizes: Sequence[int], say: Say) -> list[Cell]:
    """Measure at each of these sizes; give a cell for each, smallest first."""
    with ExitStack() as up:
        places = {size: up.enter_context(installation(f"bench-scale-{size}", say)) for size in sorted(sizes)}
        rounds = asyncio.run(_rounds(places, say))
        told_of = {size: measured_on(place) for size, place in places.items()}
    return [cell | told_of[cell["stored"]] for cell in compared(rounds)]


async def _rounds(places: Mapping[int, Installation], say: Say) -> list[dict[int, Cell]]:
    waiting = {size: await _filled(place, size, say) for size, place in places.items()}
    rounds: list[dict[int, Cell]] = []
    for number in range(ROUNDS):
        some = slice(number * EACH, (number + 1) * EACH)
        rounds.append({size: told(*await sent(place, waiting[size][some], 0)) for size, place in places.items()})
        costs = ", ".join(f"{whole(cell)} at {size:,}" for size, cell in rounds[-1].items())
        say(f"  {number + 1} of {ROUNDS}: ms of CPU a submission, all processes together: {costs}")
    return rounds


async def _filled(place: Installation, size: int, say: Say) -> list[Sending]:
    """Fill an installation and give what is to be sent to it."""
    some = await asyncio.to_thread(lambda: list(made(place.settings, PATTERNS + ROUNDS * EACH, seed=4000)))
    load, _ = await sent(place, some[:PATTERNS], 0)
    began = time.monotonic()
    await fill(place, Part(0, size), load.done, say)
    await _quiet(place)
    say(f"  {size:,} stored, in {time.monotonic() - began:.0f} s")
    return some[PATTERNS:]


def compared(rounds: Sequence[Mapping[int, Cell]]) -> list[Cell]:
    """Give, for each size, its round of median cost, all its costs, and how many times that of the least stored it is:
    the median over the rounds, in each of which both were measured one after the other. Pure.
    """
    found = []
    least = min(rounds[0])
    for size in sorted(rounds[0]):
        ordered = sorted((one[size] for one in rounds), key=whole)
        times = {
            name: round(median(cost(one[size]) / cost(one[least]) for one in rounds), 2)
            for name, cost in {"times_the_first": whole, "services_times_the_first": _of_services}.items()
        }
        middle = ordered[len(ordered) // 2]
        costs = {"cpu_ms_whole": whole(middle), "cpu_ms_whole_rounds": [whole(one[size]) for one in rounds]}
        found.append({"stored": size, **middle, **costs, **times})
    return found


def whole(cell: Cell) -> float:
    """Services, broker and store: not the simulator, which stands for the wallet apps."""
    cost: dict[str, float] = cell["cpu_ms_per_submission"]
    return round(sum(cost.get(name, 0.0) for name in (*SERVICES, "broker", "store")), 2)


def _of_services(cell: Cell) -> float:
    found: float = cell["cpu_ms_services"]
    return found


async def _quiet(place: Installation) -> None:
    """Wait until the services do nothing more about what was put in."""
    end = time.monotonic() + QUIET_WITHIN
    while time.monotonic() < end:
        before = cpu_by_process(place)
        await asyncio.sleep(3.0)
        after = cpu_by_process(place)
        if sum(after[name] - before.get(name, 0.0) for name in SERVICES) < QUIET * 3.0:
            return
