"""In a real Chromium: whoever reloads, goes back, clicks twice, opens two tabs or loses the network does nothing twice.

Nor do they see a number that is not so. What was done is counted where it is done: in the gate's document, the access
log, and what is owed to the citizen. Four eyes stand here too: they are about who does a thing, and how often.
"""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from services.dashboard.pages.moments import moment
from shared.clock import utc_now
from shared.events import SubmissionDecided, SubmissionViewed
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import needs_chromium_and_fonts
from tests.builders.desk import PROGRAMME, Office, overview, owed, state
from tests.connected.test_queue_in_a_browser import SCREENS, Scene, a_scene

pytestmark = [pytest.mark.connected, pytest.mark.timeout(240), needs_chromium_and_fonts]
expect.set_options(timeout=30_000)


@pytest.fixture
async def scene(settings: Settings, keyring: Keyring) -> AsyncIterator[Scene]:
    del keyring  # made where the desk loads it from
    async with a_scene(settings) as made:
        yield made


async def at_the_desk(scene: Scene, number: int = 0) -> Page:
    """An official's browser. Pictures of pages are left out: this desk has no sandbox that would draw them."""
    page = await scene.official(number)
    await page.context.route("**/pages/*.png", lambda route: route.abort())
    return page


async def done(office: Office, sid: str) -> Counter[str]:
    """What officials did to a submission, by the access log, however often."""
    case = await office.wiring.gate.case(sid)
    assert case is not None
    return Counter(one.what for one in await office.wiring.gate.accesses(case, limit=50) if one.official)


async def opened(page: Page, scene: Scene, sid: str) -> None:
    await page.goto(f"{scene.url}/submissions/{sid}")
    await page.get_by_role("button", name="열람하기").click()
    await expect(page.get_by_role("heading", name="접근 기록")).to_be_visible()


async def test_two_clicks_and_a_reload_are_one_look_and_one_decision(scene: Scene) -> None:
    sid = await scene.office.submission("eligible")
    page = await at_the_desk(scene)
    await page.goto(f"{scene.url}/submissions/{sid}")
    await page.get_by_role("button", name="열람하기").dblclick()
    await expect(page.get_by_role("heading", name="접근 기록")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="접근 기록")).to_be_visible()
    assert (await done(scene.office, sid))["viewed"] == 1
    assert await owed(scene.office, SubmissionViewed) == [sid]
    await page.locator("[name=reason]").first.fill("전화로 확인하니 조건에 맞지 않음")
    await page.get_by_role("button", name="부적격으로 확정").dblclick()
    await expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    assert await done(scene.office, sid) == {"viewed": 1, "decided": 1}
    await page.get_by_role("button", name="결정 취소").dblclick()
    await expect(page.get_by_role("button", name="적격으로 확정").first).to_be_visible()
    assert await state(scene.office, sid) == "viewed"


async def test_going_back_shows_what_is_so_now_and_not_the_form_that_was_sent(scene: Scene) -> None:
    sids = [await scene.office.submission("eligible") for _ in range(3)]
    page = await at_the_desk(scene)
    await opened(page, scene, sids[0])
    await page.get_by_role("button", name="적격으로 확정").first.click()
    await expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    await page.go_back()
    waits, asks = page.get_by_text("확정 대기 중입니다"), page.get_by_role("button", name="열람하기")
    await expect(waits.or_(asks).first).to_be_visible()
    await expect(page.get_by_role("button", name="적격으로 확정")).to_have_count(0)
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}&class=eligible")
    await page.get_by_role("button", name="미결정 제출 모두 확정").click()
    await expect(page.get_by_role("heading", name="2건을 적격으로 확정할까요?")).to_be_visible()
    await page.get_by_role("button", name="2건 적격 확정").click()
    await expect(page.get_by_role("heading", name="확정한 제출")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="확정한 제출")).to_be_visible()
    await expect(page.get_by_role("button", name="2건 적격 확정")).to_have_count(0)
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}&class=eligible")
    await expect(page.get_by_text("적격 확정 대기")).to_have_count(3)
    assert [(await done(scene.office, sid))["decided"] for sid in sids] == [1, 1, 1]


async def test_of_two_tabs_the_one_that_is_behind_changes_nothing_and_says_so(scene: Scene) -> None:
    sid = await scene.office.submission("eligible")
    page = await at_the_desk(scene)
    other = await page.context.new_page()
    for tab in (page, other):
        await opened(tab, scene, sid)
    await page.get_by_role("button", name="적격으로 확정").first.click()
    await expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    await other.locator("[name=reason]").first.fill("전화로 확인하니 조건에 맞지 않음")
    await other.get_by_role("button", name="부적격으로 확정").click()
    await expect(other.get_by_role("heading", name="확정하지 않은 제출")).to_be_visible()
    case = await scene.office.wiring.gate.case(sid)
    assert case is not None
    assert case.decided is not None
    assert case.decided.decision == "eligible"
    assert (await done(scene.office, sid))["decided"] == 1
    queue = await page.context.new_page()
    await queue.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    await page.get_by_role("button", name="결정 취소").click()
    await expect(page.get_by_role("button", name="적격으로 확정").first).to_be_visible()
    assert await state(scene.office, sid) == "viewed"
    official = await scene.office.official()
    assert (await overview(official))["decided"] == 0
    await expect(queue.locator('[data-count="decided"]')).to_have_text("0")
    await official.aclose()


async def test_an_answer_that_is_lost_on_the_way_is_found_when_one_comes_back_and_is_not_done_again(
    scene: Scene,
) -> None:
    sid = await scene.office.submission("eligible")
    page = await at_the_desk(scene)

    async def lose(route: Route) -> None:
        await route.fetch(max_redirects=0)  # it gets there, and is done
        await route.abort("connectionreset")

    await page.goto(f"{scene.url}/submissions/{sid}")
    await page.route("**/looks", lose)
    await page.get_by_role("button", name="열람하기").click()
    await page.wait_for_url("chrome-error://**")
    await page.unroute("**/looks")
    await opened(page, scene, sid)
    assert await owed(scene.office, SubmissionViewed) == [sid]
    address = page.url
    await page.route("**/decision", lose)
    await page.get_by_role("button", name="적격으로 확정").first.click()
    await page.wait_for_url("chrome-error://**")
    await page.unroute("**/decision")
    await page.goto(address)
    await expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    assert (await done(scene.office, sid))["decided"] == 1


async def test_without_the_network_nothing_is_said_to_be_done_and_counts_say_of_when_they_are(scene: Scene) -> None:
    sid = await scene.office.submission("eligible", receipt="R-00")
    page = await at_the_desk(scene)
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    received, as_of = page.locator('[data-count="received"]'), page.locator("[data-as-of]")
    await expect(received).to_have_text("1")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="R-00 맡기").click()
    await expect(page.get_by_role("status")).to_contain_text("연결이 끊겨 맡았는지 알 수 없습니다")
    await expect(page.get_by_role("button", name="R-00 맡기")).to_be_visible()
    await page.screenshot(path=SCREENS / "queue-offline.png", full_page=True)
    assert await scene.office.desk.stores.claims.of([sid]) == {}
    before = moment(utc_now())
    await scene.office.submission("review", receipt="R-01")
    if await received.text_content() == "1":
        assert str(await as_of.text_content()) <= before, "a count that no longer is so says that it is of now"
    await page.context.set_offline(False)
    await expect(received).to_have_text("2")
    await page.get_by_role("button", name="R-00 맡기").dblclick()
    await expect(page.get_by_role("button", name="R-00 내려놓기")).to_be_visible()
    assert len(await scene.office.desk.stores.claims.of([sid])) == 1


async def test_many_are_decided_by_four_eyes_and_undone_by_the_second(scene: Scene) -> None:
    sids = [
        await scene.office.submission("eligible", received_at=utc_now() - timedelta(hours=hours)) for hours in range(3)
    ]
    handler, approver = await at_the_desk(scene, 2), await at_the_desk(scene, 0)
    await handler.goto(f"{scene.url}/queue?programme={PROGRAMME}&class=eligible")
    await handler.get_by_role("button", name="미결정 제출 모두 확정").click()
    await expect(handler.get_by_text("두 사람이 확정합니다")).to_be_visible()
    await handler.get_by_role("button", name="3건 확정 요청").dblclick()
    await expect(handler.get_by_role("heading", name="승인 대기")).to_be_visible()
    await expect(handler.get_by_role("button", name="승인하고 3건 확정")).to_have_count(0)
    assert [await state(scene.office, sid) for sid in sids] == ["held"] * 3
    await approver.goto(f"{scene.url}/runs?programme={PROGRAMME}")
    await approver.locator(f"a[href='{handler.url.removeprefix(scene.url)}']").click()
    await approver.screenshot(path=SCREENS / "four-eyes.png", full_page=True)
    await approver.get_by_role("button", name="승인하고 3건 확정").dblclick()
    await expect(approver.get_by_role("heading", name="확정한 제출")).to_be_visible()
    assert [await state(scene.office, sid) for sid in sids] == ["decided"] * 3
    await handler.reload()
    await expect(handler.get_by_text("승인한 사람")).to_be_visible()
    await approver.get_by_role("button", name="확정 3건 모두 취소").click()
    await expect(approver.get_by_role("heading", name="취소한 제출")).to_be_visible()
    assert [await state(scene.office, sid) for sid in sids] == ["held"] * 3
    assert [await done(scene.office, sid) for sid in sids] == [{"decided": 1}] * 3
    assert await owed(scene.office, SubmissionDecided) == []
    assert await owed(scene.office, SubmissionViewed) == []
