"""Dead letters on a real broker: replayed once, one of a kind first, and what cannot be is said."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from typer.testing import CliRunner

from deploy.gubi.dead.letters import Letter, fate
from deploy.gubi.dead.replaying import Replayed, Replaying
from deploy.gubi.dead.searching import letters, records
from deploy.gubi.main import app
from shared.events import SubmissionReceived
from shared.kafka import Bus, topic_name
from shared.settings import Settings
from tests.builders.events import received
from tests.builders.waiting import until

pytestmark = pytest.mark.connected


SOUND = received(777)
"""One that never fails: where nothing has succeeded yet, a service takes its time to call a record bad."""


class Service:
    """An extraction that fails by some bug, or does not."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.heard, self.broken = settings, Counter[str](), set[str]()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Bus]:
        bus, proven = Bus(self.settings, "extraction"), list[str]()

        @bus.on(SubmissionReceived)
        async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
            if self.broken & {event.submission_id for event in batch}:
                raise KeyError("of a bug")
            names = [event.submission_id for event in batch]
            self.heard.update(name for name in names if name != SOUND.submission_id)
            proven.extend(name for name in names if name == SOUND.submission_id)

        await bus.broker.start()
        await bus.say([SOUND])
        await until(lambda: proven)
        yield bus
        await bus.broker.stop()


async def waiting(settings: Settings) -> list[Letter]:
    known, _ = await letters(settings)
    return [letter for letter in known if letter.replayed_at is None]


async def replayed(settings: Settings, patience: float = 20) -> Replayed:
    chosen = await waiting(settings)
    return await Replaying(settings, await records(settings, chosen)).run(chosen, patience)


@pytest.fixture
def service(on_kafka: Settings) -> Service:
    return Service(on_kafka)


async def park(service: Service, count: int) -> list[SubmissionReceived]:
    """Have so many parked for one bug."""
    events = [received(number) for number in range(count)]
    service.broken |= {event.submission_id for event in events}
    async with service.running() as bus:
        await bus.say(events)

        async def parked() -> bool:
            return len(await waiting(service.settings)) == count

        await until(parked)
    return events


async def test_once_the_cause_is_corrected_all_are_handled_and_none_is_replayed_twice(service: Service) -> None:
    events = await park(service, 12)
    service.broken.clear()
    async with service.running():
        done = await replayed(service.settings)
        assert done.count("handled") == 12
        assert service.heard == {event.submission_id: 1 for event in events}
        assert await waiting(service.settings) == []
        assert (await replayed(service.settings)).endings == {}
    assert set(service.heard.values()) == {1}


async def test_while_the_cause_still_holds_one_is_parked_again_and_the_others_are_held_back(service: Service) -> None:
    await park(service, 12)
    async with service.running():
        done = await replayed(service.settings)
    assert (done.count("parked again"), done.count("held back")) == (1, 11)
    assert set(done.reasons.values()) == {"bug:KeyError"}
    assert len(await waiting(service.settings)) == 12, "eleven as before, and the new letter of the one that was tried"


async def test_a_service_that_does_not_run_takes_nothing_and_one_waits_for_it(service: Service) -> None:
    await park(service, 3)
    done = await replayed(service.settings, patience=1.0)
    assert (done.count("not taken"), done.count("held back")) == (1, 2)
    service.broken.clear()
    async with service.running():
        await until(lambda: len(service.heard) == 1)


async def test_a_record_that_has_left_its_topic_is_said_to_be_gone(service: Service) -> None:
    if service.settings.stack == "embedded":
        pytest.skip("noida-db deletes no records")
    await park(service, 1)
    [letter] = await waiting(service.settings)
    admin = AIOKafkaAdminClient(bootstrap_servers=service.settings.kafka)
    await admin.start()
    part = TopicPartition(topic_name(service.settings, letter.place.topic), letter.place.partition)
    await admin.delete_records({part: RecordsToDelete(before_offset=letter.place.offset + 1)})
    await admin.close()
    found = await records(service.settings, [letter])
    assert fate(letter, found[letter.place]) == "gone"


async def test_the_commands_list_show_preview_and_replay(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    [event] = await park(service, 1)
    for name in ("kafka", "topic_prefix"):
        monkeypatch.setenv(f"GUBI_{name.upper()}", str(getattr(service.settings, name)))

    async def gubi(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["dead", *words])
        return done.exit_code, done.output

    code, said = await gubi("list", "--json")
    [letter] = json.loads(said)["letters"]
    assert (code, letter["submission_id"], letter["reason"]) == (0, event.submission_id, "bug:KeyError")
    code, said = await gubi("show", letter["letter"], "--json")
    assert (json.loads(said)["fate"], json.loads(said)["event"]["receipt"]) == ("ready", "R")
    code, said = await gubi("replay")
    assert code == 1, "nothing was chosen"
    code, said = await gubi("replay", "--all")
    assert code == 1
    assert "1 of 1 can be replayed." in said
    assert "Nothing was replayed: --yes does it." in said
    assert not service.heard
    service.broken.clear()
    async with service.running():
        code, said = await gubi("replay", letter["letter"], "--yes", "--wait", "20")
        assert (code, "1 handled." in said) == (0, True)
        code, said = await gubi("replay", letter["letter"], "--yes")
        assert (code, said) == (0, "1 not: was replayed.\n")
    assert service.heard == {event.submission_id: 1}
    assert (await gubi("list"))[1] == "No dead letter waits. Replayed: 1, which --all lists.\n"
    code, said = await gubi("show", "extraction/submission-received-v1/0/999")
    assert code == 1
