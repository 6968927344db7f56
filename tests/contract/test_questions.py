"""What questions promise, on either driver."""

from datetime import timedelta

import pytest

from shared.clock import utc_now
from shared.events import QuestionAnswered, QuestionRaised
from shared.mongo import Client, database
from shared.questions import GivenAnswer, Questions
from shared.settings import Settings
from shared.vault import Keyring

pytestmark = pytest.mark.both_drivers

TEXT = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": None}


@pytest.fixture
async def questions(client: Client, settings: Settings, keyring: Keyring) -> Questions:
    questions = Questions(database(client, settings, "gate"), keyring, utc_now)
    await questions.prepare()
    return questions


def yes() -> GivenAnswer:
    return GivenAnswer("yes", "사업장 대장", "김담당", utc_now())


async def test_a_question_is_raised_once_however_often_it_is_asked(questions: Questions) -> None:
    name = questions.id_of("workplace_in_seoul||한빛가상")
    assert len(await questions.raise_new("P", {name: TEXT})) == 1
    assert await questions.raise_new("P", {name: TEXT}) == []
    asked = (await questions.get([name]))[name]
    assert asked.text == TEXT
    assert (asked.revision, asked.answer) == (0, None)
    owed = await questions.owed.before(utc_now() + timedelta(seconds=1), [QuestionRaised.topic])
    assert [event.subject for event in owed] == [name]


async def test_the_first_of_two_answers_at_one_revision_stands(questions: Questions) -> None:
    name = questions.id_of("k")
    await questions.raise_new("P", {name: TEXT})
    first = await questions.answer(name, yes(), expected_revision=0, request_id="one")
    assert isinstance(first, QuestionAnswered)
    assert first.revision == 1
    assert await questions.answer(name, yes(), expected_revision=0, request_id="two") is None
    repeat = await questions.answer(name, yes(), expected_revision=0, request_id="one")
    assert repeat is not None
    assert repeat.event_id == first.event_id


async def test_an_answer_can_be_taken_back(questions: Questions) -> None:
    name = questions.id_of("k")
    await questions.raise_new("P", {name: TEXT})
    await questions.answer(name, yes(), expected_revision=0, request_id="one")
    back = await questions.answer(name, None, expected_revision=1, request_id="two")
    assert back is not None
    asked = (await questions.get([name]))[name]
    assert (asked.revision, asked.answer) == (2, None)


async def test_the_text_of_a_question_is_stored_sealed(
    questions: Questions, client: Client, settings: Settings
) -> None:
    name = questions.id_of("k")
    await questions.raise_new("P", {name: TEXT})
    stored = await database(client, settings, "gate").get_collection("questions").find_one({"_id": name})
    assert "한빛가상" not in repr(stored)
    assert "한빛가상".encode() not in bytes(stored["sealed"])
