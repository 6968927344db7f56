"""The desk's read model rebuilt while it is used: as the events say, whatever is killed, with nothing missing."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import count, groupby
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.gubi.demo.desk import Desk as Official
from deploy.gubi.main import app
from deploy.gubi.rebuild.building import rebuild
from deploy.trouble import Trouble
from services.dashboard.counting import Counting
from services.dashboard.folding import Folding
from services.dashboard.rules import FOLDED, UNTOLD
from services.dashboard.store import Generations, Stores, generations
from shared.clock import utc_now
from shared.events import (
    EndpointResumed,
    EndpointSuspended,
    Event,
    NotificationExhausted,
    NotificationRecovered,
    QuestionAnswered,
    QuestionRaised,
    SelectionCompleted,
    SelectionRows,
    SubmissionEvent,
    SubmissionExtracted,
    SubmissionParked,
    SubmissionReceived,
    SubmissionTakenBack,
)
from shared.kafka import Bus
from shared.mongo import Client, Database, database
from shared.settings import Settings
from shared.standing import Standing, fold
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, an_office
from tests.builders.runs import row, told
from tests.builders.serving import served
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.timeout(300)]


OFFICE = "시민건강국"
Kept = dict[str, dict[str, Any]]
"""Documents by collection and id, but for how often and when they were written."""


def name(number: int) -> str:
    return f"s-{number:026d}".translate(str.maketrans("0189", "abcd"))


def story(number: int) -> list[Event]:
    """What happens to one submission, drawn by its number."""
    dice, at, sid = random.Random(number), utc_now() - timedelta(hours=1), name(number)
    received = SubmissionReceived.because_of(
        sid, submission_id=sid, at=at, receipt=f"R{number}", programme_id=PROGRAMME, wallet_app="naver", office=OFFICE
    )
    later: list[type[SubmissionEvent]] = dice.sample([SubmissionExtracted, SubmissionParked, SubmissionTakenBack], 2)
    fields: dict[type[SubmissionEvent], dict[str, Any]] = {
        SubmissionExtracted: {"revision": 1, "certificates": 1},
        SubmissionParked: {"service": "eligibility", "parked_topic": SubmissionExtracted.topic, "reason": "bug:X"},
        SubmissionTakenBack: {},
    }
    notice: Any = {"submission_id": sid, "at": at, "notice": "received", "webhook_id": f"msg_{sid}"}
    untold: list[Event] = [NotificationExhausted.because_of(sid, **notice, code="http_500")]
    untold += [NotificationRecovered.because_of(sid, **notice | {"at": utc_now()})] if dice.random() < 0.5 else []
    return [received, *(one.because_of(sid, submission_id=sid, at=at, **fields[one]) for one in later), *untold]


def besides(numbers: Sequence[int]) -> list[Event]:
    """What happens that is of no one submission: questions, wallet apps that are not reached, a run over these."""
    at, events = utc_now() - timedelta(minutes=30), list[Event]()
    for number in range(6):
        about: Any = {"question_id": f"q-{number}", "programme_id": PROGRAMME}
        events.append(QuestionRaised.because_of(f"r-{number}", **about, at=at))
        if number % 2:
            events.append(QuestionAnswered.because_of(f"a-{number}", **about, at=utc_now(), revision=number))
    for one in ("naver", "toss"):
        events.append(EndpointSuspended.because_of(f"s-{one}", at=at, wallet_app=one, reason="failing"))
    events.append(EndpointResumed.because_of("resumed", at=utc_now(), wallet_app="toss"))
    rows = [row(name(number), "selected", number + 1) for number in numbers]
    return [*events, *told(rows, "run-1", size=20)]


def folding_into(stores: Stores) -> Folding:
    return Folding(stores, Counting(stores.queue, utc_now), utc_now)


async def kept(desk: Database, *collections: str) -> Kept:
    """What a desk keeps: in these collections, or in all but the one that tells of rebuilds."""
    found: Kept = {}
    for one in collections or sorted(set(await desk.list_collection_names()) - {"rebuilds"}):
        documents = await desk.get_collection(one).find().to_list(None)
        found[one] = {str(document.pop("_id")): document for document in documents}
        for document in documents:
            for written in ("version", "entered_at", "changed_at") if one == "queue" else ():
                del document[written]
    return found


class Desk:
    """A desk's consumer at work, and what its read model should say."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self.settings, self.database = settings, database(client, settings, "dashboard")
        self.stores = Stores.of(self.database)
        self.said: list[Event] = []
        self.bus = Bus(settings, "dashboard")
        folding = folding_into(self.stores)
        elsewhere = settings.model_copy(update={"database_prefix": f"{settings.database_prefix}_again"})
        self.elsewhere, self.folded = database(client, elsewhere, "dashboard"), 0

        @self.bus.on(*FOLDED, *UNTOLD)
        async def on_submission_event(events: Any) -> None:
            await folding.heard(events)

        @self.bus.on(QuestionRaised, QuestionAnswered)
        async def on_question_event(events: Any) -> None:
            await folding.questions(events)

        @self.bus.on(SelectionRows, SelectionCompleted)
        async def on_selection_event(events: Any) -> None:
            await folding.selection(events)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        await self.stores.prepare()
        await self.bus.broker.start()
        yield
        await self.bus.broker.stop()

    async def say(self, *numbers: int, more: Sequence[Event] = ()) -> None:
        events = [event for number in numbers for event in story(number)] + list(more)
        await self.bus.say(events)
        self.said += events

    async def standings(self) -> dict[str, dict[str, Any]]:
        found = await self.database.get_collection("queue").find().to_list(None)
        return {one["_id"]: Standing.model_validate(one["standing"]).model_dump() for one in found}

    async def as_said(self) -> bool:
        wanted: dict[str, Standing] = {}
        for event in self.said:
            if isinstance(event, FOLDED):
                wanted[event.submission_id] = fold(wanted.get(event.submission_id, Standing()), event)
        return await self.standings() == {sid: standing.model_dump() for sid, standing in wanted.items()}

    async def all_as_said(self) -> bool:
        """Whether all that is made from events is as it comes when what was said is folded elsewhere, in order."""
        by_hand = folding_into(Stores.of(self.elsewhere))
        for event in self.said[self.folded :]:
            if isinstance(event, (*FOLDED, *UNTOLD)):
                await by_hand.heard([event])
            elif isinstance(event, QuestionRaised | QuestionAnswered):
                await by_hand.questions([event])
            elif isinstance(event, SelectionRows | SelectionCompleted):
                await by_hand.selection([event])
            self.folded += 1
        wanted = await kept(self.elsewhere, *generations.FOLDED)
        assert all(wanted.values()), "there is something of each"
        return await kept(self.database, *generations.FOLDED) == wanted

    async def spoil(self) -> None:
        """What a defect may have made of it: entries missing, wrong, of another time, at versions of any height."""
        queue = self.database.get_collection("queue")
        names = sorted(await self.standings())
        await queue.delete_many({"_id": {"$in": names[::3]}})
        await queue.update_many(
            {"_id": {"$in": names[1::3]}}, {"$set": {"standing.revision": 9, "class": "review", "version": 3}}
        )
        await queue.update_many({"_id": names[2]}, {"$set": {"received_at": utc_now() - timedelta(days=9)}})
        for one in set(generations.FOLDED) - {"queue"}:
            ids = [document["_id"] async for document in self.database.get_collection(one).find().sort("_id", 1)]
            await self.database.get_collection(one).delete_many({"_id": {"$in": ids[::2]}})


@pytest.fixture
async def desk(on_kafka: Settings, client: Client) -> AsyncIterator[Desk]:
    desk = Desk(on_kafka, client)
    async with desk.at_work():
        await desk.say(*range(60), more=besides(range(40)))
        await until(desk.all_as_said)
        yield desk


async def test_a_spoilt_read_model_is_as_the_events_say_again_and_all_else_as_it_was(desk: Desk) -> None:
    before = await kept(desk.database)
    await desk.spoil()
    assert not await desk.as_said()
    assert not await desk.all_as_said()
    done = await rebuild(desk.settings)
    assert (done.listed_before, done.listed, done.strange) == (40, 60, 0)
    assert await desk.as_said()
    assert await desk.all_as_said()
    assert await kept(desk.database) == before
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


@asynccontextmanager
async def a_door(desk: Desk) -> AsyncIterator[Official]:
    """An official at a desk on a socket, signed in."""
    office = await an_office(desk.settings.model_copy(update={"development": True}))
    async with office.wiring.open(), served(office.app) as address:
        official = Official(address)
        await official.sign_in()
        yield official
        await official.close()


async def numbers(official: Official) -> Mapping[str, Any]:
    """What the desk says there is, but for the instant; asked again where it was drawn at that of the swap."""
    for last in (False, True):
        try:
            found = await official.overview()
            break
        except httpx.HTTPStatusError as error:
            if last or error.response.status_code != 503:
                raise
    del found["as_of"]
    return found


async def while_it_is_rebuilt(desk: Desk, official: Official) -> list[Mapping[str, Any]]:
    """What the desk said while its read model was rebuilt by a process of its own, which rests at each step."""
    program = ["-m", "tests.builders.rebuilding", desk.settings.model_dump_json(), "0", "0.1"]
    rebuilding = await asyncio.create_subprocess_exec(sys.executable, *program)
    ending, seen = asyncio.create_task(rebuilding.wait()), []
    while not ending.done():
        seen.append(await numbers(official))
        await asyncio.sleep(0.02)
    assert await ending == 0
    return seen


async def test_at_the_desks_door_the_old_numbers_stand_until_the_new_one_serves(desk: Desk, keyring: Keyring) -> None:
    del keyring  # made where the desk loads it from
    async with a_door(desk) as official:
        right = await numbers(official)
    await desk.spoil()
    async with a_door(desk) as official:
        spoilt = await numbers(official)
        assert (right["received"], spoilt["received"]) == (60, 40)
        seen = await while_it_is_rebuilt(desk, official)
        await until(partial(_says, official, right), 10)
    changes = [said for said, _ in groupby(seen)]
    assert changes in ([spoilt], [spoilt, right]), "never anything else, and never back"


async def _says(official: Official, wanted: Mapping[str, Any]) -> bool:
    return await numbers(official) == wanted


async def test_at_the_desks_door_never_fewer_are_listed_and_nothing_of_what_comes_meanwhile_is_missing(
    desk: Desk, keyring: Keyring
) -> None:
    del keyring
    rebuilt = asyncio.Event()

    async def go_on() -> None:
        for number in count(100):
            if rebuilt.is_set():
                return
            await desk.say(number)
            await asyncio.sleep(0.1)  # at full speed it would never be level with what comes

    async with a_door(desk) as official, asyncio.TaskGroup() as tasks:
        began = await numbers(official)
        tasks.create_task(go_on())
        seen = await while_it_is_rebuilt(desk, official)
        rebuilt.set()
        received = [said["received"] for said in seen]
        assert min(received) >= began["received"] == 60, "at no instant did the desk list fewer than before"
        assert max(received) > 60, "something came meanwhile"
    await until(desk.all_as_said)


@pytest.mark.slow
async def test_killed_at_any_step_it_goes_on_and_nothing_is_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "HELD_FOR", timedelta(0))
    number, ended_well = 200, False
    for step in range(1, 40):
        await desk.spoil()
        program = ["-m", "tests.builders.rebuilding", desk.settings.model_dump_json(), str(step)]
        listed = set(await desk.standings())
        killed = await asyncio.create_subprocess_exec(sys.executable, *program)
        await desk.say(number, number + 1)
        number += 2
        if await killed.wait() == 0:
            ended_well = True
            break
        assert listed <= set(await desk.standings()), "never fewer, also where it was killed"
        await desk.say(number)
        number += 1
        await rebuild(desk.settings)
        await until(desk.all_as_said)
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
