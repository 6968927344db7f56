"""CPU time and memory of processes and all they started, read from the kernel."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from deploy.gubi.installation import Installation

IDLE_SECONDS = 5.0
_TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            found.setdefault(int(stat[1]), []).append(int(entry.name))
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Give user and system seconds of these processes, of their living descendants, and of those they waited for."""
    stats = (_stat(pid) for pid in family(pids))
    return sum(int(stat[place]) for stat in stats if stat is not None for place in (11, 12, 13, 14)) / _TICK


def family(pids: Iterable[int]) -> list[int]:
    """Give these processes and their living descendants."""
    children, todo, found = _children(), list(pids), list[int]()
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def processes_of(place: Installation) -> dict[str, int]:
    """Give the processes of an installation by name, its servers among them."""
    found = {name: child.process.pid for name, child in place.supervisor.children.items()}
    return found | {server.name: server.pid for server in place.stack.servers if server.pid is not None}


def cpu_by_process(place: Installation) -> dict[str, float]:
    """Give the CPU seconds of each process of an installation."""
    return {name: cpu_seconds([pid]) for name, pid in processes_of(place).items()}


def idle_cpu_ms(place: Installation) -> dict[str, float]:
    """Give what each process takes in milliseconds of CPU a second; to be asked while nothing is submitted.

    It goes on under load: the fewer submissions there are, the more of it falls to each.
    """
    before, began = cpu_by_process(place), time.monotonic()
    time.sleep(IDLE_SECONDS)
    after, took = cpu_by_process(place), time.monotonic() - began
    return {name: round((after[name] - before.get(name, 0.0)) * 1000 / took, 1) for name in sorted(after)}


def own_mb(pids: Iterable[int]) -> float:
    """Give how much memory these processes hold that nobody shares with them, in MB of 1024 KiB."""
    return sum(_private_kib(pid) for pid in pids) / 1024


def _private_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def percentiles(values: Iterable[float]) -> dict[str, float]:
    """Give p50, p95, p99 and max (nearest rank); nothing for no values."""
    ordered = sorted(values)
    if not ordered:
        return {}
    ranks = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[max(0, round(rank * len(ordered)) - 1)], 1) for name, rank in ranks.items()}
