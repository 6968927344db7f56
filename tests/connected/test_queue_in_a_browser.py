"""The queue and the overview in a real Chromium: worked by keyboard, claimed in two browsers, counts that move."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from services.dashboard.claims import LEASE
from shared.clock import utc_now
from shared.gate import name_tokens
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import a_chromium, needs_chromium_and_fonts, overflows, sign_in
from tests.builders.desk import PROGRAMME, Office, a_working_desk, take_back
from tests.builders.keys import Keys
from tests.builders.serving import a_socket, served

SCREENS = Path("var/screens")
pytestmark = [pytest.mark.connected, pytest.mark.timeout(240), needs_chromium_and_fonts]


@dataclass
class Scene:
    """A desk on a socket, and a browser that reaches it."""

    office: Office
    url: str
    browser: Browser
    ahead: list[timedelta]
    faults: list[str]

    async def official(self, number: int = 0, **context: Any) -> Page:
        """A browser of one's own, signed in."""
        own = await self.browser.new_context(locale="ko-KR", **context)
        page = await own.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda line: self.faults.append(line.text) if line.type == "error" and "409" not in line.text else None,
        )
        await sign_in(page, self.url, number)
        return page


@asynccontextmanager
async def a_scene(settings: Settings) -> AsyncIterator[Scene]:
    ahead = [timedelta()]
    at, url = a_socket()
    changed = settings.model_copy(update={"desk_url": url})
    async with (
        a_working_desk(changed, lambda: utc_now() + ahead[0]) as office,
        served(office.app, at),
        a_chromium() as browser,
    ):
        yield Scene(office, url, browser, ahead, [])
        office.desk.live.stop()


@pytest.fixture
async def scene(settings: Settings, keyring: Keyring) -> AsyncIterator[Scene]:
    del keyring  # made where the desk loads it from
    async with a_scene(settings) as made:
        yield made


async def filled(office: Office, count: int = 12) -> list[str]:
    names = []
    for number in range(count):
        tokens = name_tokens(office.wiring.keyring.token, PROGRAMME, "김가상" if number == 3 else "이예시")
        outcome = ("eligible", "eligible", "review", "ineligible")[number % 4]
        at = utc_now() - timedelta(hours=(count - number) * 20)
        names.append(await office.submission(outcome, receipt=f"R-{number:02}", received_at=at, finds=tokens))
    return names


async def test_an_official_works_the_queue_by_keyboard(scene: Scene) -> None:
    await filled(scene.office, 53)
    page = await scene.official(viewport={"width": 1440, "height": 950})
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="R-00")).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await expect(page.get_by_role("link", name="R-01")).to_be_focused()
    await page.keyboard.press("c")
    row = page.get_by_role("row").filter(has_text="R-01")
    await expect(row.get_by_role("button", name="R-01 내려놓기")).to_be_visible()
    await expect(page.get_by_role("link", name="R-01")).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_text("다음 제출", exact=True)).to_be_visible()
    await page.screenshot(path=SCREENS / "queue-keys.png", full_page=True)
    await page.keyboard.press("?")
    await page.keyboard.press("n")
    await expect(page.get_by_role("link", name="R-52")).to_be_visible()
    await page.wait_for_load_state()  # a key that is pressed before the script has come is nobody's
    await page.keyboard.press("p")
    await expect(page.get_by_role("link", name="R-00")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("/")
    await expect(page.get_by_label("접수번호나 이름으로 찾기")).to_be_focused()
    await page.keyboard.type("ㄱㄱㅅ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="찾은 제출")).to_be_visible()
    await expect(page.get_by_role("rowheader")).to_have_count(1)
    await expect(page.get_by_text("김가상")).to_have_count(0)
    assert page.url == f"{scene.url}/queue/find"
    await page.screenshot(path=SCREENS / "found.png", full_page=True)
    await page.wait_for_load_state()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("더 이상 증명서를 회수할 수 없습니다")).to_be_visible()
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}&class=eligible")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.get_by_label("R-00 선택")).to_be_checked()
    await page.keyboard.press("g")
    await page.keyboard.press("o")
    await expect(page.get_by_role("heading", name="현황", exact=True)).to_be_visible()
    await page.get_by_role("link", name="단축키").click()
    await expect(page.get_by_text("이 화면에만 있는 단축키는 없습니다.")).to_be_visible()
    await page.get_by_role("button", name="닫기").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert scene.faults == []


async def test_keys_of_one_character_are_turned_off_on_any_page_by_keyboard_and_stay_off_in_that_browser(
    scene: Scene,
) -> None:
    await filled(scene.office, 3)
    page = await scene.official()
    queue, runs = f"{scene.url}/queue?programme={PROGRAMME}", f"{scene.url}/runs?programme={PROGRAMME}"
    other_tab = await page.context.new_page()
    await other_tab.goto(queue)
    await page.goto(runs)
    sheet, keys = page.get_by_role("dialog"), Keys(page)
    switch = page.get_by_role("checkbox", name="한 글자 단축키 쓰기")
    await keys.press("?")
    await expect(switch).to_be_checked()
    await keys.reach(switch)
    await keys.press("Space")
    await expect(switch).not_to_be_checked()
    await page.screenshot(path=SCREENS / "keys-off.png")
    await keys.press("Escape")
    await expect(sheet).to_be_hidden()
    await page.reload()
    for tab in (page, other_tab):
        before = tab.url
        for key in ("?", "g", "o", "n", "p", "j", "x", "c", "/"):
            await tab.keyboard.press(key)
        await expect(tab.get_by_role("dialog")).to_be_hidden()
        await expect(tab.locator("body")).to_be_focused()
        assert tab.url == before
    await page.goto(queue)
    await keys.press("j")
    await expect(page.locator("body")).to_be_focused()
    link = page.get_by_role("link", name="단축키")
    await expect(link.locator("kbd")).to_be_hidden()
    await keys.reach(link)
    await keys.press("Enter")
    await expect(switch).not_to_be_checked()
    await keys.reach(switch)
    await keys.press("Space", "?")
    await expect(sheet).to_be_hidden()
    await keys.press("j")
    await expect(page.get_by_role("link", name="R-00")).to_be_focused()
    await expect(link.locator("kbd")).to_be_visible()
    plain = await scene.official(java_script_enabled=False)
    await plain.get_by_role("link", name="단축키").click()
    await expect(plain.get_by_role("heading", name="제출 목록에서")).to_be_visible()
    await expect(plain.get_by_role("checkbox")).to_have_count(0)
    assert scene.faults == []


async def test_in_two_browsers_one_has_the_claim_and_the_other_is_told_who_until_it_runs_out(scene: Scene) -> None:
    await filled(scene.office, 3)
    first = await scene.official(0)
    second = await scene.official(1)
    for page in (first, second):
        await page.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    await first.get_by_role("button", name="R-00 맡기").dblclick()
    await expect(first.get_by_role("button", name="R-00 내려놓기")).to_be_visible()
    await second.get_by_role("button", name="R-00 맡기").click()
    await expect(second.get_by_role("status")).to_contain_text("김예시 (예시) 님이")
    await expect(second.get_by_role("row").filter(has_text="R-00")).to_contain_text("김예시 (예시)")
    await expect(second.get_by_role("button", name="R-00 맡기")).to_have_count(0)
    await second.screenshot(path=SCREENS / "claim-conflict.png", full_page=True)
    plain = await scene.official(1, java_script_enabled=False)
    scene.ahead[0] = LEASE + timedelta(seconds=1)
    await plain.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    await plain.get_by_role("button", name="R-00 맡기").click()
    await expect(plain.get_by_role("button", name="R-00 내려놓기")).to_be_visible()
    await first.reload()
    await expect(first.get_by_role("row").filter(has_text="R-00")).to_contain_text("이예시 (예시)")
    other = await scene.official(0, java_script_enabled=False)
    await other.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    await plain.get_by_role("button", name="R-00 내려놓기").click()
    await expect(plain.get_by_role("button", name="R-00 맡기")).to_be_visible()
    assert scene.faults == []


async def test_whose_claim_runs_out_is_told_on_the_open_page_and_the_case_is_free_again(scene: Scene) -> None:
    await filled(scene.office, 2)
    page = await scene.official()
    await page.clock.install()
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    await page.get_by_role("button", name="R-00 맡기").click()
    await expect(page.get_by_role("button", name="R-00 내려놓기")).to_be_visible()
    await page.clock.fast_forward(60_000)
    await expect(page.get_by_role("button", name="R-00 내려놓기")).to_be_visible()
    scene.ahead[0] = LEASE + timedelta(seconds=2)
    await page.clock.fast_forward(int(LEASE.total_seconds() * 1000))
    await expect(page.get_by_role("status")).to_contain_text("R-00을 맡은 시간이 지났습니다")
    await expect(page.get_by_role("row").filter(has_text="R-00")).to_contain_text("맡은 시간이")
    await expect(page.get_by_role("button", name="R-00 맡기")).to_be_visible()
    assert scene.faults == []


async def test_counts_move_on_an_open_page_and_agree_with_the_list_it_leads_to(scene: Scene) -> None:
    names = await filled(scene.office, 4)
    page = await scene.official()
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}")
    received = page.locator('[data-count="received"]')
    await expect(received).to_have_text("4")
    await scene.office.submission("review", receipt="R-new")
    await expect(received).to_have_text("5", timeout=15_000)
    await expect(page.get_by_role("link", name="목록이 바뀌었습니다")).to_be_visible()
    await scene.office.fold(await take_back(scene.office, names[0]))
    await expect(page.locator('[data-count="taken_back"]')).to_have_text("1", timeout=15_000)
    counts = await page.locator(".tile:not(.tile-all) [data-count]").all_text_contents()
    assert sum(map(int, counts)) == 5
    await page.get_by_role("link", name="목록이 바뀌었습니다").click()
    await expect(page.locator("[data-rows] tbody tr")).to_have_count(5)
    assert scene.faults == []


async def test_every_number_beside_the_list_moves_with_the_counts_or_is_not_there(scene: Scene) -> None:
    office, now = scene.office, utc_now()
    a, b = [one.id for one in office.desk.catalog.institutions["seoul"].offices][:2]
    names = [
        await office.submission("review", received_at=now - timedelta(hours=hours), office=a if hours else b)
        for hours in range(3)
    ]
    page = await scene.official()
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}&class=review")
    marks = page.locator('[data-count^="mark-"]')
    offices = page.locator('select[name="office"] option[data-count]')
    await expect(marks).to_have_text(["3", "3", "3", "0"])
    assert sorted(text[-3:] for text in await offices.all_text_contents()) == ["(1)", "(2)"]
    of_class = page.locator('[data-count="review"]')
    await office.fold(await take_back(office, names[1]))
    await office.fold(office.screened(names[2], "eligible", edition=1))
    await expect(of_class).to_have_text("1", timeout=15_000)
    await expect(page.locator('[data-count="eligible"]')).to_have_text("1")
    await expect(marks).to_have_text(["1", "1", "1", "0"])
    assert sorted(text[-3:] for text in await offices.all_text_contents()) == ["(0)", "(1)"]
    await page.goto(f"{scene.url}/queue?programme={PROGRAMME}&class=review&age=3")
    await expect(page.get_by_role("navigation", name="열람과 결정").get_by_role("link")).to_have_count(4)
    for narrowed in (marks, offices):
        await expect(narrowed).to_have_count(0)
    texts = await page.locator('select[name="office"] option').all_text_contents()
    assert not re.search(r"\(\d", " ".join(texts))
    assert scene.faults == []


async def test_the_language_is_chosen_without_scripts_and_what_scripts_say_is_in_it(scene: Scene) -> None:
    await scene.office.submission("eligible", receipt="R-00")
    plain = await scene.official(java_script_enabled=False)
    await plain.get_by_role("link", name="English").click()
    await expect(plain.get_by_role("heading", name="Submissions", exact=True)).to_be_visible()
    await expect(plain.get_by_role("button", name="Claim R-00")).to_be_visible()
    await plain.get_by_role("link", name="Keys").click()
    await expect(plain.get_by_role("heading", name="In the queue")).to_be_visible()
    page = await scene.official(1)
    await page.get_by_role("link", name="English").click()
    await page.get_by_role("button", name="Claim R-00").click()
    await expect(page.get_by_role("status")).to_contain_text("Claimed until")
    await page.get_by_role("button", name="Let go of R-00").click()
    await expect(page.get_by_role("status")).to_contain_text("Let go.")
    assert scene.faults == []


@pytest.mark.parametrize("width", [1440, 1280])
async def test_the_header_is_one_row_in_english_however_long_the_office_is_called(scene: Scene, width: int) -> None:
    page = await scene.official(1, viewport={"width": width, "height": 800})
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_text("Special housing supply desk (sample)")).to_be_visible()
    for part in (".gnb-menu > li", ".utility-list > li", ".utility-list a"):
        boxes = await page.locator(part).evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())")
        assert max(box["top"] for box in boxes) < min(box["bottom"] for box in boxes), f"{part} are in rows"
    menu, beside = [await page.locator(part).bounding_box() for part in (".gnb-menu", ".header-utility")]
    assert menu is not None
    assert beside is not None
    assert beside["x"] >= menu["x"] + menu["width"]
    assert beside["y"] < menu["y"] + menu["height"]
    assert not await overflows(page)
