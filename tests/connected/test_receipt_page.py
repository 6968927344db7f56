"""The page behind a receipt link in a real Chromium: no accessibility fault, live, without JavaScript, on paper."""

import io
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, expect

from services.intake import streams
from shared import events as said
from shared.clock import utc_now
from shared.errors import Unavailable
from shared.gate import Case, Official
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import faults_of, needs_chromium_and_fonts, overflows
from tests.builders.receipts import Counter, a_counter
from tests.builders.waiting import until

SCREENS = Path("var/screens")
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1200, "height": 900}
KIM = Official("kim", "sonmok9988")

pytestmark = [
    pytest.mark.connected,
    pytest.mark.timeout(600),
    needs_chromium_and_fonts,
]
expect.set_options(timeout=60_000)


@pytest.fixture
async def counter(settings: Settings, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    monkeypatch.setattr(streams, "TURN_SECONDS", 0.1)
    async with a_counter(settings, keyring) as counter:
        yield counter


async def received(counter: Counter) -> Case:
    return await counter.held()


async def waiting(counter: Counter) -> Case:
    case = await counter.held()
    await counter.screened(case)
    return case


async def altered(counter: Counter) -> Case:
    case = await counter.held(programme_id="DISHOUSE_2023", office="disability_housing")
    counts = {"altered": 1, "certificate_failed": 1, "unverified": 1, "genuine": 2}
    await counter.hear(said.SubmissionExtracted, case, 1, revision=1, authenticity=counts)
    return case


async def unreadable(counter: Counter) -> Case:
    case = await counter.held(programme_id="FOOD_2023", office="donated_food")
    await counter.hear(said.ExtractionFailed, case, 1, revision=1, reason="no_text_layer")
    return case


async def supplement(counter: Counter) -> Case:
    case = await waiting(counter)
    await counter.hear(said.SupplementAsked, case, 9, revision=1, due_on=case.received_at.date())
    return case


async def viewed(counter: Counter) -> Case:
    case = await waiting(counter)
    await counter.wiring.gate.view(case.submission_id, official=KIM, purpose="심사", request_id=case.submission_id)
    return case


async def decided(counter: Counter) -> Case:
    case, gate = await viewed(counter), counter.wiring.gate
    await gate.decide(case.submission_id, "eligible", official=KIM, request_id=f"d{case.receipt}", say_at=utc_now())
    await until(gate.close_due)
    return case


async def taken_back(counter: Counter) -> Case:
    case, gate = await waiting(counter), counter.wiring.gate
    asked = await gate.request("take_back", case.submission_id, holder=case.holder, request_id="t")
    done = await gate.finish("take_back", case.submission_id, cause=asked.event)
    await counter.store.record([done.event])
    return case


EVERY_WAY = tuple(itertools.product(("light", "dark"), ("phone", "wide"), ("ko", "en")))
SOME_WAYS = (("light", "phone", "ko"), ("dark", "wide", "en"), ("dark", "phone", "ko"))


@pytest.mark.parametrize(
    ("arrange", "ways"),
    [
        (waiting, EVERY_WAY),
        (unreadable, EVERY_WAY),
        *((arrange, SOME_WAYS) for arrange in (received, altered, supplement, viewed, decided, taken_back)),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
async def test_no_accessibility_fault_in_any_state_language_light_or_width(
    counter: Counter,
    browser: Browser,
    arrange: Callable[[Counter], Awaitable[Case]],
    ways: tuple[tuple[Literal["light", "dark"], str, str], ...],
) -> None:
    url = counter.page(await arrange(counter))
    for scheme, size, language in ways:
        viewport = PHONE if size == "phone" else WIDE
        context = await browser.new_context(color_scheme=scheme, viewport=viewport, device_scale_factor=2)
        page = await context.new_page()
        await page.goto(f"{url}?lang={language}")
        name = f"citizen-{arrange.__name__}-{language}-{scheme}-{size}"
        assert await faults_of(page) == [], name
        assert not await overflows(page), name
        await page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
        await context.close()


async def test_a_fault_would_be_found(counter: Counter, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(counter.page(await received(counter)))
    await page.evaluate("document.querySelector('.soft').style.color = '#ccc'; document.documentElement.lang = ''")
    found = " ".join(await faults_of(page))
    assert "color-contrast" in found
    assert "html-has-lang" in found


async def test_no_accessibility_fault_where_there_is_nothing_to_show(
    counter: Counter, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = counter.page(await received(counter))

    async def away(*_: object) -> None:
        raise Unavailable("store:away")

    context = await browser.new_context(locale="ko-KR", viewport=PHONE)
    page = await context.new_page()
    await page.goto(f"{counter.url}/r/cut-off")
    await expect(page.get_by_role("heading", name="접수증을 찾을 수 없습니다")).to_be_visible()
    assert await faults_of(page) == []
    monkeypatch.setattr(counter.wiring.gate, "case", away)
    await page.goto(url)
    await expect(page.get_by_role("heading", name="지금은 볼 수 없습니다")).to_be_visible()
    await expect(page.get_by_text("02-000-0004")).to_be_visible()
    assert await faults_of(page) == []
    await page.screenshot(path=SCREENS / "citizen-away-ko-light-phone.png", full_page=True)
    await context.close()


async def test_the_page_follows_by_itself_and_says_so_to_who_cannot_see_it(counter: Counter, browser: Browser) -> None:
    case = await received(counter)
    faults: list[str] = []
    page = await (await browser.new_context(locale="ko-KR")).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    await page.goto(counter.page(case))
    await expect(page.get_by_role("heading", level=1)).to_have_text("접수되었습니다")
    await expect(page.get_by_text("바뀌면 이 화면도 따라 바뀝니다.")).to_be_visible()
    await counter.screened(case)
    await expect(page.get_by_role("heading", level=1)).to_have_text("자동 선별을 마치고 담당자를 기다립니다")
    await expect(page.get_by_text("진본 1건")).to_be_visible()
    looked = await counter.wiring.gate.view(case.submission_id, official=KIM, purpose="심사", request_id="r1")
    await counter.store.record([looked.event])
    await expect(page.get_by_role("heading", level=1)).to_have_text("담당자가 열람했습니다")
    await expect(page.get_by_role("status")).to_have_text("진행 상황이 바뀌었습니다: 담당자가 열람했습니다")
    await expect(page.get_by_text("이제 회수할 수 없습니다.")).to_be_visible()
    asked = await counter.wiring.gate.request("withdraw", case.submission_id, holder=case.holder, request_id="w")
    done = await counter.wiring.gate.finish("withdraw", case.submission_id, cause=asked.event)
    await counter.store.record([done.event])
    await expect(page.get_by_role("heading", level=1)).to_have_text("신청이 취하되었습니다")
    await until(lambda: counter.api.state.watch.count == 0)
    await page.wait_for_timeout(4_000)  # longer than the browser waits before it connects again
    assert counter.api.state.watch.count == 0
    assert await faults_of(page) == []
    assert faults == []


async def test_a_page_that_was_refused_its_stream_looks_again_in_a_while(
    counter: Counter, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, watch = await received(counter), counter.api.state.watch
    page = await (await browser.new_context(locale="ko-KR")).new_page()
    await page.clock.install()
    with monkeypatch.context() as full:
        full.setattr(watch, "_most", 0)
        async with page.expect_response(f"**{counter.page(case)[-60:]}/stream") as refused:
            await page.goto(counter.page(case))
        assert (await refused.value).status == 503
        await expect(page.get_by_text("바뀌면 이 화면도 따라 바뀝니다.")).to_be_hidden()
    await counter.screened(case)
    await page.clock.fast_forward(45_000)
    await expect(page.get_by_role("heading", level=1)).to_have_text("자동 선별을 마치고 담당자를 기다립니다")
    await expect(page.get_by_text("바뀌면 이 화면도 따라 바뀝니다.")).to_be_visible()


async def test_without_javascript_everything_is_there_and_the_language_can_be_changed(
    counter: Counter, browser: Browser
) -> None:
    case = await waiting(counter)
    context = await browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    page = await context.new_page()
    await page.goto(counter.page(case))
    for text in ("손목닥터 9988", case.receipt, "자동 선별을 마치고", "답이 예상되는 날", "02-000-0001"):
        await expect(page.get_by_text(text).first).to_be_visible()
    await expect(page.get_by_text("바뀌면 이 화면도 따라 바뀝니다.")).to_be_hidden()
    await page.get_by_text("회수에 관한 이 사업의 방침").click()
    await expect(page.get_by_text("자동으로 읽고 선별하는 것은 열람이 아니며").first).to_be_visible()
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Screened by machine, waiting for an official")
    await context.close()


async def test_the_qr_code_as_drawn_leads_to_the_page_also_in_the_dark_and_on_paper(
    counter: Counter, browser: Browser
) -> None:
    case = await waiting(counter)
    for scheme in ("light", "dark"):
        page = await (await browser.new_context(color_scheme=scheme, viewport=PHONE)).new_page()
        await page.goto(counter.page(case))
        picture = await page.get_by_role("img", name="QR").screenshot()
        [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
        assert read.text == counter.page(case)
    await page.set_viewport_size({"width": 720, "height": 1040})  # an A4 sheet without its margins
    await page.emulate_media(media="print", color_scheme="light")
    await page.screenshot(path=SCREENS / "citizen-print.png", full_page=True)
    await expect(page.get_by_role("link", name="English")).to_be_hidden()
    assert len(await page.pdf(format="A4")) > 1_000


async def test_the_page_reflows_at_the_narrowest(counter: Counter, browser: Browser) -> None:
    case = await altered(counter)
    page = await (await browser.new_context(viewport={"width": 320, "height": 640})).new_page()
    for language in ("ko", "en"):
        await page.goto(f"{counter.page(case)}?lang={language}")
        assert not await overflows(page)
