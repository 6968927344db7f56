"""The desk in a real Chromium while the wallet simulator sends, takes back, and answers what the office asks for."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from deploy.gubi.demo.cast import Part
from deploy.gubi.demo.ledger import Entry
from deploy.gubi.demo.wallets import PROGRAMME, Wallets
from deploy.gubi.installation import Installation
from services.wallet_simulator.samples import population
from tests.builders.browsers import needs_chromium_and_fonts, run

SCREENS = Path("var/screens")
PATIENCE = 60_000
pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600), needs_chromium_and_fonts]


def sent(place: Installation, seed: int, count: int, case: str = "ordinary") -> list[Entry]:
    """Submissions of as many people, through the simulator's apps."""

    async def send() -> list[Entry]:
        wallets, people, found = Wallets(place.url("wallet_simulator")), population(seed), []
        for number in range(count):
            part = Part("resident", ("toss", "naver")[number % 2], "RR_FULL", next(people), seed * 100 + number, case)
            wallet = await wallets.wallet_of(part)
            found.append(await wallets.send(wallet, part, await wallets.issue(wallet, part)))
        await wallets.close()
        return found

    return run(send())


def taken_back(place: Installation, entry: Entry) -> int:
    async def ask() -> int:
        wallets = Wallets(place.url("wallet_simulator"))
        status = await wallets.ask("take-back", entry, "seoul")
        await wallets.close()
        return status

    return run(ask())


def signed_in(browser: Browser, place: Installation) -> Page:
    page = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 950}).new_page()
    page.goto(f"{place.url('dashboard')}/signin")
    page.get_by_role("button", name="로그인").click()
    expect(page.get_by_role("heading", name="제출 목록")).to_be_visible()
    return page


def first_step(page: Page) -> str:
    """Of its history, without how the words are laid out."""
    return " ".join(page.locator(".history li").first.inner_text().split())


def number(place: Locator) -> int:
    return int((place.text_content() or "").replace(",", ""))


def test_counts_move_on_an_open_page_while_the_simulator_sends_and_always_sum(
    place: Installation, browser: Browser
) -> None:
    page = signed_in(browser, place)
    page.goto(f"{place.url('dashboard')}/queue?programme={PROGRAMME}")
    received, gone = page.locator('[data-count="received"]'), page.locator('[data-count="taken_back"]')
    before, gone_before = number(received), number(gone)
    entries = sent(place, 71, 6)
    expect(received).to_have_text(f"{before + 6:,}", timeout=PATIENCE)
    assert taken_back(place, entries[0]) == 202
    expect(gone).to_have_text(f"{gone_before + 1:,}", timeout=PATIENCE)
    counts = page.evaluate("[...document.querySelectorAll('.tile [data-count]')].map((one) => one.textContent)")
    whole, *classes = (int(count.replace(",", "")) for count in counts)
    assert whole == sum(classes) == before + 6
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate", "nobody reloaded it"
    page.screenshot(path=SCREENS / "queue-live.png", full_page=True)
    page.context.close()


def test_a_holder_in_the_simulator_answers_with_a_better_certificate_and_keeps_the_place_in_line(
    place: Installation, browser: Browser
) -> None:
    [entry] = sent(place, 72, 1, "scan")
    page = signed_in(browser, place)
    for _ in range(60):
        page.goto(f"{place.url('dashboard')}/submissions/{entry.submission_id}")
        if page.locator("[data-kind=unreadable]").count():
            break
        page.wait_for_timeout(500)
    page.get_by_role("button", name="열람하기").click()
    received = first_step(page)
    page.get_by_text("보완 요청하기").click()
    page.get_by_role("button", name="보완 요청").click()
    expect(page.get_by_text("까지 기다립니다")).to_be_visible()
    for _ in range(60):
        if page.get_by_text("보완한 증명서 접수").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text("보완한 증명서 접수")).to_be_visible()
    expect(page.locator(".paper")).to_have_count(2)
    assert first_step(page) == received
    page.screenshot(path=SCREENS / "one-answered-by-the-simulator.png", full_page=True)
    page.context.close()
