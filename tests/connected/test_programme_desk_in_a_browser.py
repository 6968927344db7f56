"""The programme desk and its poster in a real Chromium: by keyboard, without scripts, in the dark, on paper."""

import io
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, Page, expect

from shared.catalog import load
from shared.clock import utc_now
from shared.qr import address
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import faults_of, needs_chromium_and_fonts, overflows
from tests.builders.desk import Office, a_working_desk
from tests.builders.serving import served

SCREENS = Path("var/screens")
NEW = "SONMOK9988_2027"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
pytestmark = [pytest.mark.connected, pytest.mark.timeout(600), needs_chromium_and_fonts]
expect.set_options(timeout=60_000)


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring
    async with a_working_desk(settings) as made:
        yield made


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[str]:
    async with served(office.app) as url:
        yield url


async def signed_in(browser: Browser, desk: str, **options: object) -> Page:
    page = await (await browser.new_context(locale="ko-KR", viewport=WIDE) if not options else
                  await browser.new_context(locale="ko-KR", **options)).new_page()  # type: ignore[arg-type]  # fmt: skip
    await page.goto(f"{desk}/signin")
    await page.get_by_role("button", name="로그인").click()
    return page


async def photograph(page: Page, name: str) -> None:
    await page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_a_programme_is_drafted_corrected_published_and_closed_by_keyboard(
    office: Office, desk: str, browser: Browser, scripts: bool
) -> None:
    page = await signed_in(browser, desk, viewport=WIDE, java_script_enabled=scripts)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
    await page.get_by_role("link", name="사업 관리", exact=True).press("Enter")
    await page.get_by_label("본뜰 사업").select_option("SONMOK9988_2022")
    await page.get_by_label("새 사업 번호").fill(NEW)
    await page.get_by_label("새 사업 번호").press("Enter")
    text = page.get_by_role("textbox", name="내용")
    sound = await text.input_value()
    await text.fill(sound.replace("undo_minutes:", "undo_hours:", 1))
    await page.get_by_role("button", name="저장하고 검사").press("Enter")
    await expect(page.get_by_role("heading", name="번째 줄에 고칠 것이 있습니다")).to_be_visible()
    await expect(page.get_by_text("▶ undo_hours")).to_be_visible()
    await expect(page.get_by_role("button", name="게시")).to_have_count(0)
    await text.fill(sound)
    await page.get_by_role("button", name="저장하고 검사").press("Enter")
    await expect(page.get_by_role("heading", name="검사를 통과했습니다")).to_be_visible()
    await page.get_by_role("button", name="1판 게시").press("Enter")
    await page.wait_for_url(f"{desk}/programmes/{NEW}")
    assert office.desk.catalog.programmes[NEW].is_open(utc_now())
    await page.get_by_label("이유 (한국어)").fill("예산이 모두 쓰였습니다.")
    await page.get_by_label("이유 (영어)").fill("The budget is used up.")
    await page.get_by_label("되돌릴 수 없음을 확인했습니다").press("Space")
    await page.get_by_role("button", name="접수 마감").press("Enter")
    await expect(page.get_by_text("The budget is used up.")).to_be_visible()
    await expect(page.get_by_role("button", name="접수 마감")).to_have_count(0)
    assert faults == []
    if scripts:
        for name, place in (("closed", page.url), ("closed-poster", f"{page.url}/poster")):
            await page.goto(place)
            await photograph(page, f"programmes-{name}")
            assert await faults_of(page) == [], name


async def test_what_wants_two_is_not_offered_to_whoever_saved_it(office: Office, desk: str, browser: Browser) -> None:
    page = await signed_in(browser, desk)
    await page.goto(f"{desk}/programmes/ASSET_2023")
    await page.get_by_role("button", name="다음 판 초안").click()
    await expect(page.get_by_text("마지막으로 저장한 사람이 아닌 관리자가 게시해야 합니다")).to_be_visible()
    await photograph(page, "programmes-waits")
    assert await faults_of(page) == []
    second = await (await browser.new_context(locale="ko-KR", viewport=WIDE)).new_page()  # type: ignore[arg-type]
    await second.goto(f"{desk}/signin")
    await second.get_by_label("이예시").check()
    await second.get_by_role("button", name="로그인").click()
    await second.goto(page.url)
    await second.get_by_role("button", name="2판 게시").click()
    await second.wait_for_url(f"{desk}/programmes/ASSET_2023")
    assert ("ASSET_2023", 2) in office.desk.catalog.versions


async def test_every_screen_is_without_a_fault_in_light_and_dark_on_a_phone_and_wide(
    desk: str, browser: Browser
) -> None:
    page = await signed_in(browser, desk)
    await page.goto(f"{desk}/programmes/FOOD_2023")
    await page.get_by_role("button", name="다음 판 초안").click()
    text = page.get_by_role("textbox", name="내용")
    sound, draft = await text.input_value(), page.url
    programme = f"{desk}/programmes/FOOD_2023"
    for name, place in {
        "draft": draft,
        "all": f"{desk}/programmes",
        "one": programme,
        "poster": f"{programme}/poster",
        "mistake": draft,
    }.items():
        if name == "mistake":
            await page.goto(draft)
            await text.fill(sound.replace("undo_minutes:", "undo_hours:", 1))
            await page.get_by_role("button", name="저장하고 검사").click()
        await page.goto(place)
        for scheme, (size, viewport) in itertools.product(("light", "dark"), (("wide", WIDE), ("phone", PHONE))):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.set_viewport_size(viewport)  # type: ignore[arg-type]
            await photograph(page, f"programmes-{name}-{scheme}-{size}")
            assert await faults_of(page) == [], f"{name} {scheme} {size}"
            assert not await overflows(page), f"{name} {size}"
        await page.set_viewport_size(WIDE)  # type: ignore[arg-type]


async def test_the_poster_is_one_page_whose_code_leads_to_the_programme_on_screen_in_the_dark_and_printed(
    desk: str, browser: Browser, settings: Settings
) -> None:
    page = await signed_in(browser, desk)
    for programme in load().programmes.values():
        await page.goto(f"{desk}/programmes/{programme.id}/poster")
        leads = address(programme.id, settings.public_url)
        for scheme in ("light", "dark") if programme.id == "FOOD_2023" else ():
            await page.emulate_media(media="screen", color_scheme=scheme)  # type: ignore[arg-type]
            picture = await page.get_by_role("img", name="QR").screenshot()
            [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
            assert read.text == leads
        await page.emulate_media(media="print")
        printed = pypdfium2.PdfDocument(await page.pdf(prefer_css_page_size=True))
        assert len(printed) == 1, f"{programme.id}: {len(printed)} pages"
        assert [round(side / 72 * 25.4) for side in printed[0].get_size()] == [210, 297]
        sheet = printed[0].render(scale=150 / 72).to_pil()
        sheet.save(SCREENS / f"poster-{programme.id}.png")
        [read] = zxingcpp.read_barcodes(sheet)
        assert read.text == leads
        text = "".join(printed[0].get_textpage().get_text_bounded().split())
        office = load().office(programme.office)
        assert office is not None
        kinds = [programme.titles[kind] for kind in programme.accepts.kinds]
        wanted = [programme.name, *kinds, office[1].name, office[1].contact.visit]
        for said in (one for both in wanted for one in (both.ko, both.en)):
            assert "".join(said.split()) in text, said
        assert "로그아웃" not in text
