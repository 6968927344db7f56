"""The desk in a real Chromium: sign in, look through the queue, open one, confirm and undo; also without JavaScript."""

import asyncio
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation
from tests.builders.browsers import needs_chromium_and_fonts
from tests.builders.citizens import PROGRAMME, citizens, wallet_apps
from tests.builders.waiting import until

SCREENS = Path("var/screens")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.connected,
    pytest.mark.timeout(600),
    needs_chromium_and_fonts,
]
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def filled(place: Installation) -> Installation:
    """Thirty residents, of whom most are eligible, and two who send one file, screened and waiting."""

    async def fill() -> None:
        sending = citizens(place, 30, seed=41)
        async with wallet_apps(place) as apps:
            for number, citizen in enumerate(sending):
                await list(apps.values())[number % 6].submit(PROGRAMME, citizen.person, [citizen.certificate])
            first, second = citizens(place, 2, seed=42)
            for citizen in (first, second):
                await apps["toss"].submit(PROGRAMME, citizen.person, [first.certificate])
        desk = Desk(place.url("dashboard"))
        await desk.sign_in()

        async def screened() -> bool:
            overview = await desk.overview()
            return overview["received"] >= 32 and not overview["classes"]["in_flight"]

        await until(screened)
        await desk.close()

    asyncio.run(fill())
    return place


def photograph(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


def sign_in(page: Page, place: Installation) -> None:
    page.goto(f"{place.url('dashboard')}/signin")
    photograph(page, "signin")
    page.get_by_role("button", name="로그인").click()
    expect(page.get_by_role("heading", name="제출 목록")).to_be_visible()


def reload_until(page: Page, found: Locator) -> None:
    """Do as a page says that is under way, where no script does it."""
    for _ in range(120):
        if found.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(found.first).to_be_visible()


def test_an_official_opens_one_and_sees_the_page_beside_what_was_read(filled: Installation, browser: Browser) -> None:
    page = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 950}).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    sign_in(page, filled)
    photograph(page, "queue")
    page.goto(f"{filled.url('dashboard')}/queue?class=eligible&mark=undecided")
    page.locator("table a").first.click()
    expect(page.get_by_text("더 이상 증명서를 회수할 수 없습니다")).to_be_visible()
    photograph(page, "ask")
    page.get_by_role("button", name="열람하기").click()
    expect(page.get_by_text("읽은 값").first).to_be_visible()
    expect(page.get_by_text("진본: 전자서명이 파일 전체를 덮고")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Array.from(document.querySelectorAll('svg image, img')).length") >= 1
    photograph(page, "submission")
    link = page.locator("a[data-box]").first
    link.click()
    expect(page.locator(f"rect:target[id='{link.get_attribute('data-box')}']")).to_be_in_viewport()
    page.get_by_role("button", name="적격으로 확정").first.click()
    page.get_by_role("button", name="확정 취소").or_(page.get_by_role("button", name="취소")).first.click()
    expect(page.get_by_role("button", name="적격으로 확정").first).to_be_visible()
    page.goto(f"{filled.url('dashboard')}/questions")
    photograph(page, "questions")
    assert faults == []
    page.context.close()


def test_one_file_from_two_holders_is_a_finding_of_both_in_plain_words(filled: Installation, browser: Browser) -> None:
    page = browser.new_context(locale="ko-KR").new_page()
    sign_in(page, filled)
    rows = page.get_by_role("row").filter(has_text="같은 파일")
    for _ in range(120):  # the first of them is screened once more, a moment after the second
        page.goto(f"{filled.url('dashboard')}/queue?class=review")
        if rows.count() == 2:
            break
        page.wait_for_timeout(500)
    expect(rows).to_have_count(2)
    rows.first.get_by_role("link").click()
    page.get_by_role("button", name="열람하기").click()
    expect(page.get_by_text("똑같은 파일을 다른 사람도 제출했습니다.").first).to_be_visible()
    photograph(page, "same-file")
    page.context.close()


def test_a_run_is_asked_for_drafted_compared_and_taken_along(filled: Installation, browser: Browser) -> None:
    page = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 950}).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    sign_in(page, filled)
    page.goto(f"{filled.url('dashboard')}/runs?programme={PROGRAMME}")
    page.get_by_role("button", name="선별 요청").click()
    expect(page.get_by_role("heading", name="이 초안으로 결정")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("합이 받은 제출과 같습니다")).to_be_visible()
    photograph(page, "run")
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="차이 보기").click()
    expect(page.get_by_role("heading", name="차이")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="미리 보기 만들기").click()
    expect(page.get_by_role("heading", name="확정할까요")).to_be_visible()
    photograph(page, "run-preview")
    page.goto(f"{filled.url('dashboard')}/imports?programme={PROGRAMME}")
    table = "접수번호,결정\r\nGB-NONE,적격\r\n".encode()
    page.get_by_label("CSV 파일").set_input_files({"name": "결정.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="살펴보기").click()
    expect(page.get_by_text("없는 접수번호입니다")).to_be_visible()
    assert faults == []
    page.context.close()


def test_the_essential_path_works_without_javascript(filled: Installation, browser: Browser) -> None:
    page = browser.new_context(locale="ko-KR", java_script_enabled=False, color_scheme="dark").new_page()
    sign_in(page, filled)
    page.goto(f"{filled.url('dashboard')}/queue?class=eligible&mark=undecided")
    pick = page.locator("input[name=pick]:enabled").first
    name = pick.get_attribute("value")
    pick.check()
    page.get_by_role("button", name="선택한 제출").click()
    expect(page.get_by_role("heading", name="1건을 적격으로 확정할까요?")).to_be_visible()
    photograph(page, "preview-dark")
    page.get_by_role("button", name="1건 적격 확정").click()
    reload_until(page, page.get_by_role("button", name="확정 1건 모두 취소"))
    photograph(page, "confirmed-dark")
    page.get_by_role("button", name="확정 1건 모두 취소").click()
    reload_until(page, page.get_by_role("heading", name="취소한 제출"))
    expect(page.get_by_role("button", name="모두 취소")).to_have_count(0)
    page.goto(f"{filled.url('dashboard')}/queue?class=eligible&mark=undecided")
    expect(page.locator(f"input[name=pick][value='{name}']")).to_be_enabled()
    page.locator(f"a[href='/submissions/{name}']").click()
    page.get_by_role("button", name="열람하기").click()
    page.get_by_role("button", name="적격으로 확정", exact=True).click()
    expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    page.get_by_role("button", name="결정 취소").click()
    expect(page.get_by_text("확정 대기 중입니다")).to_have_count(0)
    page.get_by_role("button", name="적격으로 확정", exact=True).click()
    reload_until(page, page.get_by_text("처리 종결"))
    photograph(page, "decided-dark")
    page.goto(f"{filled.url('dashboard')}/queue?class=review")
    page.locator("table a").first.click()
    page.get_by_role("button", name="열람하기").click()
    expect(page.get_by_text("읽은 값").first).to_be_visible()
    photograph(page, "submission-dark")
    page.context.close()
