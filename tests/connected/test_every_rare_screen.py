"""The screens that an official seldom sees, or hopes not to: looked at as `test_every_screen` looks at the others."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.async_api import Browser, expect

from services.dashboard.pages.language import LANGUAGES, Language
from shared.clock import seoul_date, utc_now
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import needs_chromium_and_fonts
from tests.builders.desk import PROGRAMME, Office, an_office, ended_by
from tests.builders.furnishing import Furnished
from tests.builders.runs import fold_shuffled, row, selecting, told
from tests.builders.serving import a_socket, served
from tests.builders.waiting import until
from tests.conftest import a_store
from tests.connected.test_every_screen import OF, Photographer, a_photographer, settled, walked

Walk = Callable[[Photographer, Furnished], Awaitable[None]]
MEANT = ("status of 500", "status of 503")
"""What the console says of a page that is meant to fail."""
pytestmark = [pytest.mark.connected, pytest.mark.timeout(1800), needs_chromium_and_fonts]
expect.set_options(timeout=60_000)


async def proposed(eye: Photographer) -> str:
    """Where a draft of a run is proposed."""
    await eye.go("/runs/run-ready")
    await eye.press("form[action$='/batches'] button")
    await settled(eye)
    await eye.press("form[action$='/confirm'] button")
    return eye.page.url.removeprefix(eye.desk)


async def two_officials(eye: Photographer, world: Furnished) -> None:
    """A proposal as the second official sees it, and what is left of one that they refuse."""
    selecting(world.office, second_approver=True)
    batch = await proposed(eye)
    async with a_photographer(eye.browser, eye.desk, eye.language, 1) as second:
        await second.open("runs-to-approve", f"/runs?{OF}")
        await second.open("batch-to-approve", batch)
        await second.press("form[action$='/decline'] button")
        await second.look("batch-declined")
        eye.wrong += second.wrong


async def rows_that_end_otherwise(eye: Photographer, world: Furnished) -> None:
    """Of a draft one is taken back before it is confirmed; of what was decided one is withdrawn before it is undone."""
    names = [await world.office.submission("eligible", receipt=f"GB-HHHH-2222-{end * 4}") for end in "ABC"]
    await eye.go(f"/queue?{OF}&class=eligible")
    for name in names:
        await eye.page.locator(f"[name=pick][value='{name}']").check()
    await eye.press("[form=many]:is(button):not([name])")
    await ended_by(world.office, names[0], "take_back")  # the desk has not heard of it yet
    await eye.press("form[action$='/confirm'] button")
    await settled(eye)
    await eye.look("batch-refused")
    assert await eye.page.locator("#rows-refused").count() == 1
    await ended_by(world.office, names[1], "withdraw")
    await eye.press("form[action$='/undo'] button")
    await settled(eye)
    await eye.look("batch-kept")
    assert await eye.page.locator("#rows-kept").count() == 1


async def counts_that_do_not_sum(eye: Photographer, world: Furnished) -> None:
    """A defect that must not be hidden: one in no class, and a run that counted one more than it told of."""
    queue = world.office.wiring.database("dashboard").get_collection("queue")
    lost = {"class": "nowhere", "changed_at": utc_now()}
    assert (await queue.update_one({"_id": world.fresh}, {"$set": lost})).matched_count == 1
    world.office.desk.counting.changed([PROGRAMME])
    await world.office.desk.counting.fresh(PROGRAMME)
    await eye.open("queue-not-summing", f"/queue?{OF}")
    await expect(eye.page.get_by_role("alert")).to_be_visible()
    await eye.open("overview-not-summing", f"/overview?{OF}")
    await expect(eye.page.get_by_role("alert")).to_be_visible()
    await fold_shuffled(world.office, told([row(world.doubtful, "review")], "run-short", received=2))
    await eye.open("run-not-summing", "/runs/run-short")
    await expect(eye.page.get_by_role("alert")).to_be_visible()
    await expect(eye.page.locator("form[action$='/batches']")).to_have_count(0)


async def a_day_that_passed(eye: Photographer, world: Furnished) -> None:
    """A better certificate that was given longer as often as the law has it, and did not come by its day."""
    await eye.go(f"/submissions/{world.doubtful}")
    await eye.press("form[action$='/looks'] button")
    looked = eye.page.url.removeprefix(eye.desk)
    await eye.page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    await eye.press("form[action$='/supplement'] button")
    cases = world.office.wiring.database("gate").get_collection("submissions")
    await cases.update_one({"_id": world.doubtful}, {"$set": {"asked.extensions": 2}})
    await eye.open("one-supplement-no-longer", looked)
    past = (seoul_date(utc_now()) - timedelta(days=1)).isoformat()
    await cases.update_one({"_id": world.doubtful}, {"$set": {"asked.due_on": past}})
    await eye.open("one-supplement-overdue", looked)


async def a_lottery_that_was_drawn(eye: Photographer, world: Furnished) -> None:
    """Its seed is there, so that anybody can draw it again."""
    selecting(world.office, "lottery", quota=1)
    await eye.go(f"/runs?{OF}")
    await eye.page.locator("[name=announced]").fill("다음 주 토요일에 발표되는 번호")
    await eye.press("form[action='/runs'][method=post] button")
    await eye.page.locator("[name=public_value]").fill("1 2 3 4 5 6")
    await eye.press("form[action$='/request'] button")
    run_id = eye.page.url.rpartition("/")[2]
    rows = [row(world.fresh, "selected", 1), row(world.theirs, "not_selected")]
    await fold_shuffled(world.office, told(rows, run_id))
    await eye.open("run-drawn", f"/runs/{run_id}")
    run = await world.office.desk.stores.runs.find(run_id)
    assert run is not None
    assert run.seed is not None
    await expect(eye.page.get_by_text(run.seed).first).to_be_visible()


async def a_closed_programme(eye: Photographer, world: Furnished) -> None:
    await eye.go(f"/programmes/{PROGRAMME}")
    await eye.page.locator("[name=because_ko]").fill("예산이 모두 쓰였습니다.")
    await eye.page.locator("[name=because_en]").fill("The budget is used up.")
    await eye.page.locator("[name=sure]").check()
    await eye.press("form[action$='/close'] button")
    await eye.look("programme-closing")
    await expect(eye.page.locator("form[action$='/close']")).to_have_count(0)
    ends = world.office.desk.catalog.programmes[PROGRAMME].closes_at
    assert ends is not None
    await until(lambda: utc_now() > ends)
    await eye.open("programme-closed", f"/programmes/{PROGRAMME}")
    await eye.open("programmes-one-closed", "/programmes")


async def a_bug(eye: Photographer, world: Furnished) -> None:
    def broken(*_: object) -> NoReturn:
        raise KeyError("of a bug")

    world.office.desk.stores.stays.come = broken  # type: ignore[method-assign]
    await eye.open("bug", f"/queue?{OF}")


WALKS: tuple[Walk, ...] = (
    two_officials,
    rows_that_end_otherwise,
    counts_that_do_not_sum,
    a_day_that_passed,
    a_lottery_that_was_drawn,
    a_closed_programme,
    a_bug,
)


def unmeant(eye: Photographer) -> list[str]:
    return [one for one in eye.wrong if not any(meant in one for meant in MEANT)]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__.replace("_", "-"))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_wrong_with_any_screen_that_is_seldom_seen(
    settings: Settings, keyring: Keyring, browser: Browser, language: Language, walk: Walk
) -> None:
    del keyring  # made where the desk loads it from
    eye = await walked(walk, settings, browser, language)
    assert (unmeant(eye) if walk is a_bug else eye.wrong) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_wrong_with_the_screens_of_a_closed_sign_in_and_of_a_store_that_is_away(
    settings: Settings, keyring: Keyring, browser: Browser, language: Language, tmp_path: Path
) -> None:
    del keyring
    at, url = a_socket()
    with a_store(tmp_path) as (address, server):
        office: Office = await an_office(settings.model_copy(update={"desk_url": url, "mongo": address}))
        async with office.wiring.open(), served(office.app, at), await browser.new_context(locale="ko-KR") as context:
            eye = Photographer(await context.new_page(), url, language)
            await eye.go(f"/language/{language}?next=/signin")
            await eye.look("signin-closed")
            server.kill()
            await context.add_cookies([{"name": "gubi", "value": "of-somebody", "url": url}])
            await eye.open("store-away", "/queue")
    assert unmeant(eye) == []
