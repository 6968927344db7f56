"""What a city and a nation need, reckoned from what was measured. Pure.

All that a row needs is reckoned: CPU and bytes per submission as measured, times the number, and beside it what each
process takes while it waits. What the bench has shown of a row are two things: that its one machine reached the rate,
and that so many were stored. Beyond, it is supposed that the cost stays, and that a rate is reached by adding cores,
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
    memory_services_gib: float
    """Of all their processes together."""
    memory_broker_gib: float
    memory_store_gib: float
    """The most that one broker and one store held in the soak: how much they take is a setting of theirs."""
    disk_gib: float
    """Of store and broker for the year, each record once: times three where three keep it."""
    rate_reached: bool
    """Whether the bench reached the peak itself, on its one machine."""
    number_stored: bool
    """Whether the bench had so many stored."""


def sizes(report: Mapping[str, Any], volumes: Mapping[str, int] = VOLUMES) -> list[Size]:
    """Give a row for each volume. Raises `KeyError` naming the part of the report that is missing."""
    cells, half, costs, soak = (_part(report, name) for name in ("throughput", "half", "stored", "soak"))
    at_most = max(cell["per_second"] for cell in cells)
    last = max(costs, key=lambda cell: cell["stored"])
    measured = _Measured(
        cost=last["cpu_ms_per_submission"],
        idle=half["idle_cpu_ms_per_second"],
        memory=soak["memory"],
        bytes_each=sum(soak["bytes_per_submission"].values()),
        per_second=at_most,
        stored=last["stored"],
    )
    return [_size(name, number, measured) for name, number in volumes.items()]


class _Measured(NamedTuple):
    """What all rows are reckoned from; CPU in milliseconds, memory in MB, by service, broker and store."""

    cost: Mapping[str, float]
    idle: Mapping[str, float]
    memory: Mapping[str, Mapping[str, float]]
    bytes_each: float
    per_second: float
    stored: int


def _part(report: Mapping[str, Any], name: str) -> Any:
    if not report.get(name):
        raise KeyError(f"the report has no part '{name}'")
    return report[name]


def _size(name: str, number: int, measured: _Measured) -> Size:
    peak = number / (HOURS * 3600) * BURST
    busy = {part: peak * milliseconds / 1000 / BUSY for part, milliseconds in measured.cost.items()}
    workers = {service: max(1, math.ceil(busy.get(service, 0.0))) for service in SERVICES}
    idle = {part: taken * workers.get(part, 1) / 1000 / BUSY for part, taken in measured.idle.items()}
    cores = {part: busy.get(part, 0.0) + idle.get(part, 0.0) for part in {*busy, *idle}}
    most = {part: grown["most_mb"] for part, grown in measured.memory.items()}
    held = {service: most.get(service, 0.0) + most.get(f"{service}'s readers", 0.0) for service in SERVICES}
    return Size(
        name=name,
        submissions=number,
        peak_per_second=round(peak, 2),
        workers=workers,
        partitions=max(12, 2 ** math.ceil(math.log2(max(workers.values())))),
        cores_services=round(sum(cores.get(service, 0.0) for service in SERVICES), 2),
        cores_broker=round(cores.get("broker", 0.0), 2),
        cores_store=round(cores.get("store", 0.0), 2),
        memory_services_gib=round(sum(held[service] * workers[service] for service in SERVICES) * MIB / GIB, 1),
        memory_broker_gib=round(most.get("kafka-1", 0.0) * MIB / GIB, 1),
        memory_store_gib=round(most.get("mongo", 0.0) * MIB / GIB, 1),
        disk_gib=round(number * measured.bytes_each / GIB, 1),
        rate_reached=peak <= measured.per_second,
        number_stored=number <= measured.stored,
    )


def rows(found: Sequence[Size]) -> list[str]:
    """Give the table as README's lines; what the bench has shown of a row stands apart from what is reckoned."""
    given = "| a year | at the busiest, supposed | shown: that rate / so many stored "
    needed = "| reckoned: workers | cores: services / broker / store | memory, GiB: the same | disk a year, once |"
    lines = [given + needed, "|---|---|---|---|---|---|---|"]
    for size in found:
        shown = " / ".join("yes" if one else "no" for one in (size.rate_reached, size.number_stored))
        more = [f"{service} {count}" for service, count in size.workers.items() if count > 1]
        workers = ", ".join(more) + (", else 1 each" if more else "1 each")
        lines.append(
            f"| {size.name}: {size.submissions:,} | {size.peak_per_second:g}/s | {shown} | {workers} "
            f"| {size.cores_services:g} / {size.cores_broker:g} / {size.cores_store:g} "
            f"| {size.memory_services_gib:g} / {size.memory_broker_gib:g} / {size.memory_store_gib:g} "
            f"| {size.disk_gib:g} GiB |"
        )
    return lines
