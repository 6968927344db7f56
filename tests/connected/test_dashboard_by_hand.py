"""The desk's hand on one submission: covered, uncovered, corrected, supplemented; over HTTP, on a real store."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from shared.clock import seoul_date, utc_now
from shared.events import SupplementAsked, ValuesCorrected
from shared.facts import Certificate, Facts
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import Office, a_working_desk, hidden, owed, take_a_look, take_back, uncover

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def correct(official: httpx.AsyncClient, page: httpx.Response, **said: str) -> httpx.Response:
    form = await official.get(f"{page.url.path}/certificates/0/values")
    fields = {name: hidden(form, name) for name in ("csrf", "token", "expects")}
    return await official.post(form.url.path, data=fields | {"reason": "그림에 적힌 대로 고침"} | said)


async def test_a_look_shows_nothing_that_names_a_person_until_it_is_uncovered_for_a_purpose(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    page = await take_a_look(official, sid)
    for secret in ("김가상", "1990-01-01", "900101"):
        assert secret not in page.text
    assert "김*상" in page.text
    assert "주식회사 한빛가상" in page.text
    refused = await official.post(f"{page.url.path}/unmask", data={"csrf": hidden(page, "csrf"), "purpose": "구경"})
    assert refused.status_code == 403
    shown = await uncover(official, page, "감사")
    assert "김가상" in shown.text
    assert "가린 값을 봄" in shown.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    log = await office.wiring.gate.accesses(case, limit=20)
    assert [(one.what, one.purpose) for one in log] == [("unmasked", "감사"), ("viewed", "심사")]
    again = await take_a_look(official, sid)
    assert "김가상" not in again.text, "another look is covered anew"


async def test_nobody_uncovers_another_officials_look_or_corrects_what_is_covered(office: Office) -> None:
    sid = await office.submission("eligible")
    official, other = await office.official(), await office.official(1)
    page = await take_a_look(official, sid)
    theirs = await take_a_look(other, sid)
    stolen = await other.post(f"{page.url.path}/unmask", data={"csrf": hidden(theirs, "csrf"), "purpose": "심사"})
    assert stolen.status_code == 403
    covered = await official.get(f"{page.url.path}/certificates/0/values")
    assert covered.url.path == page.url.path, "it leads back to the page"
    assert "김가상" not in covered.text


async def test_a_correction_is_shown_beside_what_was_read_with_who_and_why_and_owes_its_event(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    page = await uncover(official, await take_a_look(official, sid))
    done = await correct(official, page, **{"v:holder_name": "김나상"})
    assert done.status_code == 200
    for seen in ("김나상", "<del>김가상</del>", "그림에 적힌 대로 고침", "담당자", "값 정정"):
        assert seen in done.text
    assert await owed(office, ValuesCorrected) == [sid]
    [entry] = (await office.desk.stores.queue.load([sid])).values()
    assert entry.standing.corrections == 1


async def test_without_a_reason_or_with_what_is_no_value_nothing_is_corrected_and_nothing_typed_is_lost(
    office: Office,
) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    page = await uncover(official, await take_a_look(official, sid))
    bare = await correct(official, page, **{"v:holder_name": "김나상"}, reason="")
    assert bare.status_code == 422
    assert 'value="김나상"' in bare.text
    wrong = await correct(official, page, **{"v:birth_date": "어제", "v:holder_name": "김다상"})
    assert wrong.status_code == 422
    assert 'href="#f-birth_date"' in wrong.text
    assert 'value="김다상"' in wrong.text
    assert (await correct(official, page)).status_code == 422
    assert await owed(office, ValuesCorrected) == []


async def test_the_same_form_twice_is_one_correction_and_an_old_screen_is_told(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    page = await uncover(official, await take_a_look(official, sid))
    form = await official.get(f"{page.url.path}/certificates/0/values")
    fields = {name: hidden(form, name) for name in ("csrf", "token", "expects")} | {"reason": "고친 까닭입니다"}
    for _ in range(2):
        done = await official.post(form.url.path, data=fields | {"v:holder_name": "김나상"})
        assert done.status_code in (200, 422)
    old = await official.post(form.url.path, data=fields | {"token": "another", "v:holder_name": "김다상"})
    assert old.status_code == 409
    assert "그사이 다른 담당자가 값을 정정했거나 조건을 확인했습니다" in old.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert len(case.corrections) == 1


async def test_an_unreadable_one_shows_no_picture_until_it_is_uncovered_and_can_be_read_by_hand(
    office: Office,
) -> None:
    facts = Facts(certificates=(Certificate(part=0, kind="EI_HIST", unreadable="no_text_layer"),))
    sid = await office.submission("review", facts=facts)
    official = await office.official()
    page = await take_a_look(official, sid)
    assert "무엇을 가려야 하는지 알 수 없습니다" in page.text
    picture = f"{page.url.path}/certificates/0/pages/1.png"
    assert (await official.get(picture)).status_code == 404
    page = await uncover(official, page)
    assert "직접 읽어 적기" in page.text
    done = await correct(official, page, **{"v:holder_name": "김가상", "v:employments[0].workplace": "한빛가상"})
    assert "한빛가상" in done.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert len(case.corrections) == 1


OPEN = {
    "code": "SELF_EMPLOYED_IN_SEOUL", "result": "cannot_tell", "why": "declared", "reason_ko": "알 수 없습니다.",
    "reason_en": "", "observed": "", "part": None, "fields": [], "law": "공고",
}  # fmt: skip
FOUND = {"result": "met", "source": "사업자등록 조회", "on": "2022-12-11", "reason": "조회 결과를 확인함"}


async def settle(official: httpx.AsyncClient, page: httpx.Response, **said: str) -> httpx.Response:
    form = await official.get(f"{page.url.path}/conditions/{OPEN['code']}")
    fields = {name: hidden(form, name) for name in ("csrf", "token", "expects")}
    return await official.post(form.url.path, data=fields | FOUND | said)


async def test_what_an_official_found_of_an_open_condition_is_recorded_shown_and_can_be_taken_back(
    office: Office,
) -> None:
    sealed = {"outcome": "review", "conditions": [OPEN], "findings": []}
    sid = await office.submission("review", sealed_screening=sealed)
    official = await office.official()
    page = await take_a_look(official, sid)
    assert f"{page.url.path}/conditions/{OPEN['code']}" in page.text
    for wrong in ({"result": ""}, {"source": ""}, {"on": "2999-01-01"}, {"on": "어제"}, {"reason": "음"}):
        refused = await settle(official, page, **wrong)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    assert await owed(office, ValuesCorrected) == []
    done = await settle(official, page)
    assert done.status_code == 200
    for seen in ("조건 확인", "조회 결과를 확인함"):
        assert seen in done.text
    assert await owed(office, ValuesCorrected) == [sid]
    form = await official.get(f"{page.url.path}/conditions/{OPEN['code']}")
    assert "사업자등록 조회" in form.text
    assert (await settle(official, page, result="withdraw")).status_code == 200
    assert "거두기" not in (await official.get(form.url.path)).text
    assert (await official.get(f"{page.url.path}/conditions/AGE_19_69")).status_code == 404


async def ask(official: httpx.AsyncClient, sid: str, page: httpx.Response, **said: str) -> httpx.Response:
    due = (seoul_date(utc_now()) + timedelta(days=14)).isoformat()
    fields = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "look_id": page.url.path.split("/")[4]}
    return await official.post(
        f"/submissions/{sid}/supplement", data=fields | {"part": "0", "why": "too_old", "due_on": due} | said
    )


async def test_a_better_certificate_is_asked_for_from_the_page_and_the_class_says_so(office: Office) -> None:
    sid = await office.submission("review")
    official = await office.official()
    page = await take_a_look(official, sid)
    asked = await ask(official, sid, page)
    for seen in ("까지 기다립니다", "1번째 증명서: 기한 안에 발급된 것이 필요함", "보완 요청"):
        assert seen in asked.text
    assert await owed(office, SupplementAsked) == [sid]
    [entry] = (await office.desk.stores.queue.load([sid])).values()
    assert entry.standing.submission_class == "supplement"
    twice = await ask(official, sid, page, token="another")
    assert twice.status_code == 409
    for wrong in ({"why": "because"}, {"due_on": "gestern"}, {"due_on": "2999-01-01"}, {"part": "9"}, {"look_id": "x"}):
        assert (await ask(official, sid, page, **wrong)).status_code == 403


async def test_after_its_day_has_passed_it_can_be_decided_or_asked_for_once_more(office: Office) -> None:
    sid = await office.submission("review")
    official = await office.official()
    page = await take_a_look(official, sid)
    await ask(official, sid, page)
    past = (seoul_date(utc_now()) - timedelta(days=1)).isoformat()
    gate = office.wiring.database("gate").get_collection("submissions")
    await gate.update_one({"_id": sid}, {"$set": {"asked.due_on": past}})
    late = await official.get(page.url.path)
    for seen in ("까지였습니다", "부적격으로 확정", "한 번 더 보완 요청 (10일 이내)"):
        assert seen in late.text


async def test_of_what_was_taken_back_before_the_look_nothing_is_uncovered_or_corrected(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    asked = await official.get(f"/submissions/{sid}")
    await office.fold(await take_back(office, sid))
    form = {"csrf": hidden(asked, "csrf"), "purpose": "심사"}
    lost = await official.post(f"/submissions/{sid}/looks", data=form | {"token": hidden(asked, "token")})
    assert lost.status_code == 409
    assert (await official.post(f"/submissions/{sid}/looks/look-x/unmask", data=form)).status_code == 403
