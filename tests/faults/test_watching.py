"""The reader of the topics is tried on what must not make the judge blind."""

import asyncio
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from deploy.trouble import Trouble
from shared.clock import utc_now
from shared.events import SubmissionTakenBack
from shared.settings import Settings
from tests.builders.waiting import until
from tests.faults import watching
from tests.faults.watching import Watch

PART = TopicPartition(SubmissionTakenBack.topic, 0)


def record(offset: int) -> Any:
    event = SubmissionTakenBack.because_of(f"{offset}", submission_id=f"s-{offset}", at=utc_now())
    return SimpleNamespace(topic=PART.topic, offset=offset, value=event.model_dump_json().encode())


class Reader:
    """Stands for aiokafka's: each reads the one log of ten records from its beginning, until `breaks` breaks it."""

    made = 0
    breaks: ClassVar[dict[tuple[int, int], Exception]] = {}
    """By which reader, and at which of its turns."""

    def __init__(self, *topics: str, **settings: object) -> None:
        Reader.made += 1
        self.number, self.turn = Reader.made, 0

    async def start(self) -> None:
        if error := self.breaks.get((self.number, 0)):
            raise error

    async def stop(self) -> None:
        pass

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0)
        self.turn += 1
        if error := self.breaks.get((self.number, self.turn)):
            raise error
        return {PART: [record(self.turn - 1)]} if self.turn <= 10 else {}

    def assignment(self) -> set[TopicPartition]:
        return {PART}

    async def end_offsets(self, parts: object) -> dict[TopicPartition, int]:
        return {PART: 10}

    async def position(self, part: TopicPartition) -> int:
        return self.turn


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "AIOKafkaConsumer", Reader)
    monkeypatch.setattr(watching, "REST", 0.0)
    Reader.made, Reader.breaks = 0, {}


async def test_a_reader_that_breaks_is_made_anew_and_nothing_is_missed_or_counted_twice() -> None:
    Reader.breaks = {(1, 5): RuntimeError("set changed size"), (2, 0): KafkaConnectionError(), (3, 8): TypeError()}
    async with Watch(Settings(), "http://nowhere") as watch:
        await until(watch.level, 10)
    assert Reader.made == 4
    assert watch.broken == {"RuntimeError": 1, "TypeError": 1}
    assert sorted(ids.total() for ids in watch.said.values()) == [1] * 10


async def test_a_reader_that_is_no_more_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Watch, record: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Watch, "_take", broken)
    async with Watch(Settings(), "http://nowhere") as watch:
        with pytest.raises(Trouble, match=r"Nobody reads the topics any more \(ZeroDivisionError"):
            await until(watch.level, 10)
