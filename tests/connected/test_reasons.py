"""No decision without a reason: an official who decides otherwise than was screened says why, and it ends with all."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.gubi.erased.searching import search_store
from services.dashboard.reasons import LEAST
from shared.clock import utc_now
from shared.gate import Accepted
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, state, take_a_look, take_back
from tests.builders.runs import fold_shuffled, row, selecting, told

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]

OFFICE = "sonmok9988"
REASON = "재직증명서로 서울 근무를 확인함"


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def decide(
    official: httpx.AsyncClient, sid: str, decision: str, page: httpx.Response, reason: str = ""
) -> httpx.Response:
    form = {name: hidden(page, name) for name in ("csrf", "token", "look_id", "screening")}
    return await official.post(f"/submissions/{sid}/decision", data={**form, "decision": decision, "reason": reason})


async def document(office: Office, sid: str) -> dict[str, Any]:
    """What the gate keeps of it."""
    found = await office.wiring.database("gate").get_collection("submissions").find_one({"_id": sid})
    assert found is not None
    return found


async def opens(settings: Settings, sid: str) -> int:
    return sum(one.opens for one in await search_store(settings, sid))


async def test_whoever_decides_otherwise_than_was_screened_must_say_why_and_the_history_tells_it(
    office: Office,
) -> None:
    reviewed, refused = await office.submission("review"), await office.submission("eligible")
    official = await office.official()
    for sid, decision in ((reviewed, "eligible"), (reviewed, "ineligible"), (refused, "ineligible")):
        page = await take_a_look(official, sid)
        for too_little in ("", "네" * (LEAST - 1), " \n " * LEAST):
            asked = await decide(official, sid, decision, page, too_little)
            assert asked.status_code == 422
            assert f"사유를 {LEAST}자 이상 적어야 합니다" in asked.text
            assert await state(office, sid) == "viewed"
    done = await decide(official, refused, "ineligible", page, f"{REASON}, 900101-1234567")
    assert done.status_code == 200
    assert f"사유: {REASON}, " in done.text
    assert "1234567" not in done.text
    assert "사유:" not in (await take_a_look(official, reviewed)).text
    agreed = await office.submission("eligible")
    as_screened = await decide(official, agreed, "eligible", await take_a_look(official, agreed))
    assert (as_screened.status_code, await state(office, agreed)) == (200, "decided"), "the machine's own reason stands"


async def test_a_reason_is_sealed_wherever_it_is_and_undoing_the_decision_removes_it(
    office: Office, settings: Settings
) -> None:
    sid = await office.submission("review")
    official = await office.official()
    before = await opens(settings, sid)
    done = await decide(official, sid, "eligible", await take_a_look(official, sid), REASON)
    assert await opens(settings, sid) == before + 1, "in the gate's document, and in no row of the desk any more"
    for database in ("gate", "dashboard"):
        for name in await office.wiring.database(database).list_collection_names():
            kept = await office.wiring.database(database).get_collection(name).find().to_list(None)
            assert REASON not in str(kept)
            assert REASON.encode() not in b"".join(value for one in kept for value in _bytes(one))
    batch = done.text.split("/batches/")[1].split("/undo")[0]
    form = {"csrf": hidden(done, "csrf"), "submission_id": sid, "look_id": hidden(done, "look_id")}
    undone = await official.post(f"/batches/{batch}/undo", data=form)
    assert REASON not in undone.text
    assert "ground" not in await document(office, sid)
    assert await opens(settings, sid) == before
    again = await decide(official, sid, "ineligible", undone, "소득이 기준을 넘는 것을 확인함")
    assert REASON not in again.text
    assert "소득이 기준을 넘는 것을 확인함" in again.text


def _bytes(value: Any) -> list[bytes]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [bytes(value)] if isinstance(value, bytes) else [found for part in parts for found in _bytes(part)]


async def draft_of(official: httpx.AsyncClient, run_id: str) -> httpx.Response:
    """A batch of a run's rows that a person may confirm together."""
    run = await official.get(f"/runs/{run_id}")
    form = {"csrf": hidden(run, "csrf"), "token": hidden(run, "token"), "group": ["selected", "ineligible"]}
    return await official.post(f"/runs/{run_id}/batches", data=form)


async def press(official: httpx.AsyncClient, page: httpx.Response, step: str, **fields: str) -> httpx.Response:
    return await official.post(
        f"{page.url.copy_with(query=None)}/{step}", data={"csrf": hidden(page, "csrf"), **fields}
    )


async def test_of_many_together_one_reason_is_given_for_those_that_differ(office: Office) -> None:
    agrees, differs = await office.submission("ineligible"), await office.submission("review")
    await fold_shuffled(office, told([row(agrees, "ineligible"), row(differs, "ineligible")]))
    official = await office.official()
    draft = await draft_of(official, "run-1")
    assert "2건을 확정할까요?" in draft.text
    refused = await press(official, draft, "confirm", reason="음")
    assert f"사유를 {LEAST}자 이상 적어야" in refused.text
    assert [await state(office, sid) for sid in (agrees, differs)] == ["held"] * 2
    await press(official, refused, "confirm", reason=REASON)
    assert [await state(office, sid) for sid in (agrees, differs)] == ["decided"] * 2
    assert f"사유: {REASON}" in (await take_a_look(official, differs)).text
    assert REASON not in (await take_a_look(official, agrees)).text


async def test_no_row_is_decided_otherwise_without_a_reason_however_it_came_to_be_there(office: Office) -> None:
    sid = await office.submission("review")
    await fold_shuffled(office, told([row(sid, "ineligible")]))
    official = await office.official()
    draft = await draft_of(official, "run-1")
    batches, now = office.desk.stores.batches, utc_now()
    batch_id = draft.url.path.rpartition("/")[2]
    await batches.confirm(batch_id, now, now)  # as a desk of an older version does
    await office.desk.deciding.work(batch_id)
    assert await state(office, sid) == "held"
    assert "사유가 없습니다" in (await official.get(draft.url)).text


async def test_a_file_of_decisions_has_a_column_of_reasons_and_a_line_that_needs_one_is_told(office: Office) -> None:
    with_one, without = [await office.submission("review", receipt=f"R-{at}", office=OFFICE) for at in range(2)]
    official = await office.official()
    for sid in (with_one, without):
        await take_a_look(official, sid)
    page = await official.get(f"/imports?programme={PROGRAMME}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME}
    lines = f"접수번호,사유,결정\nR-0,{REASON},적격\nR-1,,부적격\n"
    draft = await official.post("/imports", data=form, files={"file": ("a.csv", lines.encode(), "text/csv")})
    assert "1건을 확정할까요?" in draft.text
    assert "선별 결과와 다른 결정인데 사유가 없습니다" in draft.text
    await press(official, draft, "confirm")
    assert [await state(office, sid) for sid in (with_one, without)] == ["decided", "viewed"]
    assert f"사유: {REASON}" in (await take_a_look(official, with_one)).text


async def test_with_the_submission_ends_the_reason_it_was_decided_for(office: Office, settings: Settings) -> None:
    sid = await office.submission("review")
    official = await office.official()
    await decide(official, sid, "eligible", await take_a_look(official, sid), REASON)
    assert (await document(office, sid))["ground"]["reason"]
    case = await office.wiring.gate.case(sid)
    assert case is not None
    asked = await office.wiring.gate.request("withdraw", sid, holder=case.holder, request_id="w")
    assert isinstance(asked, Accepted)
    assert asked.event is not None
    done = await office.wiring.gate.finish("withdraw", sid, cause=asked.event)
    assert isinstance(done, Accepted)
    assert "ground" not in await document(office, sid)
    assert await opens(settings, sid) == 0


async def test_with_the_submission_ends_a_reason_that_waits_for_a_second_official(
    office: Office, settings: Settings
) -> None:
    selecting(office, second_approver=True)
    sid = await office.submission("eligible")
    await fold_shuffled(office, told([row(sid, "ineligible")]))
    official = await office.official()
    before = await opens(settings, sid)
    draft = await draft_of(official, "run-1")
    assert "승인 대기" in (await press(official, draft, "confirm", reason=REASON)).text
    assert await opens(settings, sid) == before + 1, "in the row of the desk, sealed"
    await office.fold(await take_back(office, sid))
    rows = office.wiring.database("dashboard").get_collection("decisions")
    assert [one for one in await rows.find({"submission_id": sid}).to_list(None) if one.get("why")] == []
    assert await opens(settings, sid) == 0
