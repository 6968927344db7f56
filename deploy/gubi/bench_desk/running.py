"""Asks the desk for pages, at a tenth and at all of the queue's size, and the store for the same rows without the desk.

A page's time is the server's: from the request as the application gets it to the last byte it gives, session, counts,
list, claims and template included, without a network. Beside it stands one query raw: the rows of one range of the
list's own index, by the same driver from the same store. The ratio says what the desk adds, whatever the machine.
"""

import asyncio
import json
import os
import platform
import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from deploy.gubi.bench_desk.making import SECOND_OFFICE, WEEKS, store
from deploy.gubi.installation import Installation, installation
from deploy.gubi.supervisor import stop_on_signals
from services.dashboard.app import build
from services.dashboard.counting import Counting
from services.dashboard.desk import Desk
from services.dashboard.listing import SIZE
from services.dashboard.rules import Entry
from shared.catalog import Programme, load
from shared.events import SubmissionViewed
from shared.mongo import Collection, adapting
from shared.wiring import Wiring

TARGET_MS = 50.0
_COMPILED = "secantusd-rs"
_HOUR = timedelta(hours=1)

LISTS: dict[str, dict[str, str]] = {
    "all": {},
    "class": {"class": "eligible"},
    "class, not looked at": {"class": "review", "mark": "unseen"},
    "small class": {"class": "taken_back"},
    "undecided": {"mark": "undecided"},
    "older than 30 days, undecided": {"class": "eligible", "mark": "undecided", "age": "30"},
    "one office": {"office": SECOND_OFFICE, "class": "eligible"},
    "one office, every class": {"office": SECOND_OFFICE},
    "new since I was here": {"only": "new"},
    "new since I was here, one class": {"only": "new", "class": "review"},
    "retention ends soon": {"only": "soon"},
    "mine": {"only": "mine"},
}
"""The lists that are asked for, by their address's fields."""


class Bench:
    """An official at a desk of the service's own code."""

    def __init__(self, desk: Desk, official: httpx.AsyncClient, programme: Programme, samples: int) -> None:
        """Take the desk, who is signed in, whose queue it is, and how often each thing is asked."""
        self.desk, self.official, self.programme, self.samples = desk, official, programme, samples
        self.chance = Random(1)  # noqa: S311 - the same places each time

    async def lists(self, edges: list[Entry]) -> dict[str, dict[str, float]]:
        """Time each list, at its beginning and, where it has pages, at places all over it, in both directions."""
        found: dict[str, dict[str, float]] = {}
        for name, fields in LISTS.items():

            async def page(chosen: dict[str, str] = fields) -> None:
                places = {} if chosen.get("only") else self._place(edges)
                await self._get("/queue", {"programme": self.programme.id, **chosen, **places})

            found[name] = await self._timed(page)
        return found

    async def raw(self, collection: Collection) -> dict[str, float]:
        """Time the rows of one range of the index, asked of the store by the driver alone."""
        tally = await self.desk.counting.tally(self.programme.id)
        span, now = tally.span(SIZE, "eligible", "unseen"), self.desk.clock()

        async def query() -> None:
            at = now - timedelta(seconds=self.chance.randrange(WEEKS * 7 * 86_400))
            chosen = {"programme_id": self.programme.id, "class": "eligible", "stage": 0}
            async with adapting():
                cursor = collection.find(chosen | {"received_at": {"$gte": at, "$lt": at + span}})
                await cursor.sort([("received_at", 1), ("_id", 1)]).limit(SIZE + 1).to_list(None)

        return await self._timed(query)

    async def counting(self, entries: list[Entry]) -> dict[str, Any]:
        """Time the counts: of the whole programme, and again after one submission was looked at."""
        counting = Counting(self.desk.stores.queue, self.desk.clock)  # as after a start
        began = perf_counter()
        await counting.fresh(self.programme.id)
        first = perf_counter() - began
        fresh = iter(entry for entry in entries if entry.standing.viewed_at is None)

        async def again() -> None:
            entry = next(fresh)
            now = self.desk.clock()
            event = SubmissionViewed.because_of(
                entry.submission_id, submission_id=entry.submission_id, at=now, office=self.programme.office
            )
            await self.desk.folding.submissions([event])
            await counting.fresh(self.programme.id)

        return {"whole_seconds": round(first, 2), "after_one_change": await self._timed(again, 30)}

    def _place(self, edges: list[Entry]) -> dict[str, str]:
        """A place in the list, from which it is read on or back; or its beginning."""
        entry = self.chance.choice(edges)
        assert entry.standing.received_at is not None
        way = self.chance.choice(("after", "before", ""))
        return {way: f"{entry.standing.received_at.isoformat()}~{entry.submission_id}"} if way else {}

    async def _get(self, path: str, fields: dict[str, str]) -> None:
        answer = await self.official.get(path, params=fields)
        assert answer.status_code == 200, answer.status_code
        assert answer.url.path == path

    async def _timed(self, step: Callable[[], Awaitable[None]], samples: int | None = None) -> dict[str, float]:
        await step()
        times, cpu = [], process_time()
        for _ in range(samples or self.samples):
            began = perf_counter()
            await step()
            times.append((perf_counter() - began) * 1000)
        spent = (process_time() - cpu) * 1000 / len(times)
        times.sort()
        shown = {"p50": times[len(times) // 2], "p95": times[int(len(times) * 0.95)], "cpu": spent}
        return {name: round(value, 1) for name, value in shown.items()}


async def _measure(place: Installation, population: int, samples: int, console: Console) -> dict[str, Any]:
    wiring, catalog = Wiring.of(place.settings), load(place.settings.catalog)
    app = build(wiring, catalog, listening=False)
    programme, desk = next(iter(catalog.programmes.values())), app.state.desk
    report: dict[str, Any] = {}
    queue = wiring.database("dashboard").get_collection("queue")
    async with app.router.lifespan_context(app):
        official = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=place.url("dashboard"), follow_redirects=True
        )
        await official.post("/signin", data={"official": "sample-0"})
        bench, now, done, some = Bench(desk, official, programme, samples), desk.clock(), 0, list[Entry]()
        for name, size in {"tenth": population // 10, "whole": population}.items():
            began = perf_counter()
            some += await store(wiring.database("dashboard"), wiring.keyring, programme, range(done, size), now)
            console.print(f"{size:,} stored ({perf_counter() - began:.0f} s)")
            done = size
            await _last_here(desk, programme, now - _HOUR)
            await _claim(desk, programme, some[:20])
            counting = await bench.counting(some)
            await _settled(desk, programme, size)
            report[name] = {"stored": size, "counting": counting, "raw": await bench.raw(queue)}
            report[name]["lists"] = await bench.lists(some)
        await official.aclose()
    return report


async def _last_here(desk: Desk, programme: Programme, at: datetime) -> None:
    """Let the official have been here last at this instant, and be here now."""
    await desk.stores.stays.all_seen("sample-0", programme.id, at)
    await desk.stores.stays.come("sample-0", programme.id, desk.clock())


async def _claim(desk: Desk, programme: Programme, entries: list[Entry]) -> None:
    from services.dashboard.claims import claim_of
    from services.dashboard.people import Person

    now = desk.clock()
    for entry in entries:
        claim = claim_of(Person("sample-0", "", ""), entry.submission_id, programme.id, now)
        await desk.stores.claims.take(claim, now)


async def _settled(desk: Desk, programme: Programme, size: int) -> None:
    """Wait until the counts are those of what is stored."""
    while (await desk.counting.tally(programme.id)).received != size:
        await asyncio.sleep(0.2)


def _print(report: dict[str, Any], console: Console) -> None:
    whole, tenth = report["whole"], report["tenth"]
    table = Table(title=f"a page of {SIZE} of {whole['stored']:,} submissions, ms", title_justify="left")
    for column in ("list", "p50", "p95", "p95 / raw p95", f"p95 at {tenth['stored']:,}"):
        table.add_column(column, justify="left" if column == "list" else "right")
    for name, times in whole["lists"].items():
        ratio = times["p95"] / max(whole["raw"]["p95"], 0.1)
        row = (times["p50"], times["p95"], ratio, tenth["lists"][name]["p95"])
        table.add_row(name, *(f"{value:.1f}" for value in row))
    console.print(table)
    console.print(f"one range of the index, asked raw: p50 {whole['raw']['p50']} ms, p95 {whole['raw']['p95']} ms")
    after = whole["counting"]["after_one_change"]
    console.print(
        f"counts: {whole['counting']['whole_seconds']} s at the start, p95 {after['p95']} ms after a change, folded"
    )
    console.print(f"store: {report['store']}; worst p95 {report['worst_p95_ms']} ms (target {TARGET_MS:g})")


def run_bench_desk(*, population: int, samples: int, out: Path, console: Console) -> bool:
    """Run it on an installation of its own, write the report to `out`; tell whether every page is within the target."""
    stop_on_signals()
    if "GUBI_STORE" not in os.environ and shutil.which(_COMPILED):
        os.environ["GUBI_STORE"] = "secantus-rs"
    with installation("bench-desk", lambda text: console.print(text, markup=False), services=()) as place:
        report = asyncio.run(_measure(place, population, samples, console))
        servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
        store_name = servers.get("mongo", "MongoDB")
    shutil.rmtree(place.folder / "stack", ignore_errors=True)  # some hundreds of MiB that nobody looks at again
    lists = report["whole"]["lists"]
    worst: float = max(times["p95"] for times in lists.values())
    raw = max(report["whole"]["raw"]["p95"], 0.1)
    report |= {
        "worst_p95_ms": worst,
        "target_p95_ms": TARGET_MS,
        "p95_over_raw": {name: round(one["p95"] / raw, 1) for name, one in lists.items()},
        "baseline": "one range query of the list's own index for 51 rows, by the same driver, without the desk",
        "samples": samples,
        "store": store_name,
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "versions": {"python": platform.python_version(), **servers},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    _print(report, console)
    console.print(f"Written to {out}.")
    return worst <= TARGET_MS
