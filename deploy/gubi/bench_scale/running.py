"""Runs the parts that are asked for and keeps what the others found before, so that each can be run by itself."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.gubi.bench import SERVICES
from deploy.gubi.bench_scale.cells import throughput
from deploy.gubi.bench_scale.half import half
from deploy.gubi.bench_scale.judging import TARGETS, met, sentences
from deploy.gubi.bench_scale.sizing import rows, sizes
from deploy.gubi.bench_scale.soak import soak
from deploy.gubi.bench_scale.stored import stored
from deploy.gubi.supervisor import stop_on_signals
from deploy.stack import prefer_compiled
from deploy.trouble import Trouble

PARTS = ("throughput", "half", "stored", "soak")
UNMEASURED = 30.0
"""Submissions a second that are supposed of one worker where the report has no throughput."""


@dataclass(frozen=True)
class Wanted:
    """What is to be measured."""

    parts: Sequence[str]
    seconds: int
    workers: Sequence[int]
    partitions: Sequence[int]
    sizes: Sequence[int]
    soak_minutes: float
    soak_rate: float

    def check(self) -> None:
        """Raises `Trouble` for the first mistake."""
        for part in self.parts:
            if part not in PARTS:
                raise Trouble(f"There is no part '{part}': choose of {', '.join(PARTS)}.")
        for name, numbers in {"workers": self.workers, "partitions": self.partitions, "stored": self.sizes}.items():
            if not numbers or min(numbers) < 1:
                raise Trouble(f"--{name} takes numbers from 1 on.")
        if min(self.workers) > max(self.partitions):
            raise Trouble("Each worker needs a partition: give --partitions as many as the fewest --workers, or more.")


def run_bench_scale(wanted: Wanted, out: Path, console: Console) -> bool:
    """Run it, write the report to `out` after each part; tell whether each target that can be judged is met.

    Raises `Trouble`.
    """
    wanted.check()
    report = _earlier(out)
    stop_on_signals()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    prefer_compiled(say)

    def at_half() -> dict[str, Any]:
        cells = [cell for cell in report.get("throughput") or () if cell["workers"] == 1]
        return half(max((cell["per_second"] for cell in cells), default=UNMEASURED) / 2, wanted.seconds, say)

    doing: dict[str, Callable[[], Any]] = {
        "throughput": lambda: throughput(wanted.workers, wanted.partitions, wanted.seconds, say),
        "half": at_half,
        "stored": lambda: stored(wanted.sizes, say),
        "soak": lambda: soak(wanted.soak_minutes, wanted.soak_rate, say),
    }
    parts = [name for name in PARTS if name in wanted.parts]
    for number, name in enumerate(parts, start=1):
        say(f"{number} of {len(parts)}: {name}.")
        report |= {name: doing[name](), "cpus": os.cpu_count(), "load_after": {**report.get("load_after", {})}}
        report["load_after"][name] = os.getloadavg()[2]
        _summed(report)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print_report(report, say)
    say(f"Written to {out}.")
    return all(met(report).values())


def _earlier(out: Path) -> dict[str, Any]:
    if not out.is_file():
        return {}
    try:
        found = json.loads(out.read_text())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Trouble(f"{out} is there and is no report of this bench: name another file with --out, or delete it.")
    return found


def _summed(report: dict[str, Any]) -> None:
    """Put on top what is asked for most: the best rate and what a submission cost at it, and which targets are met."""
    if cells := report.get("throughput"):
        best = max(cells, key=lambda cell: cell["per_second"])
        report |= {
            "per_second": best["per_second"],
            "per_second_by": {"workers": best["workers"], "partitions": best["partitions"]},
            "cpu_ms_per_submission": best["cpu_ms_per_submission"],
            "cpu_ms_per_submission_services": best["cpu_ms_services"],
        }
    report |= {"targets": {name: target.bound for name, target in TARGETS.items()}, "met": met(report)}
    try:
        report["sizing"] = [size._asdict() for size in sizes(report)]
    except KeyError:
        report.pop("sizing", None)


def print_report(report: dict[str, Any], say: Callable[[str], None]) -> None:
    """Print what was found, in sentences."""
    for name in PARTS:
        if found := report.get(name):
            of = found[0] if isinstance(found, list) else found
            say(f"{name}: of commit {of.get('commit', 'unknown')}, {of.get('at', 'at a time unknown')}")
    for cell in report.get("throughput") or ():
        say(
            f"{cell['workers']} × {cell['partitions']} partitions: {cell['per_second']}/s; ms of CPU a submission: "
            f"services {cell['cpu_ms_services']}, broker {cell['cpu_ms_per_submission'].get('broker')}, "
            f"store {cell['cpu_ms_per_submission'].get('store')}"
        )
    if found := report.get("half"):
        say(
            f"at {found['offered_per_second']}/s: receipt p95 {found['receipt_ms'].get('p95')} ms, "
            f"end to end p95 {found['end_to_end_ms'].get('p95')} ms"
        )
        idle = sum(found["idle_cpu_ms_per_second"].get(name, 0.0) for name in SERVICES)
        say(f"with nothing to do the services take {idle:.0f} ms of CPU a second")
        stages = found["stages_ms_one_by_one"].items()
        say("one by one, p50 ms: " + ", ".join(f"{name} {times.get('p50')}" for name, times in stages))
    for cell in report.get("stored") or ():
        say(f"{cell['stored']:,} stored: {cell['cpu_ms_whole']} ms of CPU, {cell['times_the_first']} times the first")
    if found := report.get("soak"):
        for name, grown in found["memory"].items():
            say(f"{name}: {grown['mb_per_10_min']} MB in 10 minutes (n = {grown['n']}, {grown['last_mb']} MB at last)")
        say(f"not judged are {found['not_in_worst']}")
    if "sizing" in report:
        for line in rows(sizes(report)):
            say(line)
    for line in sentences(report):
        say(line)
