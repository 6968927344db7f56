"""Probes on a real broker: a consumer that is dead or hangs is seen, whatever else of its process lives."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.probe import ask
from deploy.stack import Server, down, processes, up
from shared.audit import CheckpointSigner
from shared.clock import utc_now
from shared.errors import Unavailable
from shared.events import SubmissionReceived
from shared.kafka import Bus, ensure_topics, pulse
from shared.probes import Probes
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from tests.builders.waiting import until
from tests.conftest import free_port
from tests.faults.deployed import deployed
from tests.faults.line import Line, State

pytestmark = pytest.mark.connected

SEEN_WITHIN = 30.0
"""Seconds, by R7 of the fault plan."""
LAG = "gubi_consumer_lag_records"

Told = tuple[int, dict[str, Any]]


def received(number: int) -> SubmissionReceived:
    return SubmissionReceived.because_of(
        f"test-{number}",
        submission_id=f"s-{number}",
        at=utc_now(),
        receipt="R",
        programme_id="P",
        wallet_app="naver",
        office="o",
    )


class Asked:
    """A bus that runs, and its probes as an orchestrator asks them."""

    def __init__(self, bus: Bus, port: int) -> None:
        self.bus, self._url = bus, f"http://127.0.0.1:{port}"

    async def ask(self, path: str) -> Told:
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.get(f"{self._url}{path}")
        return answer.status_code, answer.json()

    async def told(self, name: str) -> float | None:
        """What a metric of the consumer says; None where it says nothing."""
        async with httpx.AsyncClient(timeout=30) as client:
            text = (await client.get(f"{self._url}/metrics")).text
        about = {"service": self.bus.service, "topic": SubmissionReceived.topic, "consumer": "on_submission_received"}
        samples = [one for family in text_string_to_metric_families(text) for one in family.samples if one.name == name]
        mine = (one.value for one in samples if one.labels.items() <= about.items())
        return next(mine, None)

    async def until(self, path: str, status: int, seconds: float = SEEN_WITHIN) -> float:
        """Seconds until a page answers so, asked ever again."""
        began = time.monotonic()
        while (told := await self.ask(path))[0] != status:
            assert time.monotonic() - began < seconds, f"{path} still says {told}"
            await asyncio.sleep(0.2)
        return time.monotonic() - began


@asynccontextmanager
async def probed(bus: Bus, store: Any = None) -> AsyncIterator[Asked]:
    """Run a bus and its probes, without the watch that would end the process of the tests."""
    bus.settings.probe_port = free_port()
    probes = Probes.at(bus, store)
    assert probes is not None
    serving = asyncio.create_task(probes.serve())
    try:
        asked = Asked(bus, bus.settings.probe_port)
        await asyncio.sleep(0)
        yield asked
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await bus.broker.stop()


async def test_a_consumer_is_alive_before_it_has_started_and_ready_once_it_has_partitions(on_kafka: Settings) -> None:
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None: ...

    async with probed(bus) as asked:
        await asked.until("/livez", 200)
        assert (await asked.ask("/readyz"))[0] == 503
        await bus.broker.start()
        await asked.until("/readyz", 200)
        _, told = await asked.ask("/readyz")
    [consumer] = told["consumers"]
    assert consumer.pop("unanswered_seconds") < 2
    assert consumer == {"consumer": "on_submission_received", "state": "ready", "partitions": 3, "still_seconds": 0.0}


async def polls_no_more(subscriber: Any) -> None:
    subscriber.tasks[0].cancel()


async def is_in_its_group_no_more(subscriber: Any) -> None:
    """As aiokafka's own task for it ended once, when two brokers of three were killed: by an error of its own."""
    coordinator = subscriber.consumer._coordinator

    async def fail() -> None:
        raise RuntimeError

    coordinator.ensure_coordinator_known = fail
    coordinator.request_rejoin()


@pytest.mark.parametrize("ends", [polls_no_more, is_in_its_group_no_more])
async def test_a_consumer_whose_task_is_over_is_dead_at_once_and_ends_the_process(
    on_kafka: Settings, ends: Callable[[Any], Awaitable[None]]
) -> None:
    stopped: list[int] = []
    bus = Bus(on_kafka, "extraction", stop=stopped.append)

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None: ...

    async with probed(bus) as asked:
        await bus.broker.start()
        await asked.until("/readyz", 200)
        subscribers: list[Any] = bus.broker.subscribers
        await ends(subscribers[0])
        assert await asked.until("/livez", 503) < 2
        assert (await asked.ask("/readyz"))[0] == 503
        watching = asyncio.create_task(bus.watch())
        await asyncio.sleep(1.5)
        watching.cancel()
    assert set(stopped) == {71}


@pytest.mark.timeout(600)
async def test_a_handler_that_hangs_is_seen_within_thirty_seconds_while_its_process_lives(on_kafka: Settings) -> None:
    stopped: list[int] = []
    bus, for_ever = Bus(on_kafka, "extraction", stop=stopped.append), asyncio.Event()

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        await for_ever.wait()

    async with probed(bus) as asked:
        await bus.broker.start()
        await asked.until("/readyz", 200)
        await bus.say([received(1)])
        assert await asked.until("/readyz", 503) < SEEN_WITHIN
        status, told = await asked.ask("/livez")
        assert (status, told["consumers"][0]["state"]) == (200, "waiting"), "long work is not yet a reason to kill"
        bus._pulses[0]._longest = 1.0  # what it may take has passed
        assert (await asked.ask("/livez"))[0] == 503
        watching = asyncio.create_task(bus.watch())
        await asyncio.sleep(1.5)
        watching.cancel()
    assert set(stopped) == {71}


@pytest.mark.timeout(600)
async def test_a_long_batch_that_gets_on_stays_ready(on_kafka: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SEEN_AFTER", 3.0)
    bus, done = Bus(on_kafka, "extraction"), asyncio.Event()

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        for _ in range(12):  # a portion of long work, told as extraction tells it
            await asyncio.sleep(0.4)
            await bus.say(
                [SubmissionReceived.because_of("other", **batch[0].model_dump(exclude={"event_id", "cause"}))]
            )
        done.set()

    async with probed(bus) as asked:
        await bus.broker.start()
        await asked.until("/readyz", 200)
        await bus.say([received(1)])
        statuses = set()
        while not done.is_set():
            statuses.add((await asked.ask("/readyz"))[0])
            await asyncio.sleep(0.1)
    assert statuses == {200}


async def test_a_store_that_is_away_is_not_ready_but_alive(on_kafka: Settings) -> None:
    away = False
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None: ...

    async def store() -> None:
        if away:
            raise Unavailable("store:away")

    async with probed(bus, store) as asked:
        await bus.broker.start()
        await asked.until("/readyz", 200)
        away = True
        assert (await asked.ask("/readyz"))[1]["store"] == "away"
        assert (await asked.ask("/livez"))[0] == 200
        away = False
        assert (await asked.ask("/readyz"))[0] == 200


@pytest.mark.timeout(600)
async def test_a_killed_broker_costs_readiness_and_never_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while a batch is in hand: the commit is given up, nobody dies of it, and after its return all goes on."""
    monkeypatch.setattr("shared.kafka.bus.COMMIT_SECONDS", 3.0)
    folder, environment = tmp_path / "stack", tmp_path / "env"
    stack = up("jvm", folder=folder, environment_file=environment, say=lambda _: None)
    try:
        settings = Settings(_env_file=None, kafka=stack.kafka, partitions=3, session_timeout_ms=6_000)
        await ensure_topics(settings)
        bus, in_hand, going_on, heard = Bus(settings, "extraction"), asyncio.Event(), asyncio.Event(), set()

        @bus.on(SubmissionReceived)
        async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
            in_hand.set()
            await going_on.wait()
            heard.update(event.submission_id for event in batch)

        async with probed(bus) as asked:
            bus._pulses[0]._longest = 10.0
            await bus.broker.start()
            await asked.until("/readyz", 200)
            await bus.say([received(1)])
            await in_hand.wait()
            _kill(stack.servers[0])
            going_on.set()
            for _ in range(20):
                assert (await asked.ask("/livez"))[0] == 200
                await asyncio.sleep(1)
            await asyncio.to_thread(up, "jvm", folder=folder, environment_file=environment, say=lambda _: None)
            await bus.say([received(2)])
            await asked.until("/readyz", 200, 60)
            await until(lambda: heard == {"s-1", "s-2"})
    finally:
        down(folder, environment_file=environment, say=lambda _: None)


def _kill(server: Server) -> None:
    assert server.pid
    assert server.born
    processes.stop([(server.pid, server.born)], grace_seconds=0)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("state", ["silent", "cut"])
async def test_a_consumer_that_is_cut_off_is_seen_and_tells_nothing_of_what_waits_until_it_is_heard_again(
    on_kafka: Settings, state: State
) -> None:
    line, heard = Line(), set()
    async with line.before(on_kafka.kafka), AsyncExitStack() as standing:
        bus = Bus(on_kafka.model_copy(update={"kafka": line.address}), "extraction")
        beside = Bus(on_kafka.model_copy(update={"probe_port": 0}), "intake")
        await beside.broker.connect()
        standing.push_async_callback(beside.broker.stop)

        @bus.on(SubmissionReceived)
        async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
            heard.update(event.submission_id for event in batch)

        asked = await standing.enter_async_context(probed(bus))
        await bus.broker.start()
        await asked.until("/readyz", 200)
        await beside.say([received(1)])
        await until(lambda: heard == {"s-1"})
        await until(lambda: _is(asked, LAG, 0.0))
        line.become(state)
        assert await asked.until("/readyz", 503) < SEEN_WITHIN
        await beside.say([received(2)])
        assert (await asked.ask("/livez"))[0] == 200, "a new process would hear no more"
        assert await asked.told(LAG) is None, "what was last known, none, would look well"
        assert (await asked.told("gubi_consumer_unanswered_seconds") or 0) > 20
        assert await asked.told("gubi_consumer_partitions") == 3, "by this it is not seen"
        line.become("whole")
        await until(lambda: heard == {"s-1", "s-2"})
        await asked.until("/readyz", 200)
        await until(lambda: _is(asked, LAG, 0.0))
        assert (await asked.told("gubi_consumer_unanswered_seconds") or 0) < 20


async def _is(asked: Asked, name: str, value: float) -> bool:
    return await asked.told(name) == value


@pytest.mark.timeout(600)
def test_a_dead_consumer_of_a_door_is_seen_at_the_door_though_it_is_not_asked_about(on_kafka: Settings) -> None:
    at = free_port()
    environment = environment_of(on_kafka, free_port()) | {"GUBI_INTAKE_PORT": str(at)}
    command = deployed("dead", "intake", "5")
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        try:
            deadline = time.monotonic() + 120
            while not ask(f"{at}/livez")[0]:
                assert time.monotonic() < deadline, ask(f"{at}/livez")
                time.sleep(0.2)
            assert service.wait(SEEN_WITHIN) == 71
            assert not ask(f"{at}/livez")[0]
        finally:
            service.kill()


def environment_of(settings: Settings, probe_port: int) -> dict[str, str]:
    """What a process of these settings is started with; its keys are made."""
    Keyring.create(settings.keys)
    CheckpointSigner.create(settings.keys)
    Signer.create(settings.keys)
    return {
        **os.environ,
        "GUBI_KAFKA": settings.kafka,
        "GUBI_MONGO": settings.mongo,
        "GUBI_DATABASE_PREFIX": settings.database_prefix,
        "GUBI_TOPIC_PREFIX": settings.topic_prefix,
        "GUBI_KEYS": str(settings.keys),
        "GUBI_CHECKPOINTS": str(settings.checkpoints),
        "GUBI_PROBE_PORT": str(probe_port),
    }


@pytest.mark.timeout(600)
def test_a_real_service_answers_probes_and_a_frozen_one_does_not(on_kafka: Settings) -> None:
    port = free_port()
    environment = environment_of(on_kafka, port)
    command = [sys.executable, "-m", "deploy.gubi", "run", "withdrawal"]
    service = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while not ask(f"{port}/readyz")[0]:
            assert time.monotonic() < deadline, ask(f"{port}/readyz")
            time.sleep(0.2)
        assert ask(f"{port}/livez")[0]
        second = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert second.returncode == 1
        assert "GUBI_PROBE_PORT" in second.stderr
        service.send_signal(signal.SIGSTOP)
        assert ask(f"{port}/livez") == (False, "TimeoutError")
        service.send_signal(signal.SIGCONT)
        assert ask(f"{port}/livez")[0]
        service.terminate()
        assert service.wait(60) == 0, "it ends as it did without probes"
    finally:
        service.kill()
        service.wait()
