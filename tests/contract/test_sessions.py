"""What the desk's stores of sessions and of begun sign-ins promise, on either driver."""

import asyncio
from datetime import timedelta

import pytest

from services.dashboard.people import Person
from services.dashboard.roles import Grant
from services.dashboard.store import Attempts, Sessions
from services.dashboard.store.sessions import IDLE, LONGEST
from shared.clock import utc_now
from shared.mongo import Client, database
from shared.settings import Settings

pytestmark = pytest.mark.both_drivers

NOW = utc_now().replace(microsecond=0)
PERSON = Person("official-7", "정예시 (예시)", "sonmok9988")
RIGHTS = (Grant("handler", ("SONMOK9988_2022",), ("sonmok9988",)), Grant("reader"))


@pytest.fixture
async def sessions(client: Client, settings: Settings) -> Sessions:
    made = Sessions(database(client, settings, "dashboard"))
    await made.prepare()
    return made


@pytest.fixture
async def attempts(client: Client, settings: Settings) -> Attempts:
    made = Attempts(database(client, settings, "dashboard"))
    await made.prepare()
    return made


async def test_a_session_gives_the_person_and_their_rights_back_by_its_id_alone(sessions: Sessions) -> None:
    session_id = await sessions.start(PERSON, RIGHTS, NOW)
    found = await sessions.find(session_id, NOW)
    assert found is not None
    assert (found.person, found.rights) == (PERSON, RIGHTS)
    assert await sessions.find(found.key, NOW) is None
    assert await sessions.find("", NOW) is None


async def test_a_session_ends_when_idle_and_at_its_longest_however_busy(sessions: Sessions) -> None:
    idle = await sessions.start(PERSON, RIGHTS, NOW)
    assert await sessions.find(idle, NOW + IDLE) is None
    busy = await sessions.start(PERSON, RIGHTS, NOW)
    at = NOW
    while at + IDLE / 2 < NOW + LONGEST:
        at += IDLE / 2
        assert (await sessions.find(busy, at) is None) == (at >= NOW + LONGEST)
    assert await sessions.find(busy, NOW + LONGEST) is None


async def test_signing_in_ends_the_session_of_this_browser_and_those_that_rest_on_other_rights(
    sessions: Sessions,
) -> None:
    first, second = [await sessions.start(PERSON, RIGHTS, NOW) for _ in range(2)]
    other = await sessions.start(Person("official-8", "한예시", "sonmok9988"), RIGHTS, NOW)
    third = await sessions.start(PERSON, RIGHTS, NOW, first)
    assert [await sessions.find(one, NOW) is not None for one in (first, second, third, other)] == [
        False, True, True, True,
    ]  # fmt: skip
    less = await sessions.start(PERSON, RIGHTS[1:], NOW)
    assert [await sessions.find(one, NOW) is not None for one in (second, third, less, other)] == [
        False, False, True, True,
    ]  # fmt: skip
    moved = await sessions.start(Person("official-7", "정예시 (예시)", "donated_food"), RIGHTS[1:], NOW)
    assert [await sessions.find(one, NOW) is not None for one in (less, moved)] == [False, True]


async def test_a_session_from_before_there_were_rights_has_none(sessions: Sessions) -> None:
    session_id = await sessions.start(PERSON, RIGHTS, NOW)
    await sessions._sessions.update_many({}, {"$unset": {"rights": ""}})
    found = await sessions.find(session_id, NOW)
    assert found is not None
    assert found.rights == ()


async def test_an_attempt_is_taken_once_by_the_browser_that_began_it_and_in_time(attempts: Attempts) -> None:
    state, browser, attempt = await attempts.begin("/queue", NOW)
    other_state, other_browser, _ = await attempts.begin("/runs", NOW)
    assert await attempts.take(state, other_browser, NOW) is None
    assert await attempts.take(other_state, browser, NOW) is None
    assert await attempts.take(state, browser, NOW + timedelta(minutes=10)) is None
    assert await attempts.take(state, browser, NOW) == attempt
    assert await attempts.take(state, browser, NOW) is None


async def test_of_many_who_take_one_attempt_at_once_one_has_it(attempts: Attempts) -> None:
    state, browser, attempt = await attempts.begin("/queue", NOW)
    taken = await asyncio.gather(*(attempts.take(state, browser, NOW) for _ in range(20)))
    assert [one for one in taken if one] == [attempt]
