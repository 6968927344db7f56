"""The desk's read model rebuilt while it is used: as the events say, whatever is killed, with nothing missing."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.gubi.main import app
from deploy.gubi.rebuild.building import rebuild
from deploy.trouble import Trouble
from services.dashboard.counting import Counting
from services.dashboard.folding import Folding
from services.dashboard.rules import FOLDED, UNTOLD
from services.dashboard.store import Generations, Stores, generations
from shared.clock import utc_now
from shared.events import (
    Event,
    QuestionAnswered,
    QuestionRaised,
    SubmissionEvent,
    SubmissionExtracted,
    SubmissionParked,
    SubmissionReceived,
    SubmissionTakenBack,
)
from shared.kafka import Bus
from shared.mongo import Client, database
from shared.settings import Settings
from shared.standing import Standing, fold
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.timeout(300)]


def name(number: int) -> str:
    return f"s-{number:026d}".translate(str.maketrans("0189", "abcd"))


def story(number: int) -> list[SubmissionEvent]:
    """What happens to one submission, drawn by its number."""
    dice, at, sid = random.Random(number), utc_now() - timedelta(hours=1), name(number)
    received = SubmissionReceived.because_of(
        sid, submission_id=sid, at=at, receipt=f"R{number}", programme_id="P", wallet_app="naver", office="o"
    )
    later: list[type[SubmissionEvent]] = dice.sample([SubmissionExtracted, SubmissionParked, SubmissionTakenBack], 2)
    fields: dict[type[SubmissionEvent], dict[str, Any]] = {
        SubmissionExtracted: {"revision": 1, "certificates": 1},
        SubmissionParked: {"service": "eligibility", "parked_topic": SubmissionExtracted.topic, "reason": "bug:X"},
        SubmissionTakenBack: {},
    }
    return [received] + [one.because_of(sid, submission_id=sid, at=at, **fields[one]) for one in later]


class Desk:
    """A desk's consumer at work, and what its read model should say."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self.settings, self.database = settings, database(client, settings, "dashboard")
        self.stores = Stores.of(self.database)
        self.said: list[Event] = []
        self.bus = Bus(settings, "dashboard")
        folding = Folding(self.stores, Counting(self.stores.queue, utc_now), utc_now)

        @self.bus.on(*FOLDED, *UNTOLD)
        async def on_submission_event(events: Any) -> None:
            await folding.heard(events)

        @self.bus.on(QuestionRaised, QuestionAnswered)
        async def on_question_event(events: Any) -> None:
            await folding.questions(events)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        await self.stores.prepare()
        await self.bus.broker.start()
        yield
        await self.bus.broker.stop()

    async def say(self, *numbers: int) -> None:
        events = [event for number in numbers for event in story(number)]
        await self.bus.say(events)
        self.said += events

    async def standings(self) -> dict[str, dict[str, Any]]:
        found = await self.database.get_collection("queue").find().to_list(None)
        return {one["_id"]: Standing.model_validate(one["standing"]).model_dump() for one in found}

    async def as_said(self) -> bool:
        wanted: dict[str, Standing] = {}
        for event in self.said:
            if isinstance(event, SubmissionEvent):
                wanted[event.submission_id] = fold(wanted.get(event.submission_id, Standing()), event)
        return await self.standings() == {sid: standing.model_dump() for sid, standing in wanted.items()}

    async def spoil(self) -> None:
        """What a defect may have made of it: entries missing, wrong, and of nobody, at versions of any height."""
        queue = self.database.get_collection("queue")
        names = sorted(await self.standings())
        await queue.delete_many({"_id": {"$in": names[::3]}})
        await queue.update_many({"_id": {"$in": names[1::3]}}, {"$set": {"standing": {}, "class": "x", "version": 3}})


@pytest.fixture
async def desk(on_kafka: Settings, client: Client) -> AsyncIterator[Desk]:
    desk = Desk(on_kafka, client)
    async with desk.at_work():
        await desk.say(*range(60))
        await until(desk.as_said)
        yield desk


async def test_a_spoilt_read_model_is_as_the_events_say_again(desk: Desk) -> None:
    await desk.spoil()
    assert not await desk.as_said()
    done = await rebuild(desk.settings)
    assert (done.listed_before, done.listed, done.strange) == (40, 60, 0)
    assert await desk.as_said()
    await desk.say(100, 101)
    await until(desk.as_said)
    again = await rebuild(desk.settings)
    assert (again.listed_before, again.listed) == (62, 62)
    assert await desk.as_said()
    left = await desk.database.list_collection_names()
    assert not [one for one in left if ".g" in one], "nothing of the building is left"


async def test_the_command_rebuilds_it_and_says_what_it_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in ("kafka", "mongo", "topic_prefix", "database_prefix", "partitions"):
        monkeypatch.setenv(f"GUBI_{one.upper()}", str(getattr(desk.settings, one)))
    await desk.spoil()
    done = await asyncio.to_thread(CliRunner().invoke, app, ["rebuild", "read-model"])
    assert done.exit_code == 0, done.output
    assert "Submissions listed: 60 (before: 40)." in done.output
    assert f"Read: {len(desk.said)} records." in done.output
    assert await desk.as_said()


async def test_the_old_one_serves_until_the_new_one_is_level_and_nothing_of_what_comes_meanwhile_is_missing(
    desk: Desk,
) -> None:
    counts: list[int] = []
    rebuilding = True

    async def watch() -> None:
        while rebuilding:
            counts.append(await desk.database.get_collection("queue").count_documents({}))
            await asyncio.sleep(0)

    async def go_on() -> None:
        for number in range(100, 200):
            await desk.say(number)

    async def rebuild_thrice() -> None:
        nonlocal rebuilding
        for _ in range(3):
            await rebuild(desk.settings)
        rebuilding = False

    async with asyncio.TaskGroup() as tasks:
        for one in (watch, go_on, rebuild_thrice):
            tasks.create_task(one())
    assert min(counts) >= 60, "at no instant did the desk list fewer than before"
    await until(desk.as_said)


@pytest.mark.slow
async def test_killed_at_any_step_it_goes_on_and_nothing_is_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "HELD_FOR", timedelta(0))
    number, ended_well = 200, False
    for step in range(1, 40):
        await desk.spoil()
        program = ["-m", "tests.builders.rebuilding", desk.settings.model_dump_json(), str(step)]
        killed = await asyncio.create_subprocess_exec(sys.executable, *program)
        await desk.say(number, number + 1)
        number += 2
        if await killed.wait() == 0:
            ended_well = True
            break
        await desk.say(number)
        number += 1
        await rebuild(desk.settings)
        await until(desk.as_said)
    assert ended_well, "there are more steps than were tried"
    assert step > 8, "it dies at every step, and there are some"


async def test_one_that_lists_fewer_is_not_swapped_unless_that_is_meant(desk: Desk) -> None:
    elsewhere = desk.settings.model_copy(update={"topic_prefix": "of-nobody-"})
    with pytest.raises(Trouble, match="would list 0 submissions and the old one lists 60"):
        await rebuild(elsewhere)
    assert await desk.as_said()
    await rebuild(desk.settings)
    assert await desk.as_said()


async def test_two_at_once_are_one(desk: Desk) -> None:
    mine = Generations(desk.database, "another")
    await mine.begin(utc_now())
    with pytest.raises(Trouble, match="is under way, or was killed"):
        await rebuild(desk.settings)
    await mine.let_go()
    await rebuild(desk.settings)
    with pytest.raises(generations.Lost):
        await mine.note(utc_now(), "building")
    assert await desk.as_said()
