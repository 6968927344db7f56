"""The desk on a real store: folding, opening, deciding, undoing and answering, as officials do it over HTTP."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from services.dashboard.pages.queue import SIZE
from services.wallet_simulator.samples import Issuer, make, population
from shared.clock import utc_now
from shared.events import (
    Event,
    QuestionAnswered,
    SubmissionDecided,
    SubmissionParked,
    SubmissionTakenBack,
    SubmissionViewed,
)
from shared.gate import Accepted
from shared.questions import GivenAnswer
from shared.settings import Settings
from shared.standing import CLASSES, Standing, fold
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, an_office, hidden, take_a_look
from tests.builders.holding import a_hold

pytestmark = pytest.mark.connected


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    made = await an_office(settings.model_copy(update={"development": True}))
    async with made.wiring.open():
        yield made


async def take_back(office: Office, sid: str) -> Event:
    case = await office.wiring.gate.case(sid)
    assert case is not None
    asked = await office.wiring.gate.request("take_back", sid, holder=case.holder, request_id=f"t-{sid}")
    assert isinstance(asked, Accepted)
    assert asked.event is not None
    done = await office.wiring.gate.finish("take_back", sid, cause=asked.event)
    assert isinstance(done, Accepted)
    assert done.event is not None
    return done.event


async def overview(official: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await official.get(f"/api/overview?programme={PROGRAMME}")).json()
    return found


async def owed(office: Office, event: type[Event]) -> list[str]:
    return [item.subject for item in await office.wiring.gate.owed.before(utc_now() + timedelta(1), [event.topic])]


# --- the read model


async def test_shuffled_repeated_and_concurrent_events_end_in_the_same_queue(office: Office) -> None:
    events: dict[str, list[Any]] = {}
    for number in range(6):
        hold, _ = await a_hold(office.wiring.keyring, office.wiring.vault)
        held = await office.wiring.gate.hold(hold)
        sid, at = hold.submission_id, hold.received_at
        events[sid] = [
            held.event,
            office.screened(sid, "review", at=at),
            office.screened(sid, "eligible", at=at, edition=1),
            SubmissionViewed.because_of(sid, submission_id=sid, at=at, office="과"),
        ]
        if number % 2:
            events[sid].append(SubmissionTakenBack.because_of(sid, submission_id=sid, at=at))
    shuffle = random.Random(7)
    told = [event for life in events.values() for event in life] * 3
    shuffle.shuffle(told)
    await asyncio.gather(*(office.fold(*told[start :: 8]) for start in range(8)))
    stored = await office.desk.stores.queue.load(events)
    for sid, life in events.items():
        expected = Standing()
        for event in life:
            expected = fold(expected, event)
        assert stored[sid].standing == expected


async def test_of_what_was_taken_back_only_a_tombstone_stands_in_the_queue(office: Office) -> None:
    sid = await office.submission("review", findings=["stale"], waiting_on=["q-1"])
    await office.fold(await take_back(office, sid), office.screened(sid, "eligible", edition=9))
    document = await office.wiring.database("dashboard").get_collection("queue").find_one({"_id": sid})
    assert document is not None
    assert document["class"] == "taken_back"
    assert document["waiting_on"] == []
    kept = {"receipt", "programme_id", "wallet_app", "office", "received_at", "certificates", "taken_back_at"}
    assert set(document["standing"]) == kept


async def test_counts_sum_and_agree_with_the_lists_and_every_page_is_reached_both_ways(office: Office) -> None:
    first = utc_now() - timedelta(days=3)
    outcomes = ["eligible", "ineligible", "review", None]
    for number in range(SIZE + 9):  # two share each instant
        at = first + timedelta(seconds=number // 2 * 600)
        await office.submission(outcomes[number % 4], received_at=at, receipt=f"R-{number:03}")
    await office.submission(None, unreadable="no_text_layer")
    sid = await office.submission(None)
    parked = {"service": "extraction", "parked_topic": "t", "reason": "r"}
    await office.fold(SubmissionParked.because_of("p", submission_id=sid, at=utc_now(), **parked))
    official = await office.official()
    counts = await overview(official)
    assert counts["received"] == SIZE + 11 == sum(counts["classes"].values())
    assert counts["unaccounted"] == 0
    assert (counts["classes"]["unreadable"], counts["classes"]["parked"]) == (1, 1)
    for name in CLASSES:
        page = await official.get(f"/queue?programme={PROGRAMME}&class={name}")
        assert page.text.count('<th scope="row">') == counts["classes"][name]
    forth, page = [], await official.get("/queue")
    while True:
        forth.append(receipts(page))
        following = link(page, "next")
        if following is None:
            break
        page = await official.get(following)
    back = [receipts(page)]
    while previous := link(page, "prev"):
        page = await official.get(previous)
        back.insert(0, receipts(page))
    assert [len(names) for names in forth] == [SIZE, 11]
    assert forth == back
    assert sum(forth, [])[: SIZE + 9] == sorted(sum(forth, [])[: SIZE + 9], key=lambda name: int(name[2:]) // 2)


def receipts(page: httpx.Response) -> list[str]:
    return [part.split("</")[0].split(">")[-1] for part in page.text.split('<th scope="row">')[1:]]


def link(page: httpx.Response, rel: str) -> str | None:
    _, found, rest = page.text.partition(f'rel="{rel}" href="')
    return rest.split('"')[0].replace("&amp;", "&") if found else None


# --- opening


async def test_nothing_read_from_a_certificate_is_seen_before_the_look_is_recorded(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    pages = [await official.get(address) for address in ("/queue", f"/submissions/{sid}", "/questions", "/api/overview")]
    assert all(page.status_code == 200 for page in pages)
    assert not any("김가상" in page.text or "한빛가상" in page.text for page in pages)
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.state == "held"


async def test_a_look_is_marked_owed_and_shown_without_the_back_of_a_resident_number(office: Office) -> None:
    sid = await office.submission("eligible", findings=["duplicate"])
    official = await office.official()
    page = await take_a_look(official, sid, "재검토")
    assert page.status_code == 200
    for seen in ("김가상", "주식회사 한빛가상", "900101-*******", "중복 신청", "만 19세 이상 69세 이하", "<rect id="):
        assert seen in page.text
    assert "1234567" not in page.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.first_view is not None
    assert (case.first_view.official, case.first_view.purpose) == ("sample-0", "재검토")
    assert await owed(office, SubmissionViewed) == [sid]
    assert (await overview(official))["viewed"] == 1


async def test_the_same_form_sent_twice_is_one_look(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    asked = await official.get(f"/submissions/{sid}")
    form = {"csrf": hidden(asked, "csrf"), "token": hidden(asked, "token"), "purpose": "심사"}
    pages = [await official.post(f"/submissions/{sid}/looks", data=form) for _ in range(2)]
    assert pages[0].url == pages[1].url
    looks = office.wiring.client.get_database(f"{office.wiring.settings.database_prefix}_gate").get_collection("looks")
    assert await looks.count_documents({"submission_id": sid}) == 1


async def test_no_address_opens_anything_by_itself(office: Office) -> None:
    sid = await office.submission("eligible")
    official, other = await office.official(0), await office.official(1)
    made_up = await official.get(f"/submissions/{sid}/looks/look-made-up")
    assert "김가상" not in made_up.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.state == "held"
    taken = await take_a_look(official, sid)
    assert "김가상" not in (await other.get(taken.url)).text


async def test_when_the_take_back_was_first_the_official_is_told_so_plainly(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    asked = await official.get(f"/submissions/{sid}")
    await take_back(office, sid)
    form = {"csrf": hidden(asked, "csrf"), "token": hidden(asked, "token"), "purpose": "심사"}
    refused = await official.post(f"/submissions/{sid}/looks", data=form)
    assert refused.status_code == 409
    assert "신청인이 먼저 회수했습니다" in refused.text
    assert await owed(office, SubmissionViewed) == []


async def test_pictures_of_pages_are_drawn_in_the_jail_for_whoever_looked_and_never_cached(
    settings: Settings, keyring: Keyring, tmp_path: Any
) -> None:
    del keyring
    office = await an_office(settings.model_copy(update={"development": True}))
    person = next(iter(population(1)))
    issuer = Issuer.open(tmp_path / "issuer")
    pdf = make("EI_HIST", person=person, seed=1, issued_on=date(2022, 12, 10), issuer=issuer).pdf
    async with office.app.router.lifespan_context(office.app):
        sid = await office.submission("eligible", pdf=pdf)
        official, other = await office.official(0), await office.official(1)
        taken = await take_a_look(official, sid)
        address = f"{taken.url}/certificates/0/pages/1.png"
        picture = await official.get(address)
        assert picture.content.startswith(b"\x89PNG")
        assert picture.headers["cache-control"] == "no-store"
        assert (await other.get(address)).status_code == 404
        assert (await official.get(f"{taken.url}/certificates/0/pages/2.png")).status_code == 404
        assert (await official.get(f"{taken.url}/certificates/1/pages/1.png")).status_code == 404


# --- deciding


async def decide(official: httpx.AsyncClient, sid: str, decision: str, page: httpx.Response) -> httpx.Response:
    form = {name: hidden(page, name) for name in ("csrf", "token", "look_id", "screening")}
    return await official.post(f"/submissions/{sid}/decision", data={**form, "decision": decision})


async def state(office: Office, sid: str) -> str:
    case = await office.wiring.gate.case(sid)
    assert case is not None
    return case.state


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


async def confirm(official: httpx.AsyncClient, draft: httpx.Response, step: str = "confirm", **fields: Any) -> httpx.Response:
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
    again = await confirm(official, draft)
    assert again.url == done.url
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


async def test_a_batch_that_a_crash_left_half_done_is_finished(office: Office) -> None:
    sids = [await office.submission("eligible") for _ in range(3)]
    official = await office.official()
    draft = await preview(official, "eligible", pick=sids)
    batches, now = office.desk.stores.batches, utc_now()
    batch_id = draft.url.path.rpartition("/")[2]
    await batches.confirm(batch_id, now, now + timedelta(minutes=5))
    await office.desk.deciding.work_all()
    assert [await state(office, sid) for sid in sids] == ["decided"] * 3
    assert await batches.unfinished(utc_now()) == []


async def test_a_batch_is_nobody_elses(office: Office) -> None:
    sid = await office.submission("eligible")
    official, other = await office.official(0), await office.official(1)
    draft = await preview(official, "eligible", pick=[sid])
    assert (await other.get(draft.url)).status_code == 404
    token = hidden(await other.get("/queue"), "csrf")
    assert (await other.post(f"{draft.url}/confirm", data={"csrf": token})).status_code == 404
    assert await state(office, sid) == "held"


# --- questions


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


# --- the door


async def test_sign_in_is_closed_unless_the_installation_is_for_development(settings: Settings, keyring: Keyring) -> None:
    del keyring
    office = await an_office(settings)
    async with office.wiring.open():
        page = await office.browser().get("/")
        assert (page.status_code, page.url.path) == (503, "/signin")
        assert "로그인이 닫혀 있습니다" in page.text
        assert (await office.browser().post("/signin", data={"official": "sample-0"})).status_code == 403


async def test_every_answer_forbids_what_is_not_ours_and_no_page_needs_it(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    pages = [await official.get(address) for address in ("/queue?class=eligible", "/questions", "/nowhere", "/signin")]
    pages.append(await take_a_look(official, sid))
    for page in pages:
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert '<html lang="ko">' in page.text
        assert not any(inline in page.text for inline in (" style=", "<style", " onclick=", "<script>", "http://", "https://"))


async def test_a_form_without_our_token_or_from_another_site_is_refused(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    address, form = f"/submissions/{sid}/looks", {"purpose": "심사", "token": "t"}
    csrf = hidden(await official.get("/queue"), "csrf")
    assert (await official.post(address, data=form)).status_code == 403
    assert (await official.post(address, data={**form, "csrf": "wrong"})).status_code == 403
    elsewhere = {"origin": "https://elsewhere.example"}
    assert (await official.post(address, data={**form, "csrf": csrf}, headers=elsewhere)).status_code == 403
    assert await state(office, sid) == "held"
    assert (await official.post(address, data=form, headers={"x-csrf-token": csrf})).status_code == 200


async def test_nobody_signed_in_sees_nothing_and_is_led_back_afterwards(office: Office) -> None:
    sid = await office.submission("eligible")
    stranger = office.browser()
    page = await stranger.get(f"/submissions/{sid}")
    assert page.url.path == "/signin"
    assert (await stranger.get("/api/overview")).status_code == 401
    following = {"official": "sample-0", "next": hidden(page, "next")}
    assert (await stranger.post("/signin", data=following)).url.path == f"/submissions/{sid}"
    elsewhere = await stranger.post("/signin", data={"official": "sample-0", "next": "//elsewhere.example/"})
    assert elsewhere.url.host == "desk"


async def test_a_session_ends_when_idle_or_signed_out(settings: Settings, keyring: Keyring) -> None:
    del keyring
    now = [utc_now()]
    office = await an_office(settings.model_copy(update={"development": True}), lambda: now[0])
    async with office.wiring.open():
        official = await office.official()
        cookie = official.cookies["gubi"]
        now[0] += timedelta(minutes=29)
        assert (await official.get("/queue")).url.path == "/queue"
        now[0] += timedelta(minutes=29)
        csrf = hidden(await official.get("/queue"), "csrf")
        now[0] += timedelta(minutes=31)
        assert (await official.get("/queue")).url.path == "/signin"
        official = await office.official()
        csrf = hidden(await official.get("/queue"), "csrf")
        cookie = official.cookies["gubi"]
        await official.post("/signout", data={"csrf": csrf})
        assert (await office.browser().get("/queue", cookies={"gubi": cookie})).url.path == "/signin"
