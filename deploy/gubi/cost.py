"""CPU time of processes and all they started, read from the kernel."""

import os
from collections.abc import Iterable
from pathlib import Path

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
    children = _children()
    todo, ticks = list(pids), 0
    while todo:
        pid = todo.pop()
        stat = _stat(pid)
        if stat is not None:
            ticks += sum(int(stat[place]) for place in (11, 12, 13, 14))
            todo += children.get(pid, [])
    return ticks / _TICK


def percentiles(values: Iterable[float]) -> dict[str, float]:
    """Give p50, p95, p99 and max (nearest rank); nothing for no values."""
    ordered = sorted(values)
    if not ordered:
        return {}
    ranks = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[max(0, round(rank * len(ordered)) - 1)], 1) for name, rank in ranks.items()}
