"""A first load of the whole chain: six apps submit signed one-page certificates; how long, how many, at what cost.

Times are from the instant a submission was due to be sent, so that a slow answer does not hide the wait of the next.
The certificates are made beforehand, each with its own bytes, and timed apart. End to end is until its outcome was
appended to the topic, by the broker's clock, which is this machine's.
"""

import asyncio
import json
import platform
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from rich.console import Console

from deploy.gubi.cost import cpu_seconds, percentiles
from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation, installation
from deploy.gubi.supervisor import stop_on_signals
from gubi_wallet import Certificate, Person, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.world import wallet_address
from shared.clock import seoul_date, utc_now
from shared.events import ExtractionFailed, SubmissionScreened
from shared.kafka import topic_name

WARM_UP = 40
CROWD = 16
LAST_ONE_WITHIN = 120.0
SERVICES = ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard", "wallet_simulator")


@dataclass
class Load:
    """What was sent and how it went; times in seconds of the wall clock."""

    due: dict[str, float] = field(default_factory=dict)
    receipt_ms: list[float] = field(default_factory=list)
    screened: dict[str, float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Sending:
    """One certificate and whose it is."""

    person: Person
    certificate: Certificate


def make_sendings(count: int, issuer: Issuer, day: date) -> list[Sending]:
    """Make signed one-page certificates of so many people, each with its own bytes."""
    people = islice(population(2022), count)
    made = []
    for seed, person in enumerate(people):
        sample = make("RR_FULL", person=person, seed=seed, issued_on=day, issuer=issuer)
        holder = Person(wallet_address(person), person.name, person.birth_date)
        made.append(Sending(holder, Certificate("RR_FULL", sample.pdf)))
    return made


async def _watch(place: Installation, load: Load) -> None:
    topics = [topic_name(place.settings, event.topic) for event in (SubmissionScreened, ExtractionFailed)]
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=place.settings.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async for record in consumer:
            load.screened.setdefault(record.key.decode(), record.timestamp / 1000)
    finally:
        await consumer.stop()


async def _send(client: WalletClient, sending: Sending, due: float, load: Load) -> None:
    try:
        receipt = await client.submit(PROGRAMME, sending.person, [sending.certificate])
    except Exception as error:  # a load counts what was refused, by kind, and goes on
        load.refused[type(error).__name__] += 1
        return
    load.receipt_ms.append((time.time() - due) * 1000)
    load.due[receipt["submission_id"]] = due


async def _offer(clients: list[WalletClient], sendings: list[Sending], rate: float, load: Load) -> float:
    """Send everything, `rate` a second (0: as fast as `CROWD` at a time go); give the seconds it took."""
    began = time.time()
    waiting = iter(enumerate(sendings))

    async def one_of_the_crowd() -> None:
        for place, sending in waiting:
            due = began + place / rate if rate else time.time()
            await asyncio.sleep(max(0.0, due - time.time()))
            await _send(clients[place % len(clients)], sending, due, load)

    await asyncio.gather(*(one_of_the_crowd() for _ in range(64 if rate else CROWD)))
    return time.time() - began


async def _settle(load: Load) -> None:
    deadline = time.monotonic() + LAST_ONE_WITHIN
    while load.due.keys() - load.screened.keys() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)


def _cpu(place: Installation) -> dict[str, float]:
    found = {name: cpu_seconds([child.process.pid]) for name, child in place.supervisor.children.items()}
    for server in place.stack.servers:
        if server.pid is not None:
            found[server.name] = cpu_seconds([server.pid])
    return found


async def _run(
    place: Installation, sendings: list[Sending], rate: float
) -> tuple[Load, float, float, dict[str, float]]:
    keys = ensure_wallet_keys(place.settings.keys)
    clients = [WalletClient(place.url("intake"), key) for key in keys.values()]
    warm, load = Load(), Load()
    watching = asyncio.create_task(_watch(place, warm))
    await _offer(clients, sendings[:WARM_UP], 0, warm)
    await _settle(warm)
    watching.cancel()
    watching = asyncio.create_task(_watch(place, load))
    before = _cpu(place)
    took = await _offer(clients, sendings[WARM_UP:], rate, load)
    await _settle(load)
    after = _cpu(place)
    watching.cancel()
    last = max((load.screened[name] for name in load.due if name in load.screened), default=time.time())
    whole = last - min(load.due.values(), default=last)
    for client in clients:
        await client.__aexit__(None, None, None)
    return load, took, whole, {name: after[name] - before.get(name, 0.0) for name in after}


def _report(place: Installation, load: Load, whole: float, cpu: dict[str, float], rate: float) -> dict[str, Any]:
    done = [name for name in load.due if name in load.screened]
    count = max(1, len(done))
    servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
    by_process = {name: round(seconds * 1000 / count, 2) for name, seconds in sorted(cpu.items())}
    services = [name for name in SERVICES if name != "wallet_simulator"]
    return {
        "offered_per_second": rate or "as fast as it goes",
        "submitted": len(load.due),
        "screened": len(done),
        "refused": dict(load.refused),
        "per_second": round(len(done) / whole, 1) if whole else None,
        "receipt_ms": percentiles(load.receipt_ms),
        "end_to_end_ms": percentiles((load.screened[name] - load.due[name]) * 1000 for name in done),
        "cpu_ms_per_submission": by_process,
        "cpu_ms_per_submission_services": round(sum(by_process.get(name, 0.0) for name in services), 2),
        "stack": place.stack.name,
        "versions": {"python": platform.python_version(), **servers},
    }


def run_bench(*, seconds: int, rate: float, out: Path, console: Console) -> None:
    """Run the load on an installation of its own and write the report to `out`."""
    stop_on_signals()
    with installation("bench", lambda text: console.print(text, markup=False)) as place:
        issuer = Issuer.open(place.settings.keys / "sample-issuer")
        count = WARM_UP + int(seconds * (rate or 60))
        began = time.monotonic()
        sendings = make_sendings(count, issuer, seoul_date(utc_now()))
        making = count / (time.monotonic() - began)
        console.print(f"{count} certificates made and signed, {making:.0f} a second; now they are sent.")
        load, took, whole, cpu = asyncio.run(_run(place, sendings, rate))
        report = _report(place, load, whole, cpu, rate) | {
            "samples_made_per_second": round(making, 1),
            "sending_seconds": round(took, 1),
        }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2) + "\n")
    console.print_json(json.dumps(report))
    console.print(f"Written to {out}.")
