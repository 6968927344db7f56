"""Runs a selection over a made-up population, at a quarter, half and all of its size, and in other ways again.

The seconds are of the wall clock, from the request until the rows are written. Not in them: saying the rows on the bus,
and the server of processes, which a service starts once and keeps. A part is the mean over the processes that did it,
so the parts and the forking of the processes sum to about the whole.
"""

import asyncio
import json
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.gubi.bench_select.making import AS_OF, Part, know_workplaces, make
from deploy.gubi.installation import Installation, installation
from deploy.gubi.supervisor import stop_on_signals
from deploy.stack import prefer_compiled
from deploy.trouble import Trouble
from services.eligibility.rules import screen
from services.eligibility.selection.digest import Result
from services.eligibility.selection.ranking import EVERYBODY, Draw
from services.eligibility.selection.running import PER_STRETCH, Selections, Spent
from services.eligibility.selection.work import PORTION, peak_memory
from services.eligibility.store import Groups, Runs
from shared.catalog import Programme, load
from shared.events import SelectionRequested
from shared.facts import Facts
from shared.gate import stretches
from shared.vault.store import row_id
from shared.wiring import Wiring

TARGET_SECONDS, TARGET_SCREENING_MS = 10.0, 1.0
MOST_BYTES_PER_ROW = {"parent": 640, "deciding": 64, "ranking": 512}
"""How much each process's peak may grow for every further submission: a million of them then add 640 MiB at most.

Deciding holds a stretch at a time; whoever ranks holds everybody, as whoever passes them on does. They are not spilled:
points and households would lie on the disk in the clear.
"""
JUDGED_FROM = 100_000
"""Of fewer, what a process holds by itself hides what each row takes, and the seconds say nothing."""
PARTS = ("read", "open", "decide", "rank", "write")
_SCREENED = 500


class Ran(NamedTuple):
    """One run, and the most memory, in MiB, that the process which began it and any that worked for it held."""

    result: Result
    spent: Spent

    @property
    def memory(self) -> dict[str, float]:
        """Peaks so far."""
        kib = {"parent": peak_memory(), "deciding": self.spent.peak["decide"], "ranking": self.spent.peak["rank"]}
        return {name: round(value / 1024, 1) for name, value in kib.items()}


class Bench:
    """The service's own code, on a store that a population is put into."""

    def __init__(self, wiring: Wiring, programme: Programme, workers: int) -> None:
        """Take the store and its keys, the programme, and how many processes decide."""
        database = wiring.database("eligibility")
        self.wiring, self.programme, self.workers = wiring, programme, workers
        self.runs, self.groups = Runs(database), Groups(database)
        self._catalog = load(wiring.settings.catalog)
        order = (programme.selection or EVERYBODY).order
        self._draw = Draw(bytes(32), "") if "lottery" in order else None

    async def run(self, name: str, workers: int | None = None, cut: Sequence[tuple[str, str]] = ()) -> Ran:
        """Carry one run out, up to its written rows."""
        workers = workers or self.workers
        selections = Selections(self.wiring, self._catalog, self.runs, self.groups, _say_nothing, workers)
        await selections.prepare()
        request = SelectionRequested.because_of(
            name,
            run_id=name,
            at=self.wiring.clock(),
            programme_id=self.programme.id,
            rule_version=self.programme.version,
            as_of=AS_OF,
            office=self.programme.office,
        )
        began = perf_counter()
        pinned = await selections.pinned(self.programme, request)
        result, spent = await selections.decide(pinned, name, "bench", self._draw, cut)
        spent.all = perf_counter() - began
        return Ran(result, spent)

    async def one_screening_ms(self) -> float:
        """Give what screening one submission takes, worded: the mean, in milliseconds, over some of the population."""
        gate, vault = self.wiring.gate, self.wiring.vault
        start, end = stretches(max(1, await gate.about() // _SCREENED))[0]
        rows = await vault.facts_between(start, end)
        cases = []
        for filed in await gate.filed(self.programme.id, start, end):
            sealed = rows.get(row_id(filed.submission_id, "facts", filed.revision))
            if sealed is not None and filed.is_open:
                seal, submitter = gate.opened(filed)
                cases.append((Facts.model_validate_json(seal.open("facts", filed.revision, sealed)), submitter))
        began = perf_counter()
        for facts, submitter in cases:
            screen(facts, submitter, self.programme, as_of=AS_OF, answers={})
        return round((perf_counter() - began) * 1000 / max(1, len(cases)), 3)

    async def classes(self, name: str, portions: int) -> dict[str, int]:
        """Count the written rows of a run by class."""
        found: dict[str, int] = {}
        for number in range(portions):
            for text in await self.runs.portion(name, "bench", number):
                outcome = text.split("|", 2)[1]
                found[outcome] = found.get(outcome, 0) + 1
        return dict(sorted(found.items()))


async def _say_nothing(events: object) -> None:
    """Nobody listens to a bench."""


async def _measure(place: Installation, programme: Programme, population: int, workers: int, console: Console) -> Any:
    wiring = Wiring.of(place.settings)
    bench, memory = Bench(wiring, programme, workers), {}
    async with wiring.open(bench.runs, bench.groups):
        answered = await know_workplaces(wiring, programme)
        done, ran = 0, None
        for name, size in {"quarter": population // 4, "half": population // 2, "whole": population}.items():
            await asyncio.to_thread(_make, place, programme, Part(done, size), workers, console)
            done, ran = size, await bench.run(name)
            memory[name] = ran.memory
            console.print(f"{size:,} submissions: {ran.spent.all:.1f} s")
        assert ran is not None
        again = await bench.run("again")
        cut = stretches(max(1, population // (PER_STRETCH // 3)))
        Random(1).shuffle(cut)  # noqa: S311 - any other order
        shuffled = await bench.run("shuffled", cut=cut)
        others = await bench.run("others", workers=workers + 1 if workers < 2 else workers - 1)
        best = min((ran, again), key=lambda one: one.spent.all)
        same = {"again": again, "shuffled": shuffled, "other_workers": others}
        classes = await bench.classes("whole", len(ran.result.firsts))
        return {
            "seconds": _seconds(best.spent),
            "cpu_us_per_submission": {name: round(cpu * 1e6 / population, 1) for name, cpu in best.spent.cpu.items()},
            "seconds_of_each_run": {"first": ran.spent.all, **{name: one.spent.all for name, one in same.items()}},
            "digest": ran.result.digest,
            "same_digest": {name: one.result.digest == ran.result.digest for name, one in same.items()},
            "population": population,
            "classes": classes,
            "classes_sum": sum(classes.values()),
            "programme": f"{programme.id} {programme.version}",
            "answered_questions": answered,
            "workers": workers,
            "memory": memory,
            "bytes_per_row": bytes_per_row(memory, population),
            "one_screening_ms": await bench.one_screening_ms(),
            "rows_per_portion": PORTION,
        }


def met(report: dict[str, Any]) -> dict[str, bool]:
    """Judge a report, by what is judged: always that the digests are the same and the classes sum; the rest of many."""
    judged = {
        "same_digest": all(report["same_digest"].values()),
        "classes_sum": report["classes_sum"] == report["population"],
        "one_screening_ms": report["one_screening_ms"] <= TARGET_SCREENING_MS,
    }
    if report["population"] >= JUDGED_FROM:
        judged["seconds"] = report["seconds"]["all"] <= TARGET_SECONDS
        per_row = report["bytes_per_row"]
        judged |= {f"memory_{name}": per_row[name] <= most for name, most in MOST_BYTES_PER_ROW.items()}
    return judged


def bytes_per_row(memory: dict[str, dict[str, float]], population: int) -> dict[str, int]:
    """Give by how much each process's peak grew for every submission after the first quarter."""
    more = max(1, population - population // 4)
    grown = {name: memory["whole"][name] - memory["quarter"][name] for name in MOST_BYTES_PER_ROW}
    return {name: round(mib * 2**20 / more) for name, mib in grown.items()}


def _seconds(spent: Spent) -> dict[str, float]:
    parts = {name: round(spent.parts[name], 2) for name in PARTS}
    return {"all": round(spent.all, 2), **parts}


def _make(place: Installation, programme: Programme, part: Part, workers: int, console: Console) -> None:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"storing submissions {part.start:,} to {part.end:,}", total=part.end - part.start)
        for some in make(place.settings, programme, part, workers):
            progress.advance(task, some)


def _print(report: dict[str, Any], console: Console) -> None:
    table = Table(title=f"{report['population']:,} submissions in one selection run", title_justify="left")
    table.add_column("part")
    table.add_column("seconds", justify="right")
    table.add_column("what it is")
    told = {
        "all": f"from the request until the rows are written (target: {TARGET_SECONDS:g})",
        "read": "gate documents and sealed facts out of the store",
        "open": "each submission's key unwrapped, submitter and facts decrypted and checked",
        "decide": "eligible, ineligible or review, with what it rests on",
        "rank": "places, waiting list, duplicates",
        "write": "rows in portions, and the digest over them",
    }
    for name, says in told.items():
        table.add_row(name, f"{report['seconds'][name]:.2f}", says)
    console.print(table)
    used = ", ".join(f"{name} {cpu:g}" for name, cpu in report["cpu_us_per_submission"].items())
    console.print(f"processor time per submission, the store's apart, us: {used}")
    console.print(f"store: {report['store']}; processes: {report['workers']}; digest: {report['digest']}")
    for name, same in report["same_digest"].items():
        console.print(f"  {name}: {'the same digest' if same else 'ANOTHER DIGEST'}")
    for name, peaks in report["memory"].items():
        console.print(f"  memory at {name}, MiB: {', '.join(f'{part} {mib:g}' for part, mib in peaks.items())}")
    console.print(f"one submission screened and worded: {report['one_screening_ms']} ms")
    for name, is_met in report["met"].items():
        console.print(f"  {name}: {'met' if is_met else 'NOT MET'}")


def run_bench_select(*, population: int, workers: int, programme_id: str, out: Path, console: Console) -> bool:
    """Run it on an installation of its own, write the report to `out`; tell whether all that must be so is so.

    Raises `Trouble` for a programme that there is not.
    """
    stop_on_signals()
    programme = load().programmes.get(programme_id)
    if programme is None:
        raise Trouble(f"There is no programme '{programme_id}': see shared/catalog/programmes.")
    prefer_compiled(console.print)
    with installation("bench-select", lambda text: console.print(text, markup=False), services=()) as place:
        report = asyncio.run(_measure(place, programme, population, workers, console))
        servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
        report |= {
            "stack": place.stack.name,
            "store": servers.get("mongo", "MongoDB"),
            "cpus": os.cpu_count(),
            "versions": {"python": platform.python_version(), **servers},
        }
        report["met"] = met(report)
    shutil.rmtree(place.folder / "stack", ignore_errors=True)  # some hundreds of MiB that nobody looks at again
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2) + "\n")
    _print(report, console)
    console.print(f"Written to {out}.")
    return all(report["met"].values())
