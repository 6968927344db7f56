"""Metrics on a real broker: what waits is seen while it waits, and what was done once it is done."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.clock import utc_now
from shared.events import SubmissionReceived
from shared.kafka import Bus
from shared.probes import Probes
from shared.settings import Settings
from tests.builders.waiting import until
from tests.conftest import free_port

pytestmark = pytest.mark.connected

TOPIC = SubmissionReceived.topic


def received(number: int) -> SubmissionReceived:
    fields = {"receipt": "R", "programme_id": "P", "wallet_app": "naver", "office": "o"}
    return SubmissionReceived.because_of(f"test-{number}", submission_id=f"s-{number}", at=utc_now(), **fields)


async def test_lag_and_the_oldest_are_seen_while_a_batch_is_in_hand_and_gone_when_it_is_done(
    on_kafka: Settings,
) -> None:
    port, going_on, handled = free_port(), asyncio.Event(), []
    bus = Bus(on_kafka.model_copy(update={"probe_port": port, "batch": 5}), "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        await going_on.wait()
        handled.extend(batch)

    async def store() -> None:
        return

    probes = Probes.at(bus, store)
    assert probes is not None
    serving = asyncio.create_task(probes.serve())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def told(name: str, **labels: str) -> float | None:
            text = (await client.get("/metrics")).text
            samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
            return next((s.value for s in samples if s.name == name and s.labels.items() >= labels.items()), None)

        about = {"service": "extraction", "topic": TOPIC}
        before = await told("gubi_records_total", **about, outcome="handled") or 0
        said_before = await told("gubi_events_said_total", **about) or 0
        await bus.broker.start()
        try:
            await bus.say([received(number) for number in range(20)])

            async def waits() -> bool:
                lag = await told("gubi_consumer_lag_records", **about)
                return (await told("gubi_consumer_oldest_seconds", **about) or 0) > 1 and (lag or 0) >= 5

            await until(waits)
            assert await told("gubi_consumer_alive", service="extraction") == 1
            assert await told("gubi_store_answers", service="extraction") == 1
            going_on.set()
            await until(lambda: len(handled) == 20)

            async def quiet() -> bool:
                return await told("gubi_consumer_lag_records", **about) == 0

            await until(quiet, 10)
            assert await told("gubi_consumer_oldest_seconds", **about) == 0
            assert await told("gubi_records_total", **about, outcome="handled") == before + 20
            assert await told("gubi_events_said_total", **about) == said_before + 20
            page = await client.get("/asyncapi")
            assert f"{on_kafka.topic_prefix}{TOPIC}" in page.text
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await bus.broker.stop()
