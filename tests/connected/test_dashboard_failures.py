"""The failure desk on a real store: what waits for a person, in words; done again, or dismissed; gone with the rest."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from services.dashboard.failures import KINDS, REASONS, Done
from services.dashboard.pages import failure_words
from shared.clock import utc_now
from shared.events import (
    Event,
    NoticeAskedAgain,
    NotificationExhausted,
    SubmissionParked,
    SubmissionReceived,
    ValuesCorrected,
    WithdrawalRequested,
)
from shared.gate import Accepted
from shared.gate.citizen import Closing
from shared.questions import GivenAnswer
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, owed, take_back

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]
LONG_AGO = utc_now() - timedelta(hours=3)


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


def parked(sid: str, service: str = "extraction", reason: str = "vault:certificate_missing") -> SubmissionParked:
    return SubmissionParked.because_of(
        uuid4().hex, submission_id=sid, at=utc_now(), service=service, parked_topic="t", reason=reason
    )


def given_up(sid: str, webhook_id: str, at: datetime) -> NotificationExhausted:
    return NotificationExhausted.because_of(
        webhook_id, submission_id=sid, at=at, notice="viewed", webhook_id=webhook_id, code="http_500"
    )


async def listed(official: httpx.AsyncClient) -> httpx.Response:
    return await official.get(f"/failures?programme={PROGRAMME}")


def section(page: httpx.Response, kind: str) -> str:
    return page.text.partition(f'id="kind-{kind}"')[2].partition("</section>")[0]


def names(page: httpx.Response, kind: str) -> list[str]:
    return [part.split('"')[0] for part in section(page, kind).split('name="pick" value="')[1:]]


async def act(official: httpx.AsyncClient, what: str, page: httpx.Response, *picks: str, **more: str) -> httpx.Response:
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, "pick": list(picks)}
    return await official.post(f"/failures/{what}", data=form | more)


def test_every_kind_and_reason_has_its_words() -> None:
    assert set(failure_words.KIND) == set(failure_words.HELP) == set(failure_words.EMPTY) == set(KINDS)
    assert set(failure_words.REASON) == set(REASONS)


async def test_each_failure_stands_under_its_kind_in_words_and_what_goes_well_does_not(office: Office) -> None:
    well = await office.submission("eligible", received_at=LONG_AGO)
    unread = await office.submission(None, unreadable="no_text_layer")
    stuck = await office.submission(None, received_at=LONG_AGO)
    fresh = await office.submission(None)
    broken = await office.submission(None)
    untold = await office.submission("eligible")
    await office.desk.folding.heard([parked(broken), parked(well), given_up(untold, "msg_1", utc_now())])
    page = await listed(await office.official())
    found = {kind: [name.split("|")[1] for name in names(page, kind)] for kind in KINDS}
    assert found == {"unreadable": [unread], "parked": [broken], "stuck": [stuck], "untold": [untold]}
    assert fresh not in str(found)
    for seen in ("글자 정보가 없는 그림 파일입니다", "판독: 보관된 증명서 파일을 찾지 못했습니다",
                 "아직 읽지 못했습니다", "‘열람’ 알림: HTTP 500로 답함"):  # fmt: skip
        assert seen in page.text
    assert "김가상" not in page.text


async def test_what_is_done_again_is_owed_again_as_it_was_and_recorded_once(office: Office) -> None:
    sids = [await office.submission(None, received_at=LONG_AGO) for _ in range(2)]
    gate = office.wiring.gate
    await gate.owed.said(await gate.owed.before(utc_now() + timedelta(1), [SubmissionReceived.topic]))
    assert await owed(office, SubmissionReceived) == []
    official = await office.official()
    page = await listed(official)
    for _ in range(2):
        done = await act(official, "replay", page, *names(page, "stuck"))
        assert done.status_code == 200
    assert sorted(await owed(office, SubmissionReceived)) == sorted(sids)
    assert "다시 처리하게 함" in section(done, "stuck")
    acts = await office.desk.stores.failures.of(sids)
    assert [(one.what, one.official) for one in acts] == [("replayed", "sample-0")] * 2


async def test_a_notice_that_was_given_up_is_asked_for_again(office: Office) -> None:
    sid = await office.submission("eligible")
    await office.desk.folding.heard([given_up(sid, "msg_1", utc_now())])
    official = await office.official()
    page = await listed(official)
    for _ in range(2):
        await act(official, "replay", page, *names(page, "untold"))
    [event] = await office.wiring.gate.owed.before(utc_now() + timedelta(1), [NoticeAskedAgain.topic])
    assert (event.subject, event.webhook_id, event.notice) == (sid, "msg_1", "viewed")  # type: ignore[attr-defined]


async def test_what_is_dismissed_is_gone_with_its_reason_until_it_fails_anew(office: Office) -> None:
    sid = await office.submission(None)
    await office.desk.folding.heard([parked(sid)])
    official = await office.official()
    page = await listed(official)
    bad = await act(official, "dismiss", page, *names(page, "parked"), reason="김가상 때문에")
    assert bad.status_code == 403
    after = await act(official, "dismiss", page, *names(page, "parked"), reason="settled")
    assert names(after, "parked") == []
    assert "목록에서 뺌 (이미 해결됨)" in after.text
    await office.desk.folding.heard([parked(sid)])
    assert len(names(await listed(official), "parked")) == 1


async def test_a_name_that_no_failure_has_does_nothing(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    page = await official.get("/failures")
    form = {"csrf": hidden(page, "csrf"), "token": "t", "programme": PROGRAMME, "pick": f"stuck|{sid}|1"}
    assert (await official.post("/failures/replay", data=form)).status_code == 200
    assert await office.desk.stores.failures.of([sid]) == []


async def test_of_what_is_gone_nothing_is_listed_or_kept_but_what_officials_did(office: Office) -> None:
    sid = await office.submission(None)
    await office.desk.folding.heard([parked(sid)])
    official = await office.official()
    page = await listed(official)
    await act(official, "replay", page, *names(page, "parked"))
    await office.desk.folding.heard([await take_back(office, sid), parked(sid)])
    assert names(await listed(official), "parked") == []
    assert await office.wiring.database("dashboard").get_collection("parked").count_documents({}) == 0
    assert len(await office.desk.stores.failures.of([sid])) == 1


# --- More than a page.


@pytest.fixture
def of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most three of each kind are shown, and read together."""
    monkeypatch.setattr("services.dashboard.pages.failing._SHOWN", 3)
    monkeypatch.setattr("services.dashboard.tending._PART", 3)


def heading(page: httpx.Response, kind: str) -> str:
    return section(page, kind).partition("<small>")[2].partition("</small>")[0]


async def all_dismissed(official: httpx.AsyncClient, kind: str) -> None:
    page = await listed(official)
    assert len(names(page, kind)) == 3
    await act(official, "dismiss", page, *names(page, kind), reason="settled")


@pytest.mark.usefixtures("of_three")
async def test_however_many_are_dismissed_what_came_after_them_is_shown(office: Office) -> None:
    for number in range(7):
        at = LONG_AGO + timedelta(minutes=number)
        await office.submission(None, received_at=at, receipt=f"R-unread-{number}", unreadable="no_text_layer")
        await office.submission(None, received_at=at, receipt=f"R-stuck-{number}")
        sid = await office.submission(None, received_at=at, receipt=f"R-parked-{number}")
        told = await office.submission("eligible", receipt=f"R-untold-{number}")
        await office.desk.folding.heard([parked(sid), given_up(told, f"msg_{number}", at)])
    official = await office.official()
    page = await listed(official)
    assert [heading(page, kind) for kind in KINDS] == ["3건 이상"] * 4
    assert page.text.count("가장 오래된 3건만 보입니다.") == 4
    for kind in KINDS:
        await all_dismissed(official, kind)
        await all_dismissed(official, kind)
    page = await listed(official)
    assert [heading(page, kind) for kind in KINDS] == ["1"] * 4
    for kind in KINDS:
        assert f"R-{'unread' if kind == 'unreadable' else kind}-6" in section(page, kind)
    assert "가장 오래된" not in page.text
    assert "최근 20건" in page.text, "of four times six"


@pytest.mark.usefixtures("of_three")
async def test_what_was_parked_elsewhere_or_has_gone_on_hides_nothing(office: Office) -> None:
    held_up = await office.submission(None, receipt="R-held-up")
    told = await office.submission("eligible", receipt="R-told")
    await office.desk.folding.heard([parked(held_up), parked(told, "notification")])
    for _ in range(5):
        went_on = await office.submission("eligible")
        elsewhere = await office.submission(None, programme_id="FOOD_2023")
        untold = await office.submission("eligible", programme_id="FOOD_2023")
        letters = [parked(went_on), parked(elsewhere), parked(untold, "notification")]
        await office.desk.folding.heard(letters)
    page = await listed(await office.official())
    assert heading(page, "parked") == "2"
    assert "R-held-up" in section(page, "parked")
    assert "R-told" in section(page, "parked")


@pytest.mark.usefixtures("of_three")
async def test_what_was_not_told_in_other_programmes_hides_none_of_this_and_what_was_not_told_often_is_counted_once(
    office: Office,
) -> None:
    for number in range(7):
        theirs = await office.submission("eligible", programme_id="FOOD_2023")
        await office.desk.folding.heard([given_up(theirs, f"theirs_{number}", LONG_AGO)])
    sid = await office.submission("eligible", receipt="R-often")
    last = await office.submission("eligible", receipt="R-last")
    often = [given_up(sid, f"msg_{number}", LONG_AGO + timedelta(minutes=number)) for number in (1, 5)]
    between = [given_up(last, "last", LONG_AGO + timedelta(minutes=2))]
    await office.desk.folding.heard([*often, *between])
    page = await listed(await office.official())
    assert heading(page, "untold") == "3"
    assert [name.rpartition("|")[2] for name in names(page, "untold")] == ["msg_1", "last", "msg_5"]


@pytest.mark.usefixtures("of_three")
async def test_acts_in_another_programme_push_none_of_this_one_off_the_page(office: Office) -> None:
    mine = await office.submission(None, receipt="R-mine")
    theirs = [await office.submission(None, programme_id="FOOD_2023") for _ in range(7)]
    at = utc_now()
    done = [Done(f"stuck|{sid}|1", sid, "replayed", "", "kim", "", at + timedelta(seconds=number), str(number))
            for number, sid in enumerate([mine, *theirs])]  # fmt: skip
    await office.desk.stores.failures.record(done)
    acts = (await listed(await office.official())).text.partition('id="acts"')[2]
    assert "R-mine" in acts
    assert "최근 20건" not in acts


@pytest.mark.usefixtures("of_three")
async def test_what_was_picked_is_done_though_others_came_before_it_and_what_no_longer_waits_is_told(
    office: Office,
) -> None:
    slid = await office.submission(None, unreadable="no_text_layer")
    gone = await office.submission(None, unreadable="no_text_layer")
    official = await office.official()
    page = await listed(official)
    for number in range(1, 6):
        at = LONG_AGO - timedelta(minutes=number)
        await office.submission(None, received_at=at, unreadable="no_text_layer")
    await office.fold(await take_back(office, gone))
    for _ in range(2):  # a double click
        after = await act(official, "dismiss", page, *names(page, "unreadable"), reason="settled")
        assert "고른 것 가운데 1건은 그사이 달라져 그대로 두었습니다" in after.text
    assert [one.what for one in await office.desk.stores.failures.of([slid, gone])] == ["dismissed"]
    fresh = await listed(official)
    for _ in range(2):
        after = await act(official, "dismiss", fresh, *names(fresh, "unreadable"), reason="settled")
        assert "그사이 달라져" not in after.text


# --- What was done again, and what never came.


@pytest.mark.parametrize("service", ["notification", "withdrawal"])
async def test_what_held_nobody_up_and_was_done_again_is_off_the_list_until_it_is_parked_anew(
    office: Office, service: str
) -> None:
    sid = await office.submission("eligible")
    await office.desk.folding.heard([parked(sid, service, "bug:KeyError")])
    official = await office.official()
    page = await listed(official)
    after = await act(official, "replay", page, *names(page, "parked"))
    assert names(after, "parked") == []
    assert "처리 보류 · 다시 처리하게 함" in after.text
    await office.desk.folding.heard([parked(sid, service, "bug:KeyError")])
    assert len(names(await listed(official), "parked")) == 1


async def test_what_is_held_up_stays_on_the_list_until_it_goes_on_though_it_was_done_again(office: Office) -> None:
    sid = await office.submission(None)
    await office.desk.folding.heard([parked(sid)])
    official = await office.official()
    page = await listed(official)
    after = await act(official, "replay", page, *names(page, "parked"))
    assert names(after, "parked") == names(page, "parked")
    await office.fold(office.screened(sid, "eligible"))
    assert names(await listed(official), "parked") == []


async def asked_to_end(office: Office, closing: Closing) -> tuple[str, Event]:
    """A submission that its citizen took back or withdrew, about which nobody is told any more; and what was said."""
    sid, gate = await office.submission("eligible"), office.wiring.gate
    case = await gate.case(sid)
    assert case is not None
    asked = await gate.request(closing, sid, holder=case.holder, request_id="r")
    assert isinstance(asked, Accepted)
    assert asked.event is not None
    topics = [SubmissionReceived.topic, WithdrawalRequested.topic]
    await gate.owed.said(await gate.owed.before(utc_now() + timedelta(1), topics))
    return sid, asked.event


@pytest.mark.parametrize(
    ("closing", "says"),
    [
        ("take_back", "신청인이 회수했으나 아직 지워지지 않았습니다"),
        ("withdraw", "신청인이 취하했으나 아직 지워지지 않았습니다"),
    ],
)
async def test_a_take_back_that_nobody_carried_out_is_stuck_and_can_be_asked_for_again(
    office: Office, closing: Closing, says: str
) -> None:
    sid, said = await asked_to_end(office, closing)
    official = await office.official()
    assert names(await listed(official), "stuck") == []
    later(office)
    page = await listed(official)
    assert [name.split("|")[1] for name in names(page, "stuck")] == [sid]
    assert says in section(page, "stuck")
    await act(official, "replay", page, *names(page, "stuck"))
    assert await owed(office, WithdrawalRequested) == [sid]
    done = await office.wiring.gate.finish(closing, sid, cause=said)
    assert isinstance(done, Accepted)
    assert names(await listed(official), "stuck") == []


NEVER_OFF = "목록에서 뺄 수 없음"
REFUSED = "신청인이 회수·취하한 것은 지워질 때까지 목록에서 뺄 수 없어 아무것도 빼지 않았습니다."


@pytest.mark.parametrize("closing", ["take_back", "withdraw"])
async def test_what_a_citizen_ended_and_nobody_carried_out_is_never_dismissed(office: Office, closing: Closing) -> None:
    sid, _ = await asked_to_end(office, closing)
    later(office)
    official = await office.official()
    page = await listed(official)
    [name] = names(page, "stuck")
    assert NEVER_OFF in section(page, "stuck")
    assert "/failures/dismiss" not in section(page, "stuck")
    assert "/failures/replay" in section(page, "stuck")
    answer = await act(official, "dismiss", page, name, reason="not_needed")
    assert answer.url.params["wrong"] == "owed"
    assert REFUSED in answer.text
    assert names(answer, "stuck") == [name]
    assert await office.desk.stores.failures.of([sid]) == []
    before = Done(name, sid, "dismissed", "not_needed", "kim", "", utc_now(), "by a desk of before")
    await office.desk.stores.failures.record([before])
    assert names(await listed(official), "stuck") == [name]


async def test_where_any_that_was_picked_is_never_dismissed_none_is_and_the_others_are_by_themselves(
    office: Office,
) -> None:
    ended, _ = await asked_to_end(office, "take_back")
    other = await office.submission(None, received_at=LONG_AGO)
    later(office)
    official = await office.official()
    page = await listed(official)
    assert section(page, "stuck").count(NEVER_OFF) == 1
    assert "/failures/dismiss" in section(page, "stuck")
    refused = await act(official, "dismiss", page, *names(page, "stuck"), reason="settled")
    assert REFUSED in refused.text
    assert await office.desk.stores.failures.of([ended, other]) == []
    of_other = [name for name in names(page, "stuck") if name.split("|")[1] == other]
    after = await act(official, "dismiss", refused, *of_other, reason="settled")
    assert REFUSED not in after.text
    assert [name.split("|")[1] for name in names(after, "stuck")] == [ended]


async def test_what_the_withdrawal_service_could_not_work_on_is_never_dismissed_and_can_be_done_again(
    office: Office,
) -> None:
    sid = await office.submission("eligible")
    await office.desk.folding.heard([parked(sid, "withdrawal", "bug:KeyError")])
    official = await office.official()
    page = await listed(official)
    assert "/failures/dismiss" not in section(page, "parked")
    assert REFUSED in (await act(official, "dismiss", page, *names(page, "parked"), reason="settled")).text
    assert names(await act(official, "replay", page, *names(page, "parked")), "parked") == []


async def test_what_may_still_be_fetched_back_is_not_stuck_before_that_time_is_over(office: Office) -> None:
    sid = await office.submission("eligible")
    gate, now = office.wiring.gate, utc_now()
    case = await gate.case(sid)
    assert case is not None
    for_a_week = {"request_id": "r", "return_until": now + timedelta(days=7)}
    await gate.request("withdraw", sid, holder=case.holder, **for_a_week)
    official = await office.official()
    object.__setattr__(office.desk, "clock", lambda: now + timedelta(minutes=office.desk.settings.stuck_minutes + 1))
    assert names(await listed(official), "stuck") == []
    await gate.got_back(sid, holder=case.holder)
    assert len(names(await listed(official), "stuck")) == 1


def later(office: Office) -> None:
    """So much later that what has not come by then is stuck."""
    ahead = timedelta(minutes=office.desk.settings.stuck_minutes + 1)
    object.__setattr__(office.desk, "clock", lambda: utc_now() + ahead)


async def stuck(official: httpx.AsyncClient) -> list[str]:
    return [name.split("|")[1] for name in names(await listed(official), "stuck")]


async def test_what_was_corrected_and_never_screened_again_is_stuck_until_it_is(office: Office) -> None:
    sid, well = await office.submission("review"), await office.submission("eligible")
    fields = {"office": "과", "revision": 1, "number": 1, "readable": False}
    corrected = [
        ValuesCorrected.because_of(f"c-{name}", submission_id=name, at=utc_now(), **fields) for name in (sid, well)
    ]
    await office.fold(*corrected)
    await office.fold(office.screened(well, "eligible", at=utc_now() + timedelta(seconds=1), edition=1))
    official = await office.official()
    assert await stuck(official) == []
    later(office)
    page = await listed(official)
    assert [name.split("|")[1] for name in names(page, "stuck")] == [sid]
    assert "값을 바로잡았으나 다시 선별되지 않았습니다" in section(page, "stuck")
    gate = office.wiring.gate
    await gate.owed.said(await gate.owed.before(utc_now() + timedelta(1), [SubmissionReceived.topic]))
    await act(official, "replay", page, *names(page, "stuck"))
    assert await owed(office, SubmissionReceived) == [sid]
    await office.fold(office.screened(sid, "eligible", at=utc_now() + timedelta(seconds=1), edition=1))
    assert await stuck(official) == []


async def test_who_waits_on_a_question_that_was_answered_and_is_not_screened_again_is_stuck(office: Office) -> None:
    questions = office.wiring.questions
    asked, unasked = questions.id_of("one"), questions.id_of("two")
    texts = {name: {"topic": "workplace_in_seoul", "name": name} for name in (asked, unasked)}
    await office.desk.folding.questions(await questions.raise_new(PROGRAMME, texts))
    sid = await office.submission("review", waiting_on=[asked, unasked])
    await office.submission("review", waiting_on=[unasked])
    given = GivenAnswer("yes", "전화", "김예시", utc_now())
    await office.desk.done(await questions.answer(asked, given, expected_revision=0, request_id="r"))
    official = await office.official()
    assert await stuck(official) == []
    later(office)
    page = await listed(official)
    assert [name.split("|")[1] for name in names(page, "stuck")] == [sid]
    assert "질문에 답했으나 다시 선별되지 않았습니다" in section(page, "stuck")
    after = await act(official, "replay", page, *names(page, "stuck"))
    assert "다시 처리하게 함" in section(after, "stuck")
    await office.fold(office.screened(sid, "review", edition=1, waiting_on=(unasked,)))
    assert await stuck(official) == []
