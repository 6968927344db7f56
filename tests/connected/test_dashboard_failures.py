"""The failure desk on a real store: what waits for a person, in words; done again, or dismissed; gone with the rest."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from services.dashboard.failures import KINDS, REASONS
from services.dashboard.pages import failure_words
from shared.clock import utc_now
from shared.events import NoticeAskedAgain, NotificationExhausted, SubmissionParked, SubmissionReceived
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
    lost = NotificationExhausted.because_of(
        "m", submission_id=untold, at=utc_now(), notice="viewed", webhook_id="msg_1", code="http_500"
    )
    await office.desk.folding.heard([parked(broken), parked(well), lost])
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
    lost = NotificationExhausted.because_of(
        "m", submission_id=sid, at=utc_now(), notice="viewed", webhook_id="msg_1", code="timeout"
    )
    await office.desk.folding.heard([lost])
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
