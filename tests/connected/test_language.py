"""Every screen of the desk in English: nothing is said in Korean but what is quoted, and that says that it is."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest

from services.dashboard.pages.language import COOKIE
from services.dashboard.pages.signin import fictional
from shared.catalog import load
from shared.clock import utc_now
from shared.events import EndpointSuspended, NotificationExhausted, SubmissionParked
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, RRN, Office, a_working_desk, hidden, take_a_look, uncover
from tests.builders.runs import fold_shuffled, row, told
from tests.unit.dashboard.messages import HANGUL

pytestmark = pytest.mark.connected

VOID = {"input", "meta", "link", "br", "img", "rect", "line"}
READ_OUT = {"title", "alt", "aria-label", "placeholder", "data-label"}
WRITTEN_BY_OFFICIALS = {"pre", "textarea"}
PLACE = load().programmes[PROGRAMME].office


class Korean(HTMLParser):
    """Collects what is Korean where the page says that it is not."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._names = names
        self._languages: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self._languages[-1][1] if self._languages else "")
        self._languages.append((tag, "ko" if tag in WRITTEN_BY_OFFICIALS else language))
        for name in READ_OUT & given.keys():
            self.handle_data(given[name] or "")
        if tag in VOID:
            self._languages.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._languages.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._languages and self._languages.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for name in self._names:
            data = data.replace(name, "")
        if HANGUL.search(data) and self._languages and self._languages[-1][1] != "ko":
            self.found.append(data.strip())


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        made.desk.live.stop()  # a stream would last ten minutes
        yield made


def in_english(office: Office, page: httpx.Response) -> None:
    """The page is English, and says so."""
    assert '<html lang="en">' in page.text, page.url
    assert page.headers["content-language"] == "en"
    reader = Korean({person.name for person in fictional(office.desk.catalog)})
    reader.feed(page.text)
    assert reader.found == [], page.url


async def english(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await browser.get("/language/en")
    return browser


def test_korean_where_a_page_is_english_is_found_and_what_is_quoted_is_not() -> None:
    reader = Korean({"김예시"})
    reader.feed(
        '<html lang="en"><p>a<span lang="ko">나</span> 김예시</p><input placeholder="다"><pre>라</pre><b>마</b>'
    )
    assert reader.found == ["다", "마"]


async def test_a_language_is_chosen_by_a_link_and_kept_until_another_is(office: Office) -> None:
    browser = office.browser()
    assert '<html lang="ko">' in (await browser.get("/signin")).text
    page = await browser.get("/language/en", params={"next": "/signin?next=/runs"})
    assert (page.url.path, page.url.query) == ("/signin", b"next=/runs")
    in_english(office, page)
    await browser.post("/signin", data={"official": "sample-0"})
    in_english(office, await browser.get("/queue"))
    await browser.post("/signout", data={"csrf": hidden(await browser.get("/queue"), "csrf")})
    in_english(office, await browser.get("/signin"))
    refused = await browser.get("/signin/back", params={"state": "of-nobody", "code": "once"})
    assert 'href="/language/ko?next=/signin"' in refused.text
    assert '<html lang="ko">' in (await browser.get("/language/ko", params={"next": "/signin"})).text


@pytest.mark.parametrize("language", ["fr", "EN", "en.po"])
async def test_a_language_that_the_desk_does_not_speak_is_not_there(office: Office, language: str) -> None:
    answer = await office.browser().get(f"/language/{language}")
    assert answer.status_code == 404
    assert COOKIE not in answer.headers.get("set-cookie", "")


async def test_the_link_leads_back_to_where_it_was_followed_and_nowhere_else(office: Office) -> None:
    official = await office.official()
    page = await official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    link = f'href="/language/en?next=/queue%3Fprogramme%3D{PROGRAMME}%26class%3Deligible"'
    assert link in page.text
    answer = await official.get("/language/en", params={"next": "//elsewhere.example"}, follow_redirects=False)
    assert answer.headers["location"] == "/queue"


async def test_lists_and_figures_are_in_english(office: Office) -> None:
    for outcome in ("eligible", "ineligible", "review"):
        await office.submission(outcome, findings=["duplicate", "unverified"], office=PLACE)
    unread = await office.submission(None, unreadable="no_text_layer", office=PLACE)
    broken = await office.submission(None, office=PLACE)
    now = utc_now()
    await office.desk.folding.heard(
        [
            SubmissionParked.because_of(
                "p", submission_id=broken, at=now, service="extraction", parked_topic="t", reason="bug:x"
            ),
            NotificationExhausted.because_of(
                "m", submission_id=unread, at=now, notice="unreadable", webhook_id="msg_1", code="http_500"
            ),
            EndpointSuspended.because_of("s", at=now, wallet_app="naver", reason="failing"),
        ]
    )
    question_id = office.wiring.questions.id_of("workplace|x")
    text = {"topic": "workplace_in_seoul", "name": "Made-up Ltd", "number": "123"}
    await office.desk.folding.questions(await office.wiring.questions.raise_new(PROGRAMME, {question_id: text}))
    await fold_shuffled(office, told([row(unread, "selected", 1)]))
    official = await english(await office.official())
    chosen = f"programme={PROGRAMME}"
    for address in (
        f"/queue?{chosen}", f"/queue?{chosen}&class=eligible", f"/queue?{chosen}&class=unreadable&only=soon",
        f"/queue?{chosen}&only=new&mark=unseen", f"/queue?{chosen}&only=mine", f"/overview?{chosen}",
        f"/questions?{chosen}", f"/runs?{chosen}", "/runs/run-1", "/runs/run-1/diff?other=now", f"/failures?{chosen}",
        f"/imports?{chosen}", f"/reveal?{chosen}&class=eligible", "/programmes", f"/programmes/{PROGRAMME}",
        f"/programmes/{PROGRAMME}/poster", "/nowhere", "/queue?programme=nothing",
    ):  # fmt: skip
        in_english(office, await official.get(address))
    page = await official.get(f"/queue?{chosen}")
    form = {"csrf": hidden(page, "csrf"), "token": "t", "programme": PROGRAMME}
    in_english(office, await official.post("/queue/find", data=form | {"wanted": "nothing"}))
    in_english(office, await official.post("/queue/find", data=form | {"csrf": "of another"}))
    in_english(office, await (await english(await office.official(3))).get("/programmes"))


async def test_one_submission_and_its_decision_are_in_english(office: Office) -> None:
    sid = await office.submission("review", findings=["duplicate"], waiting_on=["q"], office=PLACE)
    official = await english(await office.official())
    in_english(office, await official.get(f"/submissions/{sid}"))
    look = await take_a_look(official, sid)
    in_english(office, look)
    assert "The age was checked." in look.text
    assert RRN not in look.text
    shown = await uncover(official, look)
    in_english(office, shown)
    in_english(office, await official.get(f"{shown.url.path}/certificates/0/values"))
    eligible = await office.submission("eligible", office=PLACE)
    listed = await official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    form = {"csrf": hidden(listed, "csrf"), "token": "t", "programme": PROGRAMME, "class": "eligible"}
    preview = await official.post("/batches", data=form | {"pick": eligible})
    in_english(office, preview)
    in_english(office, await official.post(f"{preview.url}/confirm", data={"csrf": form["csrf"]}))
    in_english(office, await official.get(f"/submissions/{sid}"))


async def test_tables_are_exported_in_the_language_of_the_page(office: Office) -> None:
    await office.submission("eligible", office=PLACE)
    official = await english(await office.official())
    text = (await official.get(f"/queue/export.csv?programme={PROGRAMME}")).text
    assert "Receipt number" in text
    assert "Eligible" in text
    assert not HANGUL.search(text)


async def test_the_access_log_keeps_a_purpose_as_one_word_whatever_the_language(office: Office) -> None:
    sid = await office.submission("eligible", office=PLACE)
    official = await english(await office.official())
    look = await take_a_look(official, sid)
    assert "Purpose Examination" in look.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.first_view is not None
    assert case.first_view.purpose == "심사"
