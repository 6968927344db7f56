"""What the bench is to reach, and whether it did. Pure.

A target is judged only where its part was measured on what the target is for: the rate on a compiled store, since the
interpreted one takes most of the machine itself; memory over a soak of twenty minutes at least, since over fewer the
warm-up is most of it. What is not judged is said to be so, and counts neither way.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import ge, le, lt
from typing import Any, NamedTuple

Report = Mapping[str, Any]
SOAK_FROM = 20.0
INTERPRETED, COMPILED = "SecantusDB ", "SecantusDB (Rust)"


class Target(NamedTuple):
    """One number to reach."""

    what: str
    unit: str
    bound: float
    holds: Callable[[float, float], bool]
    """Whether what was reached, given first, is within the bound."""
    sense: str
    """The same in words."""


TARGETS = {
    "cpu_ms": Target("CPU of the six services for a submission", " ms", 10.0, le, "at most"),
    "per_second": Target("submissions a second, on a compiled store", "/s", 100.0, ge, "at least"),
    "times_the_first": Target(
        "CPU of all processes where most is stored, over that where least is", " times", 1.1, le, "at most"
    ),
    "receipt_p95_ms": Target("p95 of the receipt at half the load", " ms", 150.0, lt, "below"),
    "end_to_end_p95_ms": Target("p95 of the whole at half the load", " ms", 2000.0, lt, "below"),
    "mb_per_10_min": Target("growth of the service that grows most, in ten minutes", " MB", 1.0, lt, "below"),
}


def reached(report: Report) -> dict[str, float | None]:
    """Give what was reached of each target that can be judged; None where it was measured and nothing came of it."""
    found: dict[str, float | None] = {}
    if cells := report.get("throughput"):
        best = max(cells, key=lambda cell: cell["per_second"])
        found["cpu_ms"] = best["cpu_ms_services"]
        if is_compiled(best["stack"]):
            found["per_second"] = best["per_second"]
    if cells := report.get("stored"):
        found["times_the_first"] = max(cells, key=lambda cell: cell["stored"])["times_the_first"]
    if half := report.get("half"):
        found["receipt_p95_ms"] = half["receipt_ms"].get("p95")
        found["end_to_end_p95_ms"] = half["end_to_end_ms"].get("p95")
    if (soak := report.get("soak")) and soak["minutes"] >= SOAK_FROM:
        found["mb_per_10_min"] = soak["worst_mb_per_10_min"]
    return found


def is_compiled(stack: Report) -> bool:
    """Tell whether the store of a stack is compiled, by the product it names; a real MongoDB is."""
    store = str(stack.get("mongo", "MongoDB"))
    return store.startswith(COMPILED) or not store.startswith(INTERPRETED)


def met(report: Report) -> dict[str, bool]:
    """Give whether each target was met that can be judged."""
    return {
        name: value is not None and TARGETS[name].holds(value, TARGETS[name].bound)
        for name, value in reached(report).items()
    }


def sentences(report: Report) -> Sequence[str]:
    """Give a line for each target: met, NOT MET, or not judged."""
    found, good = reached(report), met(report)
    lines = []
    for name, target in TARGETS.items():
        wanted = f"{target.sense} {target.bound:g}{target.unit}"
        if name not in found:
            lines.append(f"{target.what}: not judged ({wanted})")
            continue
        value = "nothing came of it" if found[name] is None else f"{found[name]:g}{target.unit}"
        lines.append(f"{target.what}: {value}, {'met' if good[name] else 'NOT MET'} ({wanted})")
    return lines
