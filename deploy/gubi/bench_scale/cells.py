"""How many a second by workers and partitions: one installation per number of partitions, workers added to it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from deploy.gubi.bench import SERVICES
from deploy.gubi.bench_scale.telling import Say, measured_on
from deploy.gubi.broker import asking, consumers_of
from deploy.gubi.cost import cpu_by_process, percentiles
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import Load, Sending, made, offer, settle, wallets, watching
from deploy.gubi.processes import PROCESSES
from deploy.gubi.supervisor import service_command
from deploy.stack.ports import kept
from deploy.trouble import Trouble

WARM_UP = 40
FIRST_GUESS = 80
"""Submissions a second before any were counted: so many are made for the first cell."""
JOINED_WITHIN = 120.0
BROKER, STORE, LOAD = "broker", "store", "load"


def throughput(workers: Sequence[int], partitions: Sequence[int], seconds: int, say: Say) -> list[dict[str, Any]]:
    """Measure every pair; a worker that no partition would be left for is left out."""
    found: list[dict[str, Any]] = []
    for parts in partitions:
        chosen = [number for number in workers if number <= parts]
        with installation("bench-scale", say, GUBI_PARTITIONS=str(parts)) as place, ExitStack() as doors:
            at_work = Workers(place, doors)
            for number in chosen:
                guess = max((cell["per_second"] for cell in found), default=FIRST_GUESS)
                cell = asyncio.run(_cell(place, at_work, number, int(seconds * guess), say)) | measured_on(place)
                found.append(cell)
                say(
                    f"  {number} worker{'s' * (number > 1)}, {parts} partition{'s' * (parts > 1)}: "
                    f"{cell['per_second']} a second, {cell['cpu_ms_services']} ms of CPU in the services"
                )
    return found


async def _cell(place: Installation, at_work: "Workers", workers: int, number: int, say: Say) -> dict[str, Any]:
    await at_work.be(workers)
    say(f"  {WARM_UP + number} certificates are made")
    some = await asyncio.to_thread(lambda: list(made(place.settings, WARM_UP + number, seed=3000 + workers)))
    await sent(place, some[:WARM_UP], 0, at_work.doors)
    load, cpu = await sent(place, some[WARM_UP:], 0, at_work.doors)
    return {"workers": workers, "partitions": place.settings.partitions, **told(load, cpu)}


async def sent(
    place: Installation, some: Sequence[Sending], rate: float, doors: Sequence[str] = ()
) -> tuple[Load, dict[str, float]]:
    """Send these; give how it went and the CPU seconds it took, by service, broker, store and the load itself."""
    load = Load()
    async with wallets(place, *doors) as clients, watching(place.settings, load):
        before, began = by_part(cpu_by_process(place)), time.process_time()
        await offer(clients, some, rate, load)
        await settle(load)
        after, own = by_part(cpu_by_process(place)), time.process_time() - began
    return load, {name: after[name] - before.get(name, 0.0) for name in after} | {LOAD: own}


def by_part(processes: Mapping[str, float]) -> dict[str, float]:
    """Sum what processes took by service, broker and store: `extraction-2` is extraction."""
    found: dict[str, float] = {}
    for name, value in processes.items():
        part = name.partition("-")[0]
        part = {"kafka": BROKER, "mongo": STORE}.get(part, part)
        found[part] = found.get(part, 0.0) + value
    return found


def told(load: Load, cpu: Mapping[str, float]) -> dict[str, Any]:
    """Give what a load came to."""
    done = len(load.done)
    cost = {name: round(seconds * 1000 / max(1, done), 2) for name, seconds in sorted(cpu.items())}
    return {
        "submitted": len(load.due),
        "screened": done,
        "refused": dict(load.refused),
        "per_second": round(done / load.seconds, 1) if load.seconds else 0.0,
        "receipt_ms": percentiles(load.receipt_ms),
        "end_to_end_ms": percentiles(load.end_to_end_ms),
        "cpu_ms_per_submission": cost,
        "cpu_ms_services": round(sum(cost.get(name, 0.0) for name in SERVICES), 2),
    }


class Workers:
    """The processes of each service of one installation: one when it came up, more as they are wanted."""

    def __init__(self, place: Installation, doors: ExitStack) -> None:
        """Take the installation as it came up, and what the ports of further doors are kept by."""
        self._place, self._count, self._kept = place, 1, doors
        self._ports: dict[str, int] = {}
        place.supervisor.command = self._command

    @property
    def doors(self) -> list[str]:
        """The addresses of further doors for wallets."""
        host = self._place.settings.host
        return [f"http://{host}:{port}" for name, port in self._ports.items() if name.startswith("intake-")]

    async def be(self, workers: int) -> None:
        """Have so many at work, never fewer than there were. Raises `Trouble` where some do not come up."""
        if workers <= self._count:
            return
        wanted = {name: count // self._count * workers for name, count in (await self._consumers()).items()}
        more = [f"{name}-{number}" for name in SERVICES for number in range(self._count + 1, workers + 1)]
        with_a_door = [name for name in more if _door(name)]
        ports = self._kept.enter_context(kept([0] * len(with_a_door)))
        self._ports |= dict(zip(with_a_door, ports, strict=True))
        self._place.supervisor.start(more)
        self._count = workers
        try:
            async with asyncio.timeout(JOINED_WITHIN):
                while await self._consumers() != wanted:
                    await asyncio.sleep(0.5)
        except TimeoutError:
            logs = self._place.supervisor.logs
            raise Trouble(f"Not all of {workers} workers took part in {JOINED_WITHIN:.0f} s; see {logs}.") from None

    def _command(self, name: str) -> Sequence[str]:
        own = [f"GUBI_{_door(name).upper()}={self._ports[name]}"] if name in self._ports else []
        return ["/usr/bin/env", *own, *service_command(name)]

    async def _consumers(self) -> dict[str, int]:
        async with asking(self._place.settings) as admin:
            return {name: await consumers_of(admin, self._place.settings, name) for name in SERVICES}


def _door(name: str) -> str:
    return PROCESSES[name.partition("-")[0]].door or ""
