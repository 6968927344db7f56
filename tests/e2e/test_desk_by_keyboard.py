"""A day at the desk of the running installation by keys alone: Tab, Enter, Space, arrows, and the desk's own."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from deploy.gubi.installation import Installation
from tests.builders.browsers import needs_chromium_and_fonts
from tests.builders.citizens import Citizen, citizens, handed_in, wallet_apps
from tests.builders.keys import Keys
from tests.builders.spoiling import put_back, spoil
from tests.builders.waiting import until

SCREENS = Path("var/screens")
PROGRAMME = "SONMOK9988_2023"
"""Of no other test that looks at the desk, so that its lists hold what was sent here."""
pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600), needs_chromium_and_fonts]
expect.set_options(timeout=60_000)


def eligible(place: Installation, count: int, *, seed: int, kind: str = "RR_FULL") -> list[Citizen]:
    """So many who live in Seoul and are of an age for the programme."""
    adults = [
        one for one in citizens(place, count * 3, seed=seed, kind=kind) if 1962 <= one.person.birth_date.year <= 2003
    ]
    return adults[:count]


class Official(Keys):
    """An official at a keyboard, signed in."""

    def __init__(self, page: Page, desk: str) -> None:
        super().__init__(page)
        self.desk = desk

    async def go(self, path: str) -> None:
        """Type an address."""
        await self.page.goto(self.desk + path)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)


async def official(chromium: Browser, place: Installation, steps: int = 0) -> Official:
    """Somebody who signs in by keys, so many steps down the list of the fictional ones."""
    context = await chromium.new_context(locale="ko-KR", viewport={"width": 1440, "height": 950})
    found = Official(await context.new_page(), place.url("dashboard"))
    await found.go("/signin")
    await found.reach(found.page.get_by_role("radio"))
    await found.press(*["ArrowDown"] * steps)
    await found.follow(found.button("로그인"))
    await expect(found.page.get_by_role("heading", name="제출 목록")).to_be_visible()
    return found


async def steps(place: Installation, citizen: Citizen, receipt: dict[str, Any]) -> list[str]:
    """What somebody's wallet shows has happened."""
    async with wallet_apps(place) as apps:
        status = await apps["naver"].status(receipt["submission_id"], citizen.person.wallet_address)
    return [step["what"] for step in status["timeline"]]


async def test_one_is_found_opened_uncovered_decided_and_undone_without_a_mouse(
    place: Installation, chromium: Browser
) -> None:
    citizen, following = eligible(place, 2, seed=81)
    receipt, after = await handed_in(place, [citizen, following], PROGRAMME)
    keys = await official(chromium, place)
    page = keys.page
    await keys.go(f"/queue?programme={PROGRAMME}&class=eligible&mark=undecided")
    await keys.reach(keys.link(receipt["receipt"]), by="j")
    await keys.press("c")
    await expect(keys.button(f"{receipt['receipt']} 내려놓기")).to_be_visible()
    await keys.follow(keys.link(receipt["receipt"]))
    await expect(page.get_by_text("더 이상 증명서를 회수할 수 없습니다")).to_be_visible()
    await keys.reach(page.get_by_role("radio", name="심사", exact=True))
    await keys.follow(keys.button("열람하기"))
    await expect(page.get_by_role("heading", name="접근 기록")).to_be_visible()
    assert citizen.person.name not in await page.content()
    await keys.reach(page.get_by_role("radio", name="심사", exact=True))
    await keys.press("ArrowDown")
    purpose = await page.evaluate("document.activeElement.value")
    assert purpose != "심사"
    await keys.follow(keys.button("가린 값 보이기"))
    await expect(page.get_by_text(citizen.person.name).first).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="가린 값을 봄").filter(has_text=purpose)).to_be_visible()
    await keys.reach(page.locator("a[data-box]"))
    await keys.press("Enter")
    await expect(page.locator("rect:target")).to_be_in_viewport()
    await keys.follow(keys.button("적격으로 확정"))
    await expect(page.get_by_text("확정 대기 중입니다")).to_be_visible()
    await page.screenshot(path=SCREENS / "keys-decided.png", full_page=True)
    await keys.follow(keys.button("결정 취소"))
    await expect(keys.button("적격으로 확정").first).to_be_visible()
    await keys.reach(page.get_by_role("link", name="목록의 다음 제출"))
    async with page.expect_navigation():
        await keys.press("n")
    await expect(page.get_by_role("heading", name=after["receipt"])).to_be_visible()

    async def told() -> bool:
        return (await steps(place, citizen, receipt)).count("viewed") == 1

    await until(told)
    await page.context.close()


async def test_many_are_chosen_proposed_approved_by_a_second_and_one_undone_without_a_mouse(
    place: Installation, chromium: Browser
) -> None:
    sending = eligible(place, 3, seed=82)
    receipts = await handed_in(place, sending, PROGRAMME)
    names = [receipt["receipt"] for receipt in receipts]
    handler, approver = await official(chromium, place, 2), await official(chromium, place, 0)
    await handler.go(f"/queue?programme={PROGRAMME}&class=eligible&mark=undecided")
    for name in names:
        await handler.reach(handler.link(name), by="j")
        await handler.press("x")
        await expect(handler.page.get_by_label(f"{name} 선택")).to_be_checked()
    await handler.follow(handler.button("선택한 제출 적격 확정"))
    await expect(handler.page.get_by_role("heading", name="3건을 적격으로 확정할까요?")).to_be_visible()
    await handler.follow(handler.button("3건 확정 요청"))
    await expect(handler.page.get_by_role("heading", name="승인 대기")).to_be_visible()
    await expect(handler.button("승인하고 3건 확정")).to_have_count(0)
    await approver.go(f"/runs?programme={PROGRAMME}")
    await approver.follow(approver.page.locator(f"a[href='{handler.page.url.removeprefix(handler.desk)}']"))
    await approver.page.screenshot(path=SCREENS / "keys-four-eyes.png", full_page=True)
    await approver.follow(approver.button("승인하고 3건 확정"))
    await expect(approver.page.get_by_role("heading", name="확정한 제출")).to_be_visible()
    await approver.follow(approver.button(f"{names[0]} 확정 취소"))
    await expect(approver.page.get_by_role("heading", name="취소한 제출")).to_be_visible()

    async def told() -> bool:
        found = [await steps(place, *one) for one in zip(sending[1:], receipts[1:], strict=True)]
        return all(one.count("decided") == 1 for one in found)

    await until(told)
    undone = await steps(place, sending[0], receipts[0])
    assert "decided" not in undone, "its time was that of the others, and it was undone in time"
    assert "viewed" not in undone, "nobody has looked at it"

    async def listed() -> bool:  # the desk may hear of a decision a moment after the citizen's app does
        await handler.go(f"/queue?programme={PROGRAMME}&class=eligible&mark=undecided")
        return [await handler.link(name).count() for name in names] == [1, 0, 0]

    await until(listed, every=0.5)
    for one in (handler, approver):
        await one.page.context.close()


async def test_one_answer_settles_who_waited_on_it_without_a_mouse(place: Installation, chromium: Browser) -> None:
    [citizen] = eligible(place, 1, seed=83, kind="EI_HIST")
    [receipt] = await handed_in(place, [citizen], PROGRAMME)
    keys = await official(chromium, place)
    await keys.go(f"/queue?programme={PROGRAMME}&class=review")
    await keys.reach(keys.link(receipt["receipt"]), by="j")
    await keys.follow(keys.link(receipt["receipt"]))
    await keys.follow(keys.button("열람하기"))
    await keys.follow(keys.link("질문에 답하기"))
    asked = keys.page.locator("article:target")
    await keys.reach(asked.get_by_role("radio", name="예", exact=True))
    await keys.press("Space")
    await keys.write(asked.get_by_label("확인한 출처"), "사업장 등록 현황")
    await keys.follow(asked.get_by_role("button", name="답하기"))
    await expect(keys.page.get_by_text("사업장 등록 현황 · 김예시 (예시)").first).to_be_visible()

    async def settled() -> bool:
        await keys.go(f"/queue?programme={PROGRAMME}&class=eligible")
        return await keys.link(receipt["receipt"]).count() == 1

    await until(settled, every=0.5)
    await keys.page.context.close()


async def test_what_failed_is_done_again_without_a_mouse_and_comes_through(
    place: Installation, chromium: Browser
) -> None:
    sending = eligible(place, 1, seed=84)
    [name], kept = await spoil(place, sending, PROGRAMME)
    keys = await official(chromium, place)
    row = keys.page.get_by_role("row").filter(has=keys.page.locator(f"a[href='/submissions/{name}']"))

    async def parked() -> bool:
        await keys.go(f"/failures?programme={PROGRAMME}")
        return await row.count() == 1

    await until(parked, every=0.5)
    await put_back(place, kept)
    await keys.reach(row.get_by_role("checkbox"))
    await keys.press("Space")
    section = keys.page.get_by_role("region").filter(has=row)
    await keys.follow(section.get_by_role("button", name="선택한 것 다시 처리"))

    async def through() -> bool:
        async with wallet_apps(place) as apps:
            return (await apps["toss"].status(name, sending[0].person.wallet_address))["class"] == "screened"

    async def gone() -> bool:  # the desk hears of the screening a moment after the gate tells the wallet
        await keys.go(f"/failures?programme={PROGRAMME}")
        return await row.get_by_role("checkbox").count() == 0

    await until(through)
    await until(gone, every=0.5)
    await expect(keys.page.get_by_role("row").filter(has_text="다시 처리하게 함")).not_to_have_count(0)
    await keys.page.context.close()
