"""Several at one submission of the running desk, at the same instant: officials in Chromium, and its citizen."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from deploy.gubi.installation import Installation
from gubi_wallet import WalletClient
from tests.builders.browsers import needs_chromium_and_fonts, sign_in
from tests.builders.citizens import Citizen, citizens, handed_in, wallet_apps
from tests.builders.waiting import until
from tests.e2e.test_races import taken_back

SCREENS = Path("var/screens")
PROGRAMME = "SONMOK9988_2023"
ROUNDS = 12
STEP = 0.02
pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(900), needs_chromium_and_fonts]
expect.set_options(timeout=60_000)


async def at_the_desk(chromium: Browser, place: Installation, number: int) -> Page:
    page = await (await chromium.new_context(locale="ko-KR")).new_page()
    await sign_in(page, place.url("dashboard"), number)
    return page


async def test_of_two_who_claim_at_the_same_instant_one_has_it_and_the_other_is_told_who(
    place: Installation, chromium: Browser
) -> None:
    receipts = await handed_in(place, citizens(place, 4, seed=91), PROGRAMME)
    officials = {
        "김예시 (예시)": await at_the_desk(chromium, place, 0),
        "이예시 (예시)": await at_the_desk(chromium, place, 1),
    }
    for receipt in (one["receipt"] for one in receipts):
        for page in officials.values():
            await page.goto(f"{place.url('dashboard')}/queue?programme={PROGRAMME}")
        await asyncio.gather(
            *(page.get_by_role("button", name=f"{receipt} 맡기").click() for page in officials.values())
        )
        rows = {name: page.get_by_role("row").filter(has_text=receipt) for name, page in officials.items()}
        for row in rows.values():
            await expect(row.get_by_role("button", name=f"{receipt} 맡기")).to_have_count(0)
        mine = [name for name, row in rows.items() if await row.get_by_role("button", name="내려놓기").count()]
        assert len(mine) == 1, f"{mine} have {receipt}"
        [loser] = officials.keys() - set(mine)
        await expect(officials[loser].get_by_role("status")).to_contain_text(f"{mine[0]} 님이")
        await expect(rows[loser]).to_contain_text(mine[0])
    await officials[loser].screenshot(path=SCREENS / "claim-at-once.png", full_page=True)
    for page in officials.values():
        await page.context.close()


async def opened(page: Page, after: float) -> bool:
    """Whether whoever clicks so much later sees what was sent, or is told that it was taken back."""
    await asyncio.sleep(after)
    await page.get_by_role("button", name="열람하기").click()
    lost = page.get_by_text("신청인이 먼저 회수했습니다")
    await expect(page.get_by_role("button", name="가린 값 보이기").or_(lost).first).to_be_visible()
    return not await lost.count()


async def taking_back(client: WalletClient, name: str, citizen: Citizen, after: float) -> bool:
    await asyncio.sleep(after)
    return await taken_back(client, name, citizen)


async def test_of_a_click_that_opens_and_a_take_back_under_way_one_wins_and_both_are_told_the_truth(
    place: Installation, chromium: Browser
) -> None:
    """Whoever won gives the other a start in the next round, so that the two meet."""
    sending = citizens(place, ROUNDS, seed=92)
    receipts = await handed_in(place, sending, PROGRAMME)
    page, start, winners = await at_the_desk(chromium, place, 0), 0.0, Counter[str]()
    async with wallet_apps(place) as apps:
        gov24 = apps["gov24"]
        for citizen, name in zip(sending, (one["submission_id"] for one in receipts), strict=True):
            await page.goto(f"{place.url('dashboard')}/submissions/{name}")
            await expect(page.get_by_text("아직 아무도 열람하지 않았습니다")).to_be_visible()
            looked, gone = await asyncio.gather(
                opened(page, max(start, 0.0)), taking_back(gov24, name, citizen, max(-start, 0.0))
            )
            assert looked != gone, "both won" if looked else "nobody won"
            winners["look" if looked else "take-back"] += 1
            start += STEP if looked else -STEP
            status = await told(gov24, name, citizen, "viewed" if looked else "taken_back")
            assert not {"viewed", "taken_back"} <= status, "the citizen is told both"
            if gone:
                assert citizen.person.name not in await page.content()
                await page.screenshot(path=SCREENS / "race-lost.png", full_page=True)
            await page.goto(f"{place.url('dashboard')}/submissions/{name}")
            says = "이미 열람했습니다" if looked else "내용은 더 이상 열 수 없습니다"
            await expect(page.get_by_text(says)).to_be_visible()
    print(f"looks won {winners['look']}, take-backs won {winners['take-back']} of {ROUNDS}")
    assert len(winners) == 2, "the two never met"
    counts = await (await page.request.get(f"{place.url('dashboard')}/api/overview?programme={PROGRAMME}")).json()
    assert counts["received"] == sum(counts["classes"].values())
    await page.context.close()


async def told(client: WalletClient, name: str, citizen: Citizen, what: str) -> set[str]:
    """All that the citizen is told has happened, once this is among it."""

    async def steps() -> set[str] | None:
        status = await client.status(name, citizen.person.wallet_address)
        found = {step["what"] for step in status["timeline"]}
        return found if what in found else None

    return await until(steps) or set()
