"""Deciding at the desk, on a real store: one and many, undone, and finished after a crash; and questions answered."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from services.dashboard.batch import Batch, Row
from services.dashboard.pages.signin import fictional
from services.dashboard.people import Person
from services.dashboard.store.rows import Rows
from shared.clock import utc_now
from shared.events import QuestionAnswered, SubmissionDecided
from shared.questions import GivenAnswer
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, overview, owed, state, take_a_look, take_back
from tests.builders.runs import selecting

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def decide(official: httpx.AsyncClient, sid: str, decision: str, page: httpx.Response) -> httpx.Response:
    form = {name: hidden(page, name) for name in ("csrf", "token", "look_id", "screening")}
    said = {"decision": decision, "reason": "다른 서류로 확인함"}
    return await official.post(f"/submissions/{sid}/decision", data={**form, **said})


async def test_one_is_confirmed_shown_as_pending_and_undone(office: Office) -> None:
    sid = await office.submission("review")
    official = await office.official()
    page = await take_a_look(official, sid)
    pending = await decide(official, sid, "eligible", page)
    assert "확정 대기" in pending.text
    assert "적격 확정 대기" in (await official.get("/queue")).text
    assert await state(office, sid) == "decided"
    address = f"/batches/{pending.text.split('/batches/')[1].split('/undo')[0]}/undo"
    form = {"csrf": hidden(pending, "csrf"), "submission_id": sid, "look_id": hidden(pending, "look_id")}
    undone = await official.post(address, data=form)
    assert "적격으로 확정" in undone.text
    assert await state(office, sid) == "viewed"
    again = await decide(official, sid, "ineligible", undone)
    assert "확정 대기" in again.text


async def test_what_the_desk_has_not_heard_of_the_reception_of_is_decided_by_the_form_that_is_offered(
    office: Office,
) -> None:
    sid = await office.submission("eligible")
    await office.wiring.database("dashboard").get_collection("queue").delete_one({"_id": sid})
    await office.fold(office.screened(sid, "eligible"))  # the topics are read in any order
    official = await office.official()
    page = await take_a_look(official, sid)
    pending = await decide(official, sid, "eligible", page)
    assert "확정 대기" in pending.text
    assert await state(office, sid) == "decided"


async def test_once_its_undo_time_has_passed_a_decision_is_owed_and_stays(office: Office) -> None:
    sid = await office.submission("eligible")
    at_once = office.desk.settings.model_copy(update={"undo_seconds": 0})
    object.__setattr__(office.desk, "settings", at_once)
    official = await office.official()
    await decide(official, sid, "eligible", await take_a_look(official, sid))
    await office.desk.done(*await office.wiring.gate.close_due())
    assert await owed(office, SubmissionDecided) == [sid]
    assert (await overview(official))["decided"] == 1
    assert "처리 종결" in (await take_a_look(official, sid)).text


async def test_what_was_screened_again_meanwhile_is_not_decided_on_the_old_screening(office: Office) -> None:
    sid = await office.submission("review")
    official = await office.official()
    page = await take_a_look(official, sid)
    await office.fold(office.screened(sid, "ineligible", edition=1))
    told = await decide(official, sid, "eligible", page)
    assert "그사이 다시 선별되었습니다" in told.text
    assert await state(office, sid) == "viewed"


async def preview(official: httpx.AsyncClient, name: str, **fields: Any) -> httpx.Response:
    page = await official.get(f"/queue?programme={PROGRAMME}&class={name}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, "class": name}
    return await official.post("/batches", data={**form, **fields})


async def confirm(
    official: httpx.AsyncClient, draft: httpx.Response, step: str = "confirm", **fields: Any
) -> httpx.Response:
    return await official.post(f"{draft.url}/{step}", data={"csrf": hidden(draft, "csrf"), **fields})


async def test_many_are_confirmed_after_a_preview_and_each_rows_end_is_told(office: Office) -> None:
    sids = [await office.submission("eligible", receipt=f"R-{number}") for number in range(4)]
    official = await office.official()
    draft = await preview(official, "eligible", pick=sids)
    assert "4건을 적격으로 확정할까요?" in draft.text
    assert [await state(office, sid) for sid in sids] == ["held"] * 4
    await take_back(office, sids[0])
    await office.fold(office.screened(sids[1], "review", edition=1))
    done = await confirm(official, draft)
    assert [await state(office, sid) for sid in sids] == ["taken_back", "held", "decided", "decided"]
    assert "신청인이 먼저 회수했습니다" in done.text
    assert "그사이 다시 선별되었습니다" in done.text
    batch_id = done.url.path.rpartition("/")[2]
    before = await office.desk.stores.batches.find(batch_id)
    again = await confirm(official, draft)
    assert again.url == done.url
    assert await office.desk.stores.batches.find(batch_id) == before
    assert (await official.get(done.url)).text.count("확정 취소") == 2
    one = await confirm(official, done, "undo", submission_id=sids[2])
    assert [await state(office, sid) for sid in sids[2:]] == ["held", "decided"]
    await confirm(official, one, "undo")
    assert await state(office, sids[3]) == "held"
    await confirm(official, draft)
    assert await state(office, sids[3]) == "held"


async def test_all_of_a_class_are_those_undecided_and_not_already_pending(office: Office) -> None:
    sids = [await office.submission("ineligible") for _ in range(3)]
    await office.submission("eligible")
    official = await office.official()
    await confirm(official, await preview(official, "ineligible", pick=sids[:1]))
    draft = await preview(official, "ineligible", all="1")
    assert "2건을 부적격으로 확정할까요?" in draft.text
    await confirm(official, draft)
    assert [await state(office, sid) for sid in sids] == ["decided"] * 3


async def test_reviews_are_decided_one_by_one_only(office: Office) -> None:
    sid = await office.submission("review")
    official = await office.official()
    page = await official.get("/queue")
    form = {"csrf": hidden(page, "csrf"), "token": "x", "programme": PROGRAMME, "pick": sid}
    assert (await official.post("/batches", data={**form, "class": "review"})).status_code == 403
    assert (await official.post("/batches", data={**form, "class": "eligible"})).url.path == "/queue"
    assert await state(office, sid) == "held"


class Crash(Exception):
    """The process dies here."""


async def crash_at_the_second_row_and_come_back(office: Office, minutes: int) -> None:
    """Work off a batch, row by row: the second is done at the gate and not written down; then, so much later, again."""
    deciding, times = office.desk.deciding, count(1)

    async def dying(self: Rows, ended: Sequence[Row]) -> None:
        if next(times) == 2:
            raise Crash
        await record(self, ended)

    record = Rows.record
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.dashboard.deciding._AT_ONCE", 1)
        patch.setattr(deciding, "_clock", lambda: utc_now() + timedelta(minutes=minutes - 10))
        patch.setattr(Rows, "record", dying)
        with pytest.raises(Crash):
            await deciding.work_all()
        patch.setattr(deciding, "_clock", lambda: utc_now() + timedelta(minutes=minutes))
        await deciding.work_all()
    assert await office.desk.stores.batches.unfinished(utc_now() + timedelta(days=1)) == []


async def test_a_batch_that_a_crash_left_half_done_is_finished(office: Office) -> None:
    sids = [await office.submission("eligible") for _ in range(3)]
    official = await office.official()
    draft = await preview(official, "eligible", pick=sids)
    batches, now = office.desk.stores.batches, utc_now()
    batch_id = draft.url.path.rpartition("/")[2]
    await batches.confirm(batch_id, now, now + timedelta(minutes=50))

    async def ended() -> dict[str, Row]:
        return {row.submission_id: row async for some in office.desk.stores.rows.each(batch_id) for row in some}

    async def at_the_gate() -> dict[str, datetime | None]:
        cases = await office.wiring.gate.cases(sids)
        return {sid: case.decided.at if case.decided else None for sid, case in cases.items()}

    await crash_at_the_second_row_and_come_back(office, minutes=10)
    assert [await state(office, sid) for sid in sids] == ["decided"] * 3
    assert {row.ending for row in (await ended()).values()} == {"accepted"}
    assert {sid: row.at for sid, row in (await ended()).items()} == await at_the_gate(), "as first decided, each"
    made = await batches.find(batch_id)
    assert made is not None
    await batches.undo(made, utc_now() + timedelta(minutes=10), [])
    await crash_at_the_second_row_and_come_back(office, minutes=30)
    assert [await state(office, sid) for sid in sids] == ["held"] * 3
    assert {row.ending for row in (await ended()).values()} == {"undone"}


async def test_a_batch_is_nobody_elses(office: Office) -> None:
    sid = await office.submission("eligible")
    official, other = await office.official(0), await office.official(1)
    draft = await preview(official, "eligible", pick=[sid])
    assert (await other.get(draft.url)).status_code == 404
    token = hidden(await other.get("/queue"), "csrf")
    assert (await other.post(f"{draft.url}/confirm", data={"csrf": token})).status_code == 404
    assert await state(office, sid) == "held"


async def test_who_confirmed_many_from_the_queue_and_left_finds_them_again_and_undoes_them(office: Office) -> None:
    sids = [await office.submission("eligible") for _ in range(2)]
    one = await office.submission("review")
    official = await office.official()
    done = await confirm(official, await preview(official, "eligible", pick=sids))
    await decide(official, one, "eligible", await take_a_look(official, one))
    for number in range(21):
        later = Batch(f"b-{number}", kim(office), PROGRAMME, utc_now(), "eligible")
        await office.desk.stores.batches.draft(later)
    queue = await official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    listed = await official.get(linked(queue, "묶어서 결정한 것").partition("#")[0])
    addresses = re.findall(r'<a href="(/batches/[^"]+)">', listed.text)
    assert addresses[0] == done.url.path
    assert len(addresses) == len(set(addresses)) == 21
    assert "21건 이상" in listed.text.partition('id="drafts"')[2].partition("</h2>")[0]
    await confirm(official, await official.get(addresses[0]), "undo")
    assert [await state(office, sid) for sid in sids] == ["held"] * 2


async def test_however_many_come_after_it_what_waits_for_a_second_official_is_listed_first(office: Office) -> None:
    selecting(office, second_approver=True)
    sid = await office.submission("eligible")
    first, second = await office.official(0), await office.official(1)
    proposed = await confirm(first, await preview(first, "eligible", pick=[sid]))
    for number in range(21):
        made_at = utc_now() + timedelta(seconds=number)
        others = Batch(f"b-{number}", kim(office), PROGRAMME, made_at, "eligible", "draft", second=True)
        await office.desk.stores.batches.draft(others)
    for official in (first, second):
        page = await official.get(f"/runs?programme={PROGRAMME}")
        assert re.findall(r'<a href="(/batches/[^"]+)">', page.text)[:1] == [proposed.url.path]
    await confirm(second, await second.get(proposed.url), "approve")
    assert await state(office, sid) == "decided"


def kim(office: Office) -> Person:
    return fictional(office.desk.catalog)[0]


def linked(page: httpx.Response, text: str) -> str:
    found = re.search(rf'<a href="([^"]*)">{text}</a>', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("others", [0, 9])
async def test_what_of_a_draft_was_screened_again_is_counted_whole_however_few_rows_are_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """Counted by what has changed since the draft, and, where more has, by its rows."""
    monkeypatch.setattr("services.dashboard.pages.batches._SHOWN", 2)
    monkeypatch.setattr("services.dashboard.overtaken.LATE", timedelta())
    sids = [await office.submission("eligible", receipt=f"R-{number}") for number in range(7)]
    official = await office.official()
    draft = await preview(official, "eligible", pick=sids)
    assert "다시 선별된 것이" not in (await official.get(draft.url)).text
    for sid in sids[3:]:
        await office.fold(office.screened(sid, "review", edition=1))
    for _ in range(others):
        await office.submission("eligible")
    assert "고른 뒤에 다시 선별된 것이 4건 있습니다" in (await official.get(draft.url)).text
    await confirm(official, draft)
    assert [await state(office, sid) for sid in sids] == ["decided"] * 3 + ["held"] * 4


async def test_a_heading_that_cannot_count_all_questions_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dashboard.pages.questions._SHOWN", 2)
    questions = office.wiring.questions
    asked = {questions.id_of(name): {"topic": "workplace_in_seoul", "name": name} for name in "가나다"}
    await office.desk.folding.questions(await questions.raise_new(PROGRAMME, asked))
    official = await office.official()
    page = await official.get("/questions")
    assert "<small>2건 이상</small>" in page.text.partition('id="open"')[2].partition("</h2>")[0]
    given = GivenAnswer("yes", "전화", "김예시", utc_now())
    for name in asked:
        await office.desk.done(await questions.answer(name, given, expected_revision=0, request_id=name))
    page = await official.get("/questions")
    assert "<small>0</small>" in page.text.partition('id="open"')[2].partition("</h2>")[0]
    assert "<small>2건 이상</small>" in page.text.partition('id="answered"')[2].partition("</h2>")[0]


async def test_a_question_is_answered_changed_and_taken_back_and_the_slower_of_two_is_told(office: Office) -> None:
    questions = office.wiring.questions
    question_id = questions.id_of("workplace|한빛")
    text = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": None}
    await office.desk.folding.questions(await questions.raise_new(PROGRAMME, {question_id: text}))
    for _ in range(3):
        await office.submission("review", waiting_on=[question_id])
    official = await office.official()
    page = await official.get("/questions")
    assert "「주식회사 한빛가상」의 사업장이 서울에 있습니까?" in page.text
    assert "<strong>3</strong>건이 이 답을 기다립니다" in page.text
    form = {name: hidden(page, name) for name in ("csrf", "token", "revision")}
    answered = await official.post(
        f"/questions/{question_id}/answer", data={**form, "value": "yes", "source": "사업장 등록 현황"}
    )
    assert "출처 사업장 등록 현황 · 김예시 (예시)" in answered.text
    late = {**form, "token": "other", "value": "no", "source": "전화"}
    assert "다른 담당자가 먼저 답했습니다" in (await official.post(f"/questions/{question_id}/answer", data=late)).text
    form = {name: hidden(answered, name) for name in ("csrf", "token", "revision")}
    await official.post(f"/questions/{question_id}/answer", data={**form, "value": "withdraw"})
    asked = (await questions.get([question_id]))[question_id]
    assert (asked.answer, asked.revision) == (None, 2)
    said = await questions.owed.before(utc_now() + timedelta(1), [QuestionAnswered.topic])
    assert [event.revision for event in said if isinstance(event, QuestionAnswered)] == [1, 2]


async def test_an_answer_needs_a_source(office: Office) -> None:
    questions = office.wiring.questions
    question_id = questions.id_of("k")
    await questions.raise_new(PROGRAMME, {question_id: {"topic": "workplace_in_seoul", "name": "가"}})
    official = await office.official()
    token = hidden(await official.get("/queue"), "csrf")
    form = {"csrf": token, "token": "t", "revision": "0", "value": "yes", "source": " "}
    assert (await official.post(f"/questions/{question_id}/answer", data=form)).status_code == 403
    given = GivenAnswer("yes", "전화", "김예시", utc_now())
    assert await questions.answer(question_id, given, expected_revision=0, request_id="r")
