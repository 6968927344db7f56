"""One official's answer settles hundreds: the desk and eligibility on one real store, without the bus between."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from services.dashboard.acting import count_acts
from services.eligibility.screener import Round
from services.eligibility.screenings import event_of
from shared.clock import utc_now
from shared.events import Event, QuestionAnswered, SubmissionEvent
from shared.gate.saying import received
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, overview
from tests.builders.screening import Desk, a_screening_desk
from tests.builders.waiting import until
from tests.unit.eligibility.cases import history, job

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
MANY = 430


@pytest.fixture
async def both(settings: Settings, keyring: Keyring) -> AsyncIterator[tuple[Office, Desk]]:
    """The officials' desk and eligibility on one store."""
    del keyring  # made where both load it from
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(a_working_desk(settings))
        yield office, await stack.enter_async_context(a_screening_desk(settings))


async def told(office: Office, screened: Round, cause: Event) -> None:
    """What eligibility says of this, heard at the desk."""
    await office.desk.folding.questions(screened.raised)
    await office.fold(*(event_of(one, cause, utc_now()) for one in screened.done))


async def test_one_answer_of_one_official_settles_hundreds_who_wait_on_it_and_taken_back_lets_them_wait_again(
    both: tuple[Office, Desk],
) -> None:
    office, eligibility = both
    names = [await eligibility.send(f"h-{number}", history(job())) for number in range(MANY)]
    events: list[SubmissionEvent] = [received(case) for case in (await office.desk.gate.cases(names)).values()]
    await office.fold(*events)
    await told(office, await eligibility.read(*names), events[0])
    official = await office.official()

    async def all_stand_in(name: str) -> None:
        """As of now: where counting is slow, a page shows the last counts with their time."""

        async def counted() -> bool:
            return bool((await overview(official))["classes"][name] == MANY)

        await until(counted)

    await all_stand_in("review")
    page = await official.get(f"/questions?programme={PROGRAMME}")
    assert f"<strong>{MANY}</strong>건이 이 답을 기다립니다" in page.text

    async def answer(value: str, acts: int) -> None:
        """Answer on the page as it is, twice as by a double click, and have all of it heard."""
        page = await official.get(f"/questions?programme={PROGRAMME}")
        [question_id] = {part.split("/")[0] for part in page.text.split('action="/questions/')[1:]}
        form = {name: hidden(page, name) for name in ("csrf", "token", "revision")}
        for _ in range(2):
            await official.post(
                f"/questions/{question_id}/answer", data={**form, "value": value, "source": "사업장 대장"}
            )
        said = await office.wiring.questions.owed.before(utc_now() + timedelta(hours=1), [QuestionAnswered.topic])
        assert len(said) == acts
        waiting = await eligibility.screener.screenings.resting_on([question_id])
        assert waiting == set(names)
        await told(office, await eligibility.say(await eligibility.screener.screen(waiting)), said[-1])

    await answer("yes", 1)
    await all_stand_in("eligible")
    assert "답을 기다리는 질문이 없습니다." in (await official.get(f"/questions?programme={PROGRAMME}")).text
    await answer("withdraw", 2)
    await all_stand_in("review")
    page = await official.get(f"/questions?programme={PROGRAMME}")
    assert f"<strong>{MANY}</strong>건이 이 답을 기다립니다" in page.text
    desk = office.desk
    tally = await desk.counting.tally(PROGRAMME)
    acts = await count_acts(PROGRAMME, tally, stores=desk.stores, gate=desk.gate, questions=desk.questions)
    assert (acts.total, acts.acts["answers"]) == (2, 2), "two human actions for 860 outcomes"
