"""Human actions, counted from what the desk, the gate and the questions store, and as the page tells them."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from services.dashboard.acting import count_acts
from shared.clock import utc_now
from shared.gate import Official
from shared.questions import GivenAnswer
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, take_a_look
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def acts(office: Office) -> dict[str, int]:
    desk = office.desk
    tally = await desk.counting.tally(PROGRAMME)
    found = await count_acts(PROGRAMME, tally, stores=desk.stores, gate=desk.gate, questions=desk.questions)
    return {name: count for name, count in found.acts.items() if count}


async def test_what_an_official_does_is_counted_once_each_and_what_a_register_does_is_not(office: Office) -> None:
    one = await office.submission("eligible")
    for _ in range(3):
        await office.submission("ineligible")
    official = await office.official()
    assert await acts(office) == {}

    shown = await take_a_look(official, one)
    await official.get(str(shown.url))  # the same look, shown again
    fields = {name: hidden(shown, name) for name in ("csrf", "token", "look_id", "screening")}
    await official.post(f"/submissions/{one}/decision", data={**fields, "decision": "eligible"})
    assert await acts(office) == {"views": 1, "decisions": 1}

    queue = await official.get(f"/queue?programme={PROGRAMME}&class=ineligible")
    fields = {name: hidden(queue, name) for name in ("csrf", "token", "programme")}
    preview = await official.post("/batches", data={**fields, "class": "ineligible", "all": "1"})
    assert "confirmations" not in await acts(office)
    for _ in range(2):
        await official.post(f"{preview.url.path}/confirm", data={"csrf": hidden(preview, "csrf")})
    undo = partial(official.post, f"{preview.url.path}/undo", data={"csrf": hidden(preview, "csrf")})
    await asyncio.gather(undo(), undo())  # a double click
    await undo()
    assert await acts(office) == {"views": 1, "decisions": 1, "confirmations": 1, "corrections": 1}

    questions, text = office.wiring.questions, {"topic": "workplace_in_seoul", "name": "가", "number": None}
    ids = [questions.id_of("one"), questions.id_of("two")]
    await questions.raise_new(PROGRAMME, dict.fromkeys(ids, text))
    given = GivenAnswer("yes", "명부(2026-09-01 기준)", "명부", utc_now())
    for name in ids:
        await questions.answer(name, given, expected_revision=0, request_id=name, party="register")
    await questions.answer(ids[0], None, expected_revision=1, request_id="kim")
    assert (await acts(office))["answers"] == 1


async def test_an_export_that_opens_many_is_one_act(office: Office) -> None:
    for number in range(3):
        sid = await office.submission("eligible")
        person = {"official": Official("kim", "시민건강국"), "purpose": "심사", "request_id": f"look-{number}"}
        await office.wiring.gate.view(sid, **person, part_of="export-a")
    assert await acts(office) == {"exports": 1}


async def test_the_overview_tells_the_figure_and_the_table_behind_it(office: Office) -> None:
    official = await office.official()
    assert "사람이 한 일 <strong>—</strong>" in (await official.get(f"/overview?programme={PROGRAMME}")).text
    one = await office.submission("eligible")
    await office.submission("review")
    await take_a_look(official, one)

    async def told() -> str:
        page = (await official.get(f"/overview?programme={PROGRAMME}")).text
        return page if "제출 2건에 1번" in page else ""

    page = await until(told)  # where counting is slow, the last count is shown for a moment
    assert "사람이 한 일 <strong>500.0</strong>" in page
    assert "적격 1건, 확인필요 1건" in page
