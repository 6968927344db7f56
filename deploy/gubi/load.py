"""The load of the benches: signed one-page certificates, sent by all wallet apps, and when what was said of each.

Times are from the instant a submission was due to be sent, so that a slow answer does not hide the wait of the next.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer

from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation
from gubi_wallet import Certificate, Person, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.world import wallet_address
from shared.clock import seoul_date, utc_now
from shared.events import ExtractionFailed, SubmissionExtracted, SubmissionReceived, SubmissionScreened
from shared.kafka import topic_name
from shared.settings import Settings

CROWD = 16
"""Holders at a time, where each sends as soon as one before has its receipt."""
LINE = 64
"""Holders at a time at the most, where they come at a rate."""
LAST_ONE_WITHIN = 120.0
_PORTION = 50


class Sending(NamedTuple):
    """One certificate and whose it is."""

    person: Person
    certificate: Certificate


class Told(NamedTuple):
    """One event of a submission, in seconds of the wall clock."""

    at: float
    """What it says of itself."""
    said: float
    """When it was sent to its topic."""


@dataclass
class Load:
    """What was sent and how it went; times in seconds of the wall clock."""

    due: dict[str, float] = field(default_factory=dict)
    receipt_ms: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    told: dict[str, dict[str, Told]] = field(default_factory=dict)
    """By topic, then submission."""

    @property
    def ended(self) -> dict[str, float]:
        """When of each the outcome, screened or unreadable, was said."""
        ends = (self.told.get(event.topic, {}) for event in (ExtractionFailed, SubmissionScreened))
        return {name: told.said for end in ends for name, told in end.items()}

    @property
    def done(self) -> list[str]:
        """Those with a receipt and an outcome."""
        return [name for name in self.due if name in self.ended]

    @property
    def seconds(self) -> float:
        """From the first that was due until the last outcome."""
        ended = self.ended
        last = max((ended[name] for name in self.due if name in ended), default=time.time())
        return last - min(self.due.values(), default=last)

    @property
    def end_to_end_ms(self) -> list[float]:
        """Of each, from when it was due until its outcome was said."""
        ended = self.ended
        return [(ended[name] - due) * 1000 for name, due in self.due.items() if name in ended]


def sendings(issuer: Issuer, day: date, seed: int) -> Iterator[Sending]:
    """Make and sign certificates without end, each of another person; another seed gives other people."""
    for number, person in enumerate(population(seed)):
        sample = make("RR_FULL", person=person, seed=number, issued_on=day, issuer=issuer)
        holder = Person(wallet_address(person), person.name, person.birth_date)
        yield Sending(holder, Certificate("RR_FULL", sample.pdf))


def made(settings: Settings, number: int, seed: int = 2022, *, workers: int = 2) -> Iterator[Sending]:
    """Make so many in processes, each portion of other people, and give them as they are ready."""
    portions = [(min(_PORTION, number - start), f"{seed}{start:07}") for start in range(0, number, _PORTION)]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        issuer = settings.keys / "sample-issuer"
        for portion in pool.map(_portion, [issuer] * len(portions), *zip(*portions, strict=True)):
            yield from portion


def _portion(issuer: Path, number: int, seed: str) -> list[Sending]:
    return list(islice(sendings(Issuer.open(issuer), seoul_date(utc_now()), int(seed)), number))


@asynccontextmanager
async def watching(settings: Settings, load: Load) -> AsyncIterator[None]:
    """Write down meanwhile what is said of every submission."""
    events = (SubmissionReceived, SubmissionExtracted, SubmissionScreened, ExtractionFailed)
    topics = {topic_name(settings, event.topic): load.told.setdefault(event.topic, {}) for event in events}
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=settings.kafka, auto_offset_reset="latest")
    await consumer.start()
    await consumer.seek_to_end()

    async def read() -> None:
        async for record in consumer:
            at = datetime.fromisoformat(json.loads(record.value)["at"]).timestamp()
            topics[record.topic].setdefault(record.key.decode(), Told(at, record.timestamp / 1000))

    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.wait([reading])
        await consumer.stop()


@asynccontextmanager
async def wallets(place: Installation, *more_doors: str) -> AsyncIterator[list[WalletClient]]:
    """Give every app's client at the wallets' door, and at more of them, by address, that answer in its name."""
    keys, origin = ensure_wallet_keys(place.settings.keys), place.settings.public_url
    doors = (place.url("intake"), *more_doors)
    clients = [WalletClient(door, key, origin=origin) for key in keys.values() for door in doors]
    try:
        yield clients
    finally:
        for client in clients:
            await client.__aexit__(None, None, None)


async def offer(clients: Sequence[WalletClient], some: Iterable[Sending], rate: float, load: Load) -> float:
    """Send these, `rate` a second (0: as fast as a crowd of `CROWD` goes); give the seconds it took."""

    async def as_they_are() -> AsyncIterator[Sending]:
        for one in some:
            yield one

    return await offer_as_made(clients, as_they_are(), rate, load)


async def offer_as_made(
    clients: Sequence[WalletClient], some: AsyncIterator[Sending], rate: float, load: Load
) -> float:
    """The same for certificates that are made meanwhile."""
    began, number, turn = time.time(), count(), asyncio.Lock()

    async def one_of_the_crowd() -> None:
        while True:
            async with turn:
                sending = await anext(some, None)
                place = next(number)
            if sending is None:
                return
            due = began + place / rate if rate else time.time()
            await asyncio.sleep(max(0.0, due - time.time()))
            await _send(clients[place % len(clients)], sending, due, load)

    await asyncio.gather(*(one_of_the_crowd() for _ in range(LINE if rate else CROWD)))
    return time.time() - began


async def _send(client: WalletClient, sending: Sending, due: float, load: Load) -> None:
    try:
        receipt = await client.submit(PROGRAMME, sending.person, [sending.certificate])
    except Exception as error:  # a load counts what was refused, by kind, and goes on
        load.refused[type(error).__name__] += 1
        return
    load.receipt_ms.append((time.time() - due) * 1000)
    load.due[receipt["submission_id"]] = due


async def settle(load: Load) -> None:
    """Wait until everything with a receipt has an outcome, or too long."""
    deadline = time.monotonic() + LAST_ONE_WITHIN
    while load.due.keys() - load.ended.keys() and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
