"""Stores the queue, asks for its lists at a tenth and at all of its size, opens submissions beside it, and reports."""

import asyncio
import json
import os
import platform
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from pymongo import AsyncMongoClient, monitoring
from rich.console import Console
from rich.table import Table

from deploy.gubi.bench_desk.asking import LISTS, OFFICIAL, Asking, Queries
from deploy.gubi.bench_desk.beside import ELSEWHERE, kept_beside, looks
from deploy.gubi.bench_desk.making import fill
from deploy.gubi.bench_desk.opening import WARM_UP, opened, sent
from deploy.gubi.bench_scale.filling import fill as fill_elsewhere
from deploy.gubi.bench_select.making import Part
from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import made
from deploy.gubi.supervisor import stop_on_signals
from services.dashboard.app import build
from services.dashboard.listing import SIZE
from services.dashboard.rules import Entry
from services.dashboard.store import Stores
from shared.catalog import Catalog, load
from shared.clock import utc_now
from shared.mongo import Client
from shared.wiring import Wiring

TARGETS_MS = {"lists": 50.0, "opened": 150.0, "opened_with_first_picture": 600.0}
"""What the p95 of each is to stay within."""
_COMPILED = "secantusd-rs"
_TOLD_EVERY = 18_000
_KEPT = 20
"""One entry of so many is where a page may begin."""

Say = Callable[[str], None]


async def _measure(
    place: Installation, population: int, samples: int, names: Sequence[str], say: Say
) -> dict[str, Any]:
    catalog = load(place.settings.catalog)
    monitoring.register(queries := Queries())
    report: dict[str, Any] = {}
    now, some, done = utc_now(), list[Entry](), 0
    for name, size in {"tenth": population // 10, "whole": population}.items():
        some += await _store(place, catalog, range(done, size), now, say)
        say(f"what each of these leaves elsewhere: {', '.join(ELSEWHERE)}, gate")
        await fill_elsewhere(place, Part(done, size), names, say, ELSEWHERE)
        done = size
        async with _a_desk(place, catalog, queries) as asking:
            await asking.arrive(some[:20])
            counting = await asking.counting(some)
            tally = await asking.desk.counting.fresh(PROGRAMME)
            sent_too = size + len(names)
            assert tally.received == sent_too, f"{tally.received} are counted of {size} stored and {len(names)} sent"
            say(f"counted in {counting['whole_seconds']} s; now each of {len(LISTS)} lists is asked for")
            lists = {one: await asking.page(fields, some, samples) for one, fields in LISTS.items()}
            report[name] = {"stored": size, "counting": counting, "lists": lists}
            report[name]["finding"] = await asking.finding(samples)
            report[name]["kept_beside"] = await kept_beside(place)
    return report


async def _store(place: Installation, catalog: Catalog, numbers: range, now: datetime, say: Say) -> list[Entry]:
    """Store entries of the queue, and in the access log who looked; give some of them."""
    began, kept, done = perf_counter(), list[Entry](), numbers.start
    wiring = Wiring.of(place.settings)
    own = wiring.database("dashboard")
    patient: Client = AsyncMongoClient(place.settings.mongo)  # a busy machine may be slow, and is not away
    async with wiring.open(Stores.of(own)), patient:
        database = patient.get_database(own.name)
        async for entries in fill(database, wiring.keyring, catalog.programmes[PROGRAMME], numbers, now):
            await wiring.log.append(*looks(entries, wiring.keyring))
            kept += entries[::_KEPT]
            done += len(entries)
            if done % _TOLD_EVERY == 0 or done == numbers.stop:
                say(f"{done:,} stored ({perf_counter() - began:.0f} s)")
    return kept


@asynccontextmanager
async def _a_desk(place: Installation, catalog: Catalog, queries: Queries) -> AsyncIterator[Asking]:
    """A desk that starts over what is stored, without a network, and an official who is signed in at it."""
    wiring = Wiring.of(place.settings)
    app = build(wiring, catalog, listening=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=place.url("dashboard"), follow_redirects=True
        ) as official,
    ):
        await official.post("/signin", data={"official": OFFICIAL})
        programme, database = catalog.programmes[PROGRAMME], wiring.database("dashboard")
        yield Asking(app.state.desk, official, programme, queries, database)


def _sent(place: Installation, count: int, say: Say) -> list[str]:
    """Send submissions and have them screened by the services; of those only the desk is left running, for quiet."""
    names = asyncio.run(sent(place, list(made(place.settings, count))))
    place.supervisor.restarting = False
    others = [child.process for name, child in place.supervisor.children.items() if name != "dashboard"]
    for process in others:
        process.terminate()
    for process in others:
        process.wait()
    say(f"{count} certificates are sent, read and screened, to be opened at the end")
    return names


def _missed(report: dict[str, Any]) -> dict[str, float]:
    """Give each p95 that is beyond its target."""
    found = {f"list: {name}": times["p95"] for name, times in report["whole"]["lists"].items()}
    beyond = {name: value for name, value in found.items() if value > TARGETS_MS["lists"]}
    one = {name: report["one"][name]["p95"] for name in TARGETS_MS if name in report["one"]}
    return beyond | {name: value for name, value in one.items() if value > TARGETS_MS[name]}


def _print(report: dict[str, Any], console: Console) -> None:
    whole, tenth = report["whole"], report["tenth"]
    table = Table(title=f"a page of {SIZE} of {whole['stored']:,} submissions, ms", title_justify="left")
    for column in ("list", "p50", "p95", "CPU", "its rows raw: p50", "p95", f"p95 at {tenth['stored']:,}"):
        table.add_column(column, justify="left" if column == "list" else "right")
    for name, times in whole["lists"].items():
        raw = times["raw"]
        row = (times["p50"], times["p95"], times["cpu"], raw["p50"], raw["p95"], tenth["lists"][name]["p95"])
        table.add_row(name, *(f"{value:.1f}" for value in row))
    console.print(table)
    counting, one = whole["counting"], report["one"]
    for name, times in whole["finding"].items():
        console.print(f"found by {name}: p50 {times['p50']} ms, p95 {times['p95']} ms")
    console.print(f"kept beside the queue: {', '.join(f'{n:,} {what}' for what, n in whole['kept_beside'].items())}")
    console.print(
        f"counts: {counting['whole_seconds']} s at the start, p95 {counting['after_one_change']['p95']} ms after a "
        "change, folded"
    )
    for name in ("asked_before", "opened", "opened_with_first_picture", "shown_again"):
        console.print(f"one submission, {name.replace('_', ' ')}: p50 {one[name]['p50']} ms, p95 {one[name]['p95']} ms")
    console.print(
        f"store: {report['store']}; load {report['load']}; beyond their targets: {report['missed'] or 'none'}"
    )


def run_bench_desk(*, population: int, samples: int, out: Path, console: Console) -> bool:
    """Run it on an installation of its own, write the report to `out`; tell whether all is within the targets."""
    stop_on_signals()
    if "GUBI_STORE" not in os.environ and shutil.which(_COMPILED):
        os.environ["GUBI_STORE"] = "secantus-rs"

    def say(text: str) -> None:
        console.print(text, markup=False)

    with installation("bench-desk", say) as place:
        names = _sent(place, samples + WARM_UP, say)
        load_before = os.getloadavg()
        report = asyncio.run(_measure(place, population, samples, names, say))
        report["one"] = asyncio.run(opened(place, names))
        servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
    shutil.rmtree(place.folder / "stack", ignore_errors=True)  # some hundreds of MiB that nobody looks at again
    report |= {
        "worst_list_p95_ms": max(times["p95"] for times in report["whole"]["lists"].values()),
        "targets_p95_ms": TARGETS_MS,
        "missed": _missed(report),
        "baseline": "raw: the queries that the page sent for its rows, again, by the same driver, without the desk",
        "samples": samples,
        "store": servers.get("mongo", "MongoDB"),
        "cpus": os.cpu_count(),
        "load": [round(load_before[0], 1), round(os.getloadavg()[0], 1)],
        "versions": {"python": platform.python_version(), **servers},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    _print(report, console)
    console.print(f"Written to {out}.")
    return not report["missed"]
