"""The text of a question goes with the last submission that rests on it, on a real store and either driver."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest

from deploy.gubi.erased.searching import search_questions
from services.eligibility.questions import Question
from services.eligibility.registers.file import Row
from services.eligibility.registers.importing import import_register
from services.eligibility.screener import Screener
from shared.clock import utc_now
from shared.questions import AskedQuestion, GivenAnswer
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.screening import Desk, a_screening_desk
from tests.unit.eligibility.cases import BUSAN, SEOUL, history, household, job

pytestmark = [pytest.mark.both_drivers, pytest.mark.timeout(600)]

HANBIT = "주식회사 한빛가상"
LEAVING = ("leave", "doubt", "unneeded", "let_go")
COMING = ("rest", "get", "raise_new")


@pytest.fixture
async def desk(settings: Settings, keyring: Keyring) -> AsyncIterator[Desk]:
    del keyring  # made where the wiring loads it from
    async with a_screening_desk(settings) as made:
        yield made


class Killed(Exception):
    """The process is gone."""


class Line:
    """Lets those who act come on in the order of their letters; whoever is left after its end comes on freely."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order = list(order)
        self._moved = asyncio.Condition()

    async def turn(self, who: str, act: Any) -> Any:
        async with self._moved:
            await self._moved.wait_for(lambda: not self._order or self._order[0] == who)
        try:
            return await act
        finally:
            async with self._moved:
                self._order = self._order[1:]
                self._moved.notify_all()

    async def over(self, who: str, act: Any) -> None:
        """Do all of it; then nobody waits for who has done it."""
        await act
        async with self._moved:
            self._order = [other for other in self._order if other != who]
            self._moved.notify_all()


class Paced:
    """A store of which each step waits for its turn."""

    def __init__(self, store: Any, who: str, line: Line) -> None:
        self._store, self._who, self._line = store, who, line

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._store, name)
        if name not in LEAVING + COMING:
            return act
        return lambda *given, **named: self._line.turn(self._who, act(*given, **named))


class Killing:
    """A store at whose step `at` the process is killed: before it, or after."""

    def __init__(self, store: Any, at: str, *, after: bool) -> None:
        self._store, self._at, self._after = store, at, after

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._store, name)
        if name != self._at:
            return act

        async def killed(*given: Any, **named: Any) -> None:
            if self._after:
                await act(*given, **named)
            raise Killed

        return killed


def on(desk: Desk, wrap: Any) -> Screener:
    """The screener over stores that are wrapped."""
    own = desk.screener
    wiring = replace(own.wiring, questions=wrap(own.wiring.questions))
    return replace(own, wiring=wiring, screenings=wrap(own.screenings))


def orders(one: tuple[str, int], other: tuple[str, int]) -> Iterator[list[str]]:
    """All orders of so many steps of the one and of the other."""
    count = one[1] + other[1]
    for places in combinations(range(count), one[1]):
        yield [one[0] if at in places else other[0] for at in range(count)]


def id_of(desk: Desk, firm: str = HANBIT) -> str:
    return desk.wiring.questions.id_of(Question(topic="workplace_in_seoul", name=firm).key)


async def working_at(desk: Desk, holder: str, firm: str = HANBIT) -> str:
    return await desk.send(holder, history(job(workplace=firm)), household(BUSAN))


async def standing(desk: Desk, firm: str = HANBIT) -> AskedQuestion:
    name = id_of(desk, firm)
    return (await desk.wiring.questions.get([name]))[name]


async def goes(desk: Desk, name: str, holder: str) -> None:
    await desk.take_back(name, holder)
    await desk.say(await desk.screener.forget([name]))


async def sealed(desk: Desk) -> list[str]:
    """The questions of which a text is kept."""
    found = await desk.wiring.database("gate").get_collection("questions").find({"sealed": {"$ne": None}}).to_list(None)
    return [document["_id"] for document in found]


async def test_the_text_goes_with_the_last_who_rests_on_it_and_comes_again_with_the_next(desk: Desk) -> None:
    first, second = await working_at(desk, "h-1"), await working_at(desk, "h-2")
    await desk.read(first, second)
    await goes(desk, first, "h-1")
    assert await sealed(desk) == [id_of(desk)]
    await goes(desk, second, "h-2")
    assert await sealed(desk) == []
    assert (await standing(desk)).text is None
    left = await desk.wiring.database("eligibility").get_collection("screenings").count_documents({})
    assert left == 0
    await desk.read(await working_at(desk, "h-3"))
    asked = await standing(desk)
    assert asked.text is not None
    assert asked.text["name"] == HANBIT


async def test_an_answer_stays_without_the_text_and_counts_for_who_comes_later(desk: Desk) -> None:
    first = await working_at(desk, "h-1")
    await desk.read(first)
    given = GivenAnswer("yes", "전화 확인", "김담당", utc_now())
    await desk.wiring.questions.answer(id_of(desk), given, expected_revision=0, request_id="a")
    await goes(desk, first, "h-1")
    asked = await standing(desk)
    assert (asked.text, asked.revision) == (None, 1)
    later = await working_at(desk, "h-2")
    screened = await desk.read(later)
    assert screened.done[-1].waiting_on == ()
    assert desk.last[later][1] == "eligible"
    assert (await standing(desk)).text is not None


async def test_what_a_register_said_meanwhile_is_made_good_when_the_question_comes_again(desk: Desk) -> None:
    answering = desk.answering

    async def take(address: str, as_of: date) -> None:
        rows = [Row(HANBIT, "", address)]
        await import_register(answering.registers, "명부", as_of, rows, answering.token, answering.clock)
        async for _ in answering.settle_all():
            pass

    first = await working_at(desk, "h-1")
    await take(SEOUL, date(2026, 9, 1))
    await desk.read(first)
    assert desk.last[first][1] == "eligible"
    await goes(desk, first, "h-1")
    await take(BUSAN, date(2026, 10, 1))
    later = await working_at(desk, "h-2")
    await desk.read(later)
    assert desk.last[later][1] == "ineligible"


async def test_whoever_comes_while_another_goes_finds_the_text_in_every_order_of_their_steps(desk: Desk) -> None:
    for number, order in enumerate(orders(("goes", len(LEAVING)), ("comes", len(COMING)))):
        firm, line = f"주식회사 가상{number}", Line(order)
        old = await working_at(desk, f"old-{number}", firm)
        await desk.read(old)
        new = await working_at(desk, f"new-{number}", firm)
        await desk.take_back(old, f"old-{number}")
        going = on(desk, lambda store, line=line: Paced(store, "goes", line)).forget([old])
        coming = on(desk, lambda store, line=line: Paced(store, "comes", line)).screen([new], entering=True)
        await asyncio.gather(line.over("goes", going), line.over("comes", coming))
        asked = await standing(desk, firm)
        assert asked.text is not None, order
        await goes(desk, new, f"new-{number}")
        assert await sealed(desk) == [], order


async def test_of_two_who_go_at_once_one_takes_the_text_along_in_every_order_of_their_steps(desk: Desk) -> None:
    for number, order in enumerate(orders(("one", len(LEAVING)), ("other", len(LEAVING)))):
        firm, line = f"주식회사 가상{number}", Line(order)
        one, other = await working_at(desk, f"one-{number}", firm), await working_at(desk, f"other-{number}", firm)
        await desk.read(one, other)
        for name, holder in ((one, f"one-{number}"), (other, f"other-{number}")):
            await desk.take_back(name, holder)
        first = on(desk, lambda store, line=line: Paced(store, "one", line)).forget([one])
        second = on(desk, lambda store, line=line: Paced(store, "other", line)).forget([other])
        await asyncio.gather(line.over("one", first), line.over("other", second))
        assert await sealed(desk) == [], order


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", [*LEAVING, "forget"])
async def test_killed_at_any_step_the_next_delivery_takes_the_text(desk: Desk, step: str, after: bool) -> None:
    name = await working_at(desk, "h-1")
    await desk.read(name)
    await desk.take_back(name, "h-1")
    with pytest.raises(Killed):
        await on(desk, lambda store: Killing(store, step, after=after)).forget([name])
    await desk.screener.forget([name])
    assert await sealed(desk) == []


@pytest.mark.parametrize("step", ["rest", "raise_new", "record"])
async def test_killed_over_a_screening_nothing_stays_of_what_was_then_taken_back(desk: Desk, step: str) -> None:
    name = await working_at(desk, "h-1")
    with pytest.raises(Killed):
        await on(desk, lambda store: Killing(store, step, after=True)).screen([name], entering=True)
    await desk.take_back(name, "h-1")
    await desk.screener.screen([name], entering=True)  # delivered again
    assert await sealed(desk) == []


async def test_gubi_erased_finds_a_text_that_only_ended_ones_waited_on(desk: Desk, settings: Settings) -> None:
    async def opens(name: str, *waited_on: str) -> int:
        return sum(one.opens for one in await search_questions(settings, name, waited_on))

    first, second = await working_at(desk, "h-1"), await working_at(desk, "h-2")
    await desk.read(first, second)
    await desk.take_back(first, "h-1")
    assert await opens(first, id_of(desk)) == 0, "another rests on it"
    await desk.take_back(second, "h-2")
    assert await opens(first) == await opens(second) == 1, "both have ended, and nobody has swept"
    await desk.screener.screenings.forget([first, second])
    assert await opens(first, id_of(desk)) == 1, "its events still name the question"
    await desk.read(third := await working_at(desk, "h-3"))
    await goes(desk, third, "h-3")
    assert await opens(first, id_of(desk)) == 0
