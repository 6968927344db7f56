"""What citizens could not be told, at the desk: folded in any order, shown with a remedy, forgotten on take-back."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.clock import utc_now
from shared.events import EndpointResumed, EndpointSuspended, Event, NotificationExhausted, NotificationRecovered
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, take_a_look, take_back

pytestmark = pytest.mark.both_drivers
AT = utc_now()
LATER = AT + timedelta(hours=1)


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


def exhausted(sid: str, webhook_id: str = "msg_1", at: object = AT) -> NotificationExhausted:
    return NotificationExhausted.because_of(
        webhook_id, submission_id=sid, at=at, notice="viewed", webhook_id=webhook_id, code="http_500"
    )


def recovered(sid: str, webhook_id: str = "msg_1", at: object = LATER) -> NotificationRecovered:
    return NotificationRecovered.because_of(
        webhook_id, submission_id=sid, at=at, notice="viewed", webhook_id=webhook_id
    )


def suspended(at: object = AT, reason: str = "failing") -> EndpointSuspended:
    return EndpointSuspended.because_of(uuid4().hex, at=at, wallet_app="naver", reason=reason)


def resumed(at: object = LATER) -> EndpointResumed:
    return EndpointResumed.because_of(uuid4().hex, at=at, wallet_app="naver")


async def listed(office: Office) -> list[str]:
    return [name async for names in office.desk.stores.untold.given_up(10) for name in names]


async def heard(office: Office, *events: Event) -> None:
    await office.desk.folding.heard(events)


async def test_what_was_given_up_stands_on_the_list_and_on_the_submissions_page_with_what_can_be_done(
    office: Office,
) -> None:
    sid = await office.submission()
    await heard(office, exhausted(sid))
    official = await office.official()
    failing = await official.get(f"/failures?programme={PROGRAMME}")
    case = await office.wiring.gate.case(sid)
    assert case is not None
    for said in (
        case.receipt,
        "네이버",
        "‘열람’ 알림: HTTP 500로 답함",
        "급하면 전화나 우편으로",
        "선택한 것 다시 알리기",
    ):
        assert said in failing.text
    page = await take_a_look(official, sid)
    assert "신청인에게 전하지 못한 알림" in page.text
    assert f'href="/failures?programme={PROGRAMME}#kind-untold"' in page.text


async def test_where_all_was_told_the_page_says_nothing_and_the_list_says_so(office: Office) -> None:
    sid = await office.submission()
    official = await office.official()
    assert "신청인에게 전하지 못한 알림" not in (await take_a_look(official, sid)).text
    assert "전하지 못한 알림이 없습니다." in (await official.get("/failures")).text


async def test_a_suspended_wallet_app_is_warned_of_until_it_works_again(office: Office) -> None:
    official = await office.official()
    await heard(office, suspended())
    page = (await official.get("/failures")).text
    assert "여러 시간 동안 아무 알림도 받지 않음" in page
    assert "gubi wallets resume" in page
    await heard(office, resumed())
    assert await office.desk.stores.untold.suspended() == []
    await heard(office, suspended(LATER + timedelta(hours=1), "gone"))
    [again] = await office.desk.stores.untold.suspended()
    assert again.reason == "gone"


async def test_in_any_order_and_however_often_it_comes_to_the_same(office: Office) -> None:
    sid = await office.submission()
    events: list[Event] = [
        exhausted(sid), recovered(sid), exhausted(sid, "msg_2"), exhausted(sid, "msg_3", AT), recovered(sid, "msg_3"),
        exhausted(sid, "msg_3", LATER + timedelta(hours=1)), suspended(), resumed(), suspended(LATER, "gone"),
    ]  # fmt: skip
    rng = random.Random(1)
    for _ in range(12):
        await office.desk.stores.untold.erase([sid])
        rng.shuffle(events)
        for event in (*events, *rng.sample(events, 4)):
            await heard(office, event)
        assert [notice.at for notice in await office.desk.stores.untold.of(sid)] == [AT, LATER + timedelta(hours=1)]
        assert await office.desk.stores.untold.suspended() == []
    await heard(office, *rng.sample(events, len(events)))
    assert await listed(office) == [sid, sid]


@pytest.mark.parametrize("taken_back_first", [True, False])
async def test_after_a_take_back_nothing_of_it_is_kept_whichever_is_heard_first(
    office: Office, taken_back_first: bool
) -> None:
    sid, other = await office.submission(), await office.submission()
    gone = await take_back(office, sid)
    news: list[Event] = [gone, exhausted(sid)] if taken_back_first else [exhausted(sid), gone]
    for event in news:
        await heard(office, event)
    await heard(office, exhausted(other, "msg_2"))
    assert await office.desk.stores.untold.of(sid) == []
    assert await listed(office) == [other]


async def test_where_they_once_stood_by_themselves_leads_on(office: Office) -> None:
    answer = await (await office.official()).get("/untold", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/failures#kind-untold")


async def test_nobody_who_is_not_signed_in_sees_it(office: Office) -> None:
    async with office.browser() as stranger:
        for address in ("/untold", "/failures"):
            answer = await stranger.get(address)
            assert answer.url.path == "/signin"
            assert "kind-untold" not in answer.text
