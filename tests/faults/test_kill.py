"""kill -9 of each service under load, then a restart: nothing acknowledged is lost, nothing happens twice."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.gubi.demo.desk import Desk
from deploy.gubi.demo.wallets import PROGRAMME, Notices
from deploy.gubi.erased.searching import search_store
from deploy.gubi.installation import Installation, installation
from gubi_wallet import Certificate, Person, Problem, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.world import wallet_address
from shared.clock import seoul_date, utc_now
from shared.events import BY_TOPIC, ExtractionFailed, SubmissionReceived, SubmissionScreened, SubmissionTakenBack
from shared.kafka import topic_name
from tests.builders.waiting import until
from tests.faults.ledger import Ledger

pytestmark = [pytest.mark.connected, pytest.mark.faults, pytest.mark.timeout(900)]

ROUNDS = int(os.environ.get("GUBI_FAULT_ROUNDS", "1"))
EACH = 40
SERVICES = ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard")


@pytest.fixture(scope="module")
def place() -> Iterator[Installation]:
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("kills services of a whole installation: run it by `make test` or `make faults`")
    if os.environ.get("GUBI_STACK") == "embedded":
        pytest.skip(
            "the embedded broker never expires a dead group member, so it cannot show a killed service going on"
        )
    with installation("faults", print, stack="external") as whole:
        yield whole


@pytest.fixture(scope="module")
def certificates(place: Installation) -> list[tuple[Person, Certificate]]:
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    people = population(77)
    found = []
    for seed in range(EACH):
        person = next(people)
        sample = make("RR_FULL", person=person, seed=seed, issued_on=seoul_date(utc_now()), issuer=issuer)
        holder = Person(wallet_address(person), person.name, person.birth_date)
        found.append((holder, Certificate("RR_FULL", sample.pdf)))
    return found


async def heard(place: Installation) -> tuple[Counter[tuple[str, str]], dict[str, set[str]]]:
    """Every event in the topics: how often each (topic, event id) stands, and the ids said of each submission."""
    names = {topic_name(place.settings, topic): topic for topic in BY_TOPIC}
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=place.settings.kafka, auto_offset_reset="earliest")
    await consumer.start()
    times: Counter[tuple[str, str]] = Counter()
    said: dict[str, set[str]] = {}
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    topic = names[record.topic]
                    event = BY_TOPIC[topic].model_validate_json(record.value)
                    times[topic, str(event.event_id)] += 1
                    said.setdefault(f"{topic}|{event.subject}", set()).add(str(event.event_id))
    finally:
        await consumer.stop()
    return times, said


async def submit_all(
    place: Installation, certificates: list[tuple[Person, Certificate]], ledger: Ledger, take_back: set[int]
) -> dict[str, bool]:
    """Send everything, repeating what got no answer under its own key; give (submission id → taken back)."""
    keys = list(ensure_wallet_keys(place.settings.keys).values())
    outcome: dict[str, bool] = {}
    crowd = asyncio.Semaphore(6)

    async def one(number: int, client: WalletClient) -> None:
        holder, certificate = certificates[number]
        key, consented_at = f"k-{uuid4()}", utc_now()
        async with crowd:
            while True:
                try:
                    receipt = await client.submit(
                        PROGRAMME, holder, [certificate], idempotency_key=key, consented_at=consented_at
                    )
                    break
                except (httpx.TransportError, Problem) as error:
                    if isinstance(error, Problem) and error.status != 503:
                        raise
                    ledger.write(key, "indeterminate")
                    await asyncio.sleep(0.3)
        name = receipt["submission_id"]
        ledger.write(key, "acknowledged", name)
        outcome[name] = False
        while number in take_back and not outcome[name]:
            try:
                await client.take_back(name, holder.wallet_address)
                outcome[name] = True
            except httpx.TransportError:
                await asyncio.sleep(0.3)

    clients = [WalletClient(place.url("intake"), key) for key in keys if key.app != "naver"]
    await asyncio.gather(*(one(number, clients[number % len(clients)]) for number in range(len(certificates))))
    for client in clients:
        await client.__aexit__(None, None, None)
    return outcome


@pytest.mark.parametrize("victim", SERVICES)
async def test_a_killed_service_loses_nothing_and_does_nothing_twice(
    place: Installation, certificates: list[tuple[Person, Certificate]], victim: str, tmp_path: Path
) -> None:
    dice = random.Random(victim)
    for _ in range(ROUNDS):
        ledger = Ledger(tmp_path / "ledger")
        take_back = set(dice.sample(range(EACH), 8))
        loading = asyncio.create_task(submit_all(place, certificates, ledger, take_back))
        for _ in range(3):
            await asyncio.sleep(dice.uniform(0.2, 1.2))
            place.supervisor.kill(victim, signal.SIGKILL)
        outcome = await loading
        assert len(outcome) == EACH
        await compare(place, outcome)


async def compare(place: Installation, outcome: dict[str, bool]) -> None:
    gone = {name for name, taken in outcome.items() if taken}
    stay = set(outcome) - gone

    async def finished() -> bool:
        _, said = await heard(place)
        screened = {name for name in stay if f"{SubmissionScreened.topic}|{name}" in said}
        failed = {name for name in stay if f"{ExtractionFailed.topic}|{name}" in said}
        taken = {name for name in gone if f"{SubmissionTakenBack.topic}|{name}" in said}
        received = {name for name in outcome if f"{SubmissionReceived.topic}|{name}" in said}
        return screened | failed == stay and taken == gone and received == set(outcome)

    await until(finished)
    _, said = await heard(place)
    for name in outcome:  # said again after a crash is the same event: one id for one thing that happened
        assert len(said[f"{SubmissionReceived.topic}|{name}"]) == 1
        assert len(said.get(f"{SubmissionTakenBack.topic}|{name}", ())) == (name in gone)
    for name in gone:  # whatever was killed meanwhile, with all keys there are
        assert sum(one.opens for one in await search_store(place.settings, name)) == 0
    desk = Desk(place.url("dashboard"))
    simulator = httpx.AsyncClient(base_url=place.url("wallet_simulator"))

    async def desk_agrees() -> bool:
        try:
            await desk.sign_in()
            overview = await desk.overview()
        except (httpx.HTTPError, StopIteration, RuntimeError):
            return False
        return (
            overview["received"] == sum(overview["classes"].values())
            and not overview["classes"]["in_flight"]
            and not overview["classes"]["parked"]
        )

    missing: set[tuple[str, str]] = set()

    async def wallets_told() -> bool:
        notices = Notices.of((await simulator.get("/notices")).json()["notices"])
        wanted = {(name, "received") for name in outcome} | {(name, "taken_back") for name in gone}
        missing.clear()
        missing.update(wanted - notices.pairs)
        return not missing

    await until(desk_agrees)
    await until(wallets_told)
    await desk.close()
    await simulator.aclose()
