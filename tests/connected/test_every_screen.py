"""Every screen of the desk in a real Chromium: both languages, by day and by night, wide and on a telephone.

Nothing that axe-core finds, nothing wider than the screen, nothing that a script throws, no file that is missing or
that the content-security policy keeps out, and on each the sheet of its keys by `?`; a picture of each in
`var/screens/<screen>-<wide or phone>-<light or dark>-<language>.png`.
"""

import csv
import io
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Response, async_playwright, expect

from services.dashboard.pages.language import LANGUAGES, Language
from services.dashboard.people import Person
from services.dashboard.roles import Grant
from shared.clock import utc_now
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import CHROMIUM, QUIET, needs_chromium_and_fonts
from tests.builders.desk import PROGRAMME
from tests.builders.furnishing import Furnished, a_furnished_desk
from tests.builders.runs import selecting
from tests.builders.serving import a_socket, served
from tests.builders.signing_in import a_scene

SCREENS = Path("var/screens")
SIZES = {"wide": {"width": 1440, "height": 950}, "phone": {"width": 390, "height": 844}}
OF = f"programme={PROGRAMME}"
STAY = "for (let timer = setTimeout(() => 0); timer; timer--) clearTimeout(timer)"
"""What is still busy would show itself anew while it is looked at."""
ALONE = """[...document.querySelectorAll(".tiles")].some((tiles) => {
  const rows = [...tiles.children].map((tile) => tile.offsetTop);
  return rows.length > 1 && rows.at(-1) !== rows.at(-2);
})"""
"""Whether the last of a page's tiles has a row of its own below the others."""
SHEETS = ("queue", "one-covered", "runs")
"""Screens whose sheet of keys is looked at too: with keys of their own, and without."""
REFUSALS = ("400", "403", "404", "409", "422")
pytestmark = [pytest.mark.connected, pytest.mark.timeout(1800), needs_chromium_and_fonts]
expect.set_options(timeout=60_000)


Walk = Callable[["Photographer", Furnished], Awaitable[None]]


class Photographer:
    """Looks at screens one after the other, and keeps what is wrong with any of them until the end."""

    def __init__(self, page: Page, desk: str, language: Language) -> None:
        self.page, self.desk, self.language = page, desk, language
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", lambda line: self._heard(line.type, line.text))
        page.on("response", self._fetched)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not any(f"status of {code}" in text for code in REFUSALS):
            self.wrong.append(f"console: {text}")

    def _fetched(self, answer: Response) -> None:
        if answer.request.resource_type == "document":
            return
        if not answer.url.startswith(self.desk) or answer.status >= 400:
            self.wrong.append(f"fetched {answer.url}: {answer.status}")

    @property
    def browser(self) -> Browser:
        found = self.page.context.browser
        assert found is not None
        return found

    async def go(self, path: str) -> None:
        await self.page.goto(self.desk + path)

    async def look(self, name: str) -> None:
        """See the screen that is open now, in each theme and size."""
        await expect(self.page.locator("html")).to_have_attribute("lang", self.language)
        await self.page.evaluate(STAY)
        await self.page.evaluate(
            "document.querySelectorAll('main details:not([hidden])').forEach((one) => { one.open = true; })"
        )
        for (size, viewport), theme in itertools.product(SIZES.items(), ("light", "dark")):
            await self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            await self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            shown = f"{name}-{size}-{theme}-{self.language}"
            self.wrong += [f"{shown}: {one}" for one in await self._violations()]
            over = await self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self.wrong.append(f"{shown}: {over} px too wide")
            if await self.page.evaluate(ALONE):
                self.wrong.append(f"{shown}: of its tiles one stands alone in a row")
            await self.page.screenshot(path=SCREENS / f"{shown}.png", full_page=True)
        await self.page.set_viewport_size(SIZES["wide"])  # type: ignore[arg-type]
        await self._sheet(name)

    async def _sheet(self, name: str) -> None:
        """Open the sheet of keys by its own and close it again, where somebody is signed in."""
        sheet = self.page.locator("[data-sheet]")
        if not await sheet.count():
            return
        await self.page.evaluate("document.activeElement?.blur()")
        await self.page.keyboard.press("?")
        await expect(sheet.get_by_role("heading").first).to_be_visible()
        if name in SHEETS:
            await self.page.emulate_media(color_scheme="light")
            await self.page.screenshot(path=SCREENS / f"{name}-keys-{self.language}.png")
            self.wrong += [f"{name}, keys: {one}" for one in await self._violations()]
        await self.page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()

    async def _violations(self) -> list[str]:
        found = (await Axe().run(self.page)).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}: {one['nodes'][0].get('failureSummary')}" for one in found]

    async def open(self, name: str, path: str) -> None:
        """Go to a screen that has an address, and see it."""
        await self.go(path)
        await self.page.wait_for_load_state()
        await self.look(name)

    async def press(self, chosen: str) -> None:
        """Press what sends a form, and wait for the page that answers."""
        async with self.page.expect_navigation():
            await self.page.locator(chosen).first.click()
        await self.page.wait_for_load_state()

    async def send(self, path: str, **fields: str) -> None:
        """Send a form that scripts would send unseen, with the page's own token, as a browser without them does."""
        async with self.page.expect_navigation():
            await self.page.evaluate(
                """([path, fields]) => {
                  const form = document.createElement("form");
                  const csrf = document.querySelector("[name=csrf]").value;
                  for (const [name, value] of Object.entries({ csrf, ...fields })) {
                    const field = document.createElement("input");
                    [field.type, field.name, field.value] = ["hidden", name, value];
                    form.append(field);
                  }
                  [form.method, form.action] = ["post", path];
                  document.body.append(form);
                  form.submit();
                }""",
                [path, fields],
            )


@asynccontextmanager
async def a_photographer(
    browser: Browser, desk: str, language: Language, official: int = 0
) -> AsyncIterator[Photographer]:
    """Somebody signed in, in this language."""
    async with await browser.new_context(locale="ko-KR") as context:
        eye = Photographer(await context.new_page(), desk, language)
        await eye.go(f"/language/{language}?next=/signin")
        await eye.page.locator(f'input[value="sample-{official}"]').check()
        await eye.press("main form button")
        yield eye


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as one,
    ):
        yield one


async def lists(eye: Photographer, world: Furnished) -> None:
    await eye.open("signin", "/signin")
    async with a_photographer(eye.browser, eye.desk, eye.language, 1) as other:
        await other.go(f"/queue?{OF}")
        await other.send("/claims", submission_id=world.theirs, back=OF)
    async with a_photographer(eye.browser, eye.desk, eye.language, 3) as reader:
        await reader.open("notallowed", "/programmes")
        await reader.open("queue-reader", f"/queue?{OF}")
        eye.wrong += reader.wrong
    await eye.open("queue", f"/queue?{OF}")
    await eye.send("/claims", submission_id=world.fresh, back=OF)
    await eye.open("queue-class", f"/queue?{OF}&class=eligible")
    await eye.open("queue-narrowed", f"/queue?{OF}&age=7&only=new")
    await eye.open("queue-mine", f"/queue?{OF}&only=mine")
    await eye.open("queue-unreadable", f"/queue?{OF}&class=unreadable")
    await eye.open("queue-empty", f"/queue?{OF}&class=withdrawn")
    await eye.go(f"/queue?{OF}")
    await eye.send("/claims", submission_id=world.theirs, back=OF)
    await eye.look("claimed")
    await eye.go(f"/queue?{OF}")
    for name, wanted in (("found", "ㄱㄱㅅ"), ("found-nothing", "없는 이름")):
        await eye.page.locator("#wanted").fill(wanted)
        await eye.press(".finder button")
        await eye.look(name)
    await eye.open("overview", f"/overview?{OF}")
    await eye.open("keys", "/keys")
    await eye.open("questions", f"/questions?{OF}")
    await eye.page.locator("[name=value][value=yes]").nth(1).check()
    await eye.page.locator("[name=source]").nth(1).fill("사업장 등록 현황")
    await eye.page.locator("article .answer button").nth(1).click()
    await eye.page.wait_for_load_state()
    await eye.open("questions-answered", f"/questions?{OF}")


async def one_submission(eye: Photographer, world: Furnished) -> None:
    await eye.open("one-ask", f"/submissions/{world.doubtful}")
    await eye.press("main form .primary")
    await eye.page.wait_for_load_state("networkidle")
    await eye.look("one-covered")
    await eye.press("#mask button")
    await eye.page.wait_for_load_state("networkidle")
    await eye.look("one-uncovered")
    opened = eye.page.url
    await eye.press(".by-hand-way a")
    await eye.page.wait_for_load_state("networkidle")
    await eye.look("one-correct")
    await eye.page.evaluate("document.getElementById('reason').removeAttribute('required')")
    await eye.press(".by-hand-form .primary")
    await eye.look("one-correct-refused")
    await eye.page.locator("input[name='v:issued_on']").fill("2022-12-11")
    await eye.page.locator("#reason").fill("그림에는 다른 날짜가 적혀 있음")
    await eye.press(".by-hand-form .primary")
    await eye.page.wait_for_load_state("networkidle")
    await eye.look("one-corrected")
    await eye.page.goto(opened)
    await eye.open("one-viewed-before", f"/submissions/{world.doubtful}")
    await eye.open("one-scan-ask", f"/submissions/{world.scan}")
    await eye.press("main form .primary")
    await eye.look("one-unreadable")
    await eye.page.locator("form[action$='/supplement'] button").first.evaluate(
        "(button) => button.closest('details').open = true"
    )
    await eye.press("form[action$='/supplement'] button")
    await eye.look("one-supplement-asked")
    await eye.go(f"/submissions/{world.fresh}")
    await eye.press("main form .primary")
    await eye.page.wait_for_load_state("networkidle")
    await eye.look("one-eligible")
    looked = eye.page.url
    await eye.press("a[href*='/conditions/']")
    await eye.look("one-settle")
    await eye.page.evaluate("document.getElementById('reason').removeAttribute('required')")
    await eye.page.locator("[name=result][value=met]").check()
    await eye.page.locator("#source").fill("사업자등록 조회")
    await eye.press(".by-hand-form .primary")
    await eye.look("one-settle-refused")
    await eye.page.goto(looked)
    await eye.page.evaluate("document.querySelector('textarea[name=reason]').removeAttribute('required')")
    await eye.press("[name=decision][value=ineligible]")
    await eye.look("one-decision-without-a-reason")
    await eye.page.goto(looked)
    await eye.press("[name=decision][value=eligible]")
    await eye.look("one-decided")


async def troubles(eye: Photographer, world: Furnished) -> None:
    await eye.go(f"/submissions/{world.lost}")
    await world.lose()
    await eye.press("main form .primary")
    await eye.look("one-lost")
    await eye.open("one-gone", f"/submissions/{world.gone}")
    await eye.open("not-there", "/nowhere")
    await eye.go(f"/queue?{OF}")
    await eye.send("/claims", csrf="of-another", submission_id=world.fresh)
    await eye.look("not-from-here")
    await eye.open("failures", f"/failures?{OF}")
    await eye.page.locator("[form=do-parked][name=pick]").first.check()
    await eye.press("[form=do-parked][formaction]")
    await eye.look("failures-done")
    await eye.open("reveal", f"/reveal?{OF}&class=eligible")


async def many(eye: Photographer, world: Furnished) -> None:
    await eye.open("runs", f"/runs?{OF}")
    await eye.open("run", "/runs/run-ready")
    await eye.open("run-group", "/runs/run-ready?group=selected")
    await eye.open("run-failed", "/runs/run-failed")
    await eye.open("diff", "/runs/run-ready/diff?other=run-later")
    await eye.open("diff-now", "/runs/run-ready/diff?other=now")
    await eye.go("/runs/run-ready")
    await eye.press("form[action$='/batches'] .primary")
    await settled(eye)
    await eye.look("batch-draft")
    await eye.press("form[action$='/confirm'] button")
    await settled(eye)
    await eye.look("batch-done")
    await eye.press("form[action$='/undo'] button")
    await settled(eye)
    await eye.look("batch-undone")
    await eye.open("import", f"/imports?{OF}")
    await eye.open("import-refused", f"/imports?{OF}&wrong=no_columns")
    await eye.go(f"/imports?{OF}")
    await eye.page.locator("[type=file]").set_input_files(
        {
            "name": "decisions.csv",
            "mimeType": "text/csv",
            "buffer": a_table(("GB-BBBB-2222-FRSH", "적격"), ("GB-ZZZZ-9999-ZZZZ", "적격")),
        }
    )
    await eye.press("form[action='/imports'] .primary")
    await settled(eye)
    await eye.look("batch-of-a-file")
    selecting(world.office, "lottery", quota=2, second_approver=True)
    await eye.open("runs-lottery", f"/runs?{OF}")
    if await eye.page.locator("[name=as_of]").count():
        await eye.page.locator("[name=as_of]").fill("2022-12-12")
    await eye.page.locator("[name=announced]").fill("다음 주 토요일에 발표되는 번호")
    await eye.press("form[action='/runs'] .primary")
    await eye.look("run-announced")
    await eye.page.locator("[name=public_value]").fill("1 2 3 4 5 6")
    await eye.press("form[action$='/request'] .primary")
    await eye.look("run-requested")
    await eye.go("/runs/run-ready")
    await eye.press("form[action$='/batches'] .primary")
    await settled(eye)
    await eye.look("batch-of-two")
    await eye.press("form[action$='/confirm'] button")
    await eye.look("batch-proposed")


def a_table(*rows: tuple[str, str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([("접수번호", "결정"), *rows])
    return text.getvalue().encode()


async def settled(eye: Photographer) -> None:
    """Wait until what goes on by itself is done."""
    for _ in range(60):
        if not await eye.page.locator("[hx-trigger='every 2s']").count():
            return
        await eye.page.wait_for_timeout(1000)
        await eye.page.reload()
    pytest.fail(f"{eye.page.url} never came to an end")


async def programmes(eye: Photographer, _world: Furnished) -> None:
    await eye.open("programmes", "/programmes")
    await eye.open("programmes-refused", "/programmes?wrong=id")
    await eye.open("programme", "/programmes/FOOD_2023")
    await eye.press("form[action='/programmes/drafts'] button")
    await eye.look("draft")
    text = eye.page.locator("textarea")
    sound = await text.input_value()
    await text.fill(sound.replace("undo_minutes:", "undo_hours:", 1))
    await eye.press("form:has(textarea) button")
    await eye.look("draft-mistake")
    await eye.open("poster", "/programmes/FOOD_2023/poster")


async def districts(eye: Photographer, world: Furnished) -> None:
    """What whoever works for two of a programme's districts sees, and what is not theirs to do."""
    asset, theirs = "programme=ASSET_2023", ("gangnam_asset", "gangbuk_asset")
    for number, where in enumerate((*theirs, theirs[0], "seongbuk_asset", "asset_building")):
        await world.office.submission(
            ("eligible", "review")[number % 2],
            programme_id="ASSET_2023",
            office=where,
            receipt=f"GB-DSTR-2222-AAA{number}",
        )
    grants = [Grant(role, offices=theirs) for role in ("handler", "approver")]  # type: ignore[arg-type]
    person = Person("district", "정예시 (예시)", theirs[0])
    session = await world.office.desk.stores.sessions.start(person, grants, utc_now())
    async with await eye.browser.new_context(locale="ko-KR") as context:
        await context.add_cookies([{"name": "gubi", "value": session, "url": eye.desk}])
        own = Photographer(await context.new_page(), eye.desk, eye.language)
        await own.go(f"/language/{eye.language}?next=/queue")
        await own.open("queue-district", f"/queue?{asset}")
        await expect(own.page.locator("[data-rows] tbody tr")).to_have_count(2)
        await expect(own.page.locator("[data-count=received]")).to_have_text("2")
        async with own.page.expect_navigation():
            await own.page.locator("select[name=office]").select_option("gangbuk_asset")
        await expect(own.page.locator("[data-rows] tbody tr")).to_have_count(1)
        await own.open("overview-district", f"/overview?{asset}")
        await own.open("runs-district", f"/runs?{asset}")
        await own.open("import-district", f"/imports?{asset}")
        await own.open("notallowed-district", f"/questions?{asset}")
        eye.wrong += own.wrong
    await eye.open("queue-all-districts", f"/queue?{asset}")


async def walked(walk: Walk, settings: Settings, browser: Browser, language: Language) -> Photographer:
    """Walk through a furnished desk of its own; give who looked, with what was wrong."""
    at, url = a_socket()
    async with (
        a_furnished_desk(settings.model_copy(update={"desk_url": url})) as world,
        served(world.office.app, at),
        a_photographer(browser, url, language) as eye,
    ):
        await walk(eye, world)
    return eye


WALKS = (lists, one_submission, troubles, many, programmes, districts)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__.replace("_", "-"))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_wrong_with_any_screen_in_either_language_and_theme_wide_or_on_a_telephone(
    settings: Settings, keyring: Keyring, browser: Browser, language: Language, walk: Walk
) -> None:
    del keyring  # made where the desk loads it from
    assert (await walked(walk, settings, browser, language)).wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_wrong_with_the_screens_of_signing_in_and_out_at_a_provider(
    settings: Settings, keyring: Keyring, tmp_path: Path, browser: Browser, language: Language
) -> None:
    del keyring
    async with (
        a_scene(settings, tmp_path, real_desk=True) as scene,
        await browser.new_context(locale="ko-KR") as context,
    ):
        eye = Photographer(await context.new_page(), scene.desk_url, language)
        await eye.go(f"/language/{language}?next=/signin")
        await eye.look("signin-provider")
        await eye.open("signin-refused", "/signin/back?state=of-nobody&code=once")
        scene.grant("reader")
        await eye.go("/signin")
        await eye.press("main a.primary")
        await eye.page.route(
            "**/end*", lambda route: route.fulfill(status=204)
        )  # which leaves the page that leads there
        await eye.press(".who button")
        await eye.look("signedout")
    assert eye.wrong == []
