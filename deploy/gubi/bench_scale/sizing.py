"""What a city and a nation need, reckoned from what was measured. Pure.

Reckoned means: CPU and bytes per submission as measured, times the number. That they stay as measured at that size is
shown up to the largest number stored in the bench and supposed beyond; so is that a rate is reached by adding cores,
which one machine cannot show.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deploy.gubi.bench import SERVICES

VOLUMES = {"a programme": 10_000, "the article's year": 266_000, "the nation's year": 8_000_000}
HOURS = 250 * 8
"""In which a year's submissions are supposed to come in: working days, office hours."""
BURST = 10.0
"""The busiest minute, supposed, over the mean of those hours."""
BUSY = 0.6
"""Of a core, what is planned to be used at the busiest; the rest is for bursts within the burst and for a restart."""
MIB, GIB = 1024**2, 1024**3


class Size(NamedTuple):
    """What so many submissions a year need."""

    name: str
    submissions: int
    peak_per_second: float
    workers: Mapping[str, int]
    """Processes by service, each on a core of its own at the most."""
    partitions: int
    cores_services: float
    cores_broker: float
    cores_store: float
    memory_gib: float
    """Of all services' processes together."""
    disk_gib: float
    """Of store and broker for the year, each record once: times three where three keep it."""
    rate_measured: bool
    """Whether the bench reached the peak itself, on its one machine."""
    number_measured: bool
    """Whether the bench had so many stored."""


def sizes(report: Mapping[str, Any], volumes: Mapping[str, int] = VOLUMES) -> list[Size]:
    """Give a row for each volume. Raises `KeyError` naming the part of the report that is missing."""
    cells, costs, soak = (_part(report, name) for name in ("throughput", "stored", "soak"))
    at_most = max(cell["per_second"] for cell in cells)
    last = max(costs, key=lambda cell: cell["stored"])
    cost, memory = last["cpu_ms_per_submission"], soak["memory"]
    each = sum(soak["bytes_per_submission"].values())
    return [_size(name, number, cost, memory, each, (at_most, last["stored"])) for name, number in volumes.items()]


def _part(report: Mapping[str, Any], name: str) -> Any:
    if not report.get(name):
        raise KeyError(f"the report has no part '{name}'")
    return report[name]


def _size(
    name: str,
    number: int,
    cost: Mapping[str, float],
    memory: Mapping[str, Mapping[str, float]],
    bytes_each: float,
    measured: tuple[float, int],
) -> Size:
    peak = number / (HOURS * 3600) * BURST
    cores = {part: peak * milliseconds / 1000 / BUSY for part, milliseconds in cost.items()}
    workers = {service: max(1, math.ceil(cores.get(service, 0.0))) for service in SERVICES}
    held = {service: _most(memory, service) + _most(memory, f"{service}'s readers") for service in SERVICES}
    return Size(
        name=name,
        submissions=number,
        peak_per_second=round(peak, 2),
        workers=workers,
        partitions=max(12, 2 ** math.ceil(math.log2(max(workers.values())))),
        cores_services=round(sum(cores.get(service, 0.0) for service in SERVICES), 2),
        cores_broker=round(cores.get("broker", 0.0), 2),
        cores_store=round(cores.get("store", 0.0), 2),
        memory_gib=round(sum(held[service] * workers[service] for service in SERVICES) * MIB / GIB, 1),
        disk_gib=round(number * bytes_each / GIB, 1),
        rate_measured=peak <= measured[0],
        number_measured=number <= measured[1],
    )


def _most(memory: Mapping[str, Mapping[str, float]], name: str) -> float:
    return memory[name]["most_mb"] if name in memory else 0.0


def rows(found: Sequence[Size]) -> list[str]:
    """Give the table as README's lines; what was reckoned says so."""
    lines = [
        "| a year | at the busiest | workers | cores: services / broker / store | memory of services | disk a year |",
        "|---|---|---|---|---|---|",
    ]
    for size in found:
        rate = "measured" if size.rate_measured else "reckoned"
        number = "measured" if size.number_measured else "reckoned"
        more = [f"{service} {count}" for service, count in size.workers.items() if count > 1]
        workers = ", ".join(more) + (", else 1 each" if more else "1 each")
        lines.append(
            f"| {size.name}: {size.submissions:,} (cost {number}) | {size.peak_per_second:g}/s ({rate}) | {workers} "
            f"| {size.cores_services:g} / {size.cores_broker:g} / {size.cores_store:g} "
            f"| {size.memory_gib:g} GiB | {size.disk_gib:g} GiB, once |"
        )
    return lines
