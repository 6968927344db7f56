"""The desk in two languages: nothing is said in Korean alone, and every page is in the language that was chosen."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from babel.messages.pofile import read_po
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from services.dashboard import decisions_file, pages
from services.dashboard.pages import access_words, columns, words
from services.dashboard.pages.guard import own_address
from services.dashboard.pages.language import COOKIE, LANGUAGES, WORDS, Speaks, gettext, speak, spoken, tongue
from shared.catalog import load
from tests.unit.dashboard.messages import (
    HANGUL,
    beside_messages_in_python,
    beside_messages_in_template,
    found,
    in_python,
    in_template,
)

PAGES = Path(pages.__file__).parent
DESK = PAGES.parent
KOREAN_BY_NATURE = {
    "by_hand.py": {"원"},  # as amounts are typed
    "decisions_file.py": {"접수번호", "결정", "사유", "적격", "부적격"},  # as headings and decisions may be written
    "language.py": {"한국어"},
    "reveals.py": {"내보내기"},  # as the access log keeps it
    "signin.py": {"김예시", "이예시", "박예시", "최예시", " (예시)"},
}
ON_PAPER = "poster_sheet.html"
"""In both languages at once."""


@pytest.fixture(autouse=True)
def _korean_again():
    yield
    speak("ko")


def english() -> dict[str, str]:
    with (PAGES / "messages" / "en.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}


def test_every_message_has_its_english_and_no_english_is_left_over():
    messages = found(PAGES)
    said = english()
    assert len(messages) > 500
    assert sorted(messages - said.keys()) == [], "write their English into messages/en.po"
    assert sorted(said.keys() - messages) == [], "nothing says these any more: take them out of messages/en.po"
    assert [message for message, text in said.items() if not text.strip()] == []


def test_a_message_and_its_english_fill_the_same_gaps_and_keep_the_same_marks():
    gaps, marks = re.compile(r"%\(\w+\)s|\{\w+\}"), re.compile(r"</?[a-z][^>]*>")
    for message, text in english().items():
        assert set(gaps.findall(text)) == set(gaps.findall(message)), message
        bare = re.sub(r"<span lang='ko'>[^<]*</span>", "", text)
        assert sorted(marks.findall(bare)) == sorted(marks.findall(message)), message
        assert '"' not in marks.sub("", text), f"{message}: it may stand in an attribute"
        assert not HANGUL.search(bare) or message == "예: 예산이 모두 쓰여 접수를 마칩니다.", message


def test_no_template_says_anything_in_korean_that_is_no_message():
    for path in PAGES.glob("templates/*.html"):
        if path.name != ON_PAPER:
            assert beside_messages_in_template(path.read_text()) == [], f"{path.name}: say it by _() or trans"


def test_no_module_says_anything_in_korean_that_is_no_message():
    for path in DESK.rglob("*.py"):
        beside = set(beside_messages_in_python(path.read_text()))
        assert beside == KOREAN_BY_NATURE.get(path.name, set()), f"{path.name}: say it by _() or a table of WORDS"


def test_no_script_and_no_style_holds_any_text():
    for path in (*PAGES.glob("static/*.js"), *PAGES.glob("static/*.css")):
        assert not HANGUL.search(path.read_text()), f"{path.name}: the page hands scripts their messages"


@pytest.mark.parametrize(
    "template",
    [
        "<p>제출</p>",
        '<a title="제출">x</a>',
        '{{ "제출" if x else _("접수") }}',
        "{{ _(x, y='제출') }}",
        '{% set a = "제출" %}',
    ],
)
def test_korean_beside_messages_in_a_template_is_found(template: str):
    assert len(beside_messages_in_template(template)) == 1


@pytest.mark.parametrize(
    "module",
    [
        'x = "제출"',
        'f(title="제출")',
        'x = _(f"{a}건")',
        'x = f"제출 {a}"',
        'X = {"a": "제출"}',
        '"""제출"""\nx = ["제출"]',
    ],
)
def test_korean_beside_messages_in_a_module_is_found(module: str):
    assert len(beside_messages_in_python(module)) == 1


def test_messages_are_found_however_they_are_said():
    said = '{{ _("제출") }}{{ _("%(n)s번", n=x) }}{% trans n=x|y %}{{ n }}건{% endtrans %}<a title="{{ _(\'접수\') }}">'
    assert in_template(said) == {"제출", "%(n)s번", "%(n)s건", "접수"}
    module = '"""설명"""\nA = WORDS | {"a": "제출"}\nx = f"{_(\'접수\')} · {y}"\nz = _("{n}건").format(n=1)'
    assert in_python(module) == {"제출", "접수", "{n}건"}


def test_words_are_in_the_language_of_the_page():
    assert (words.CLASS["review"], words.of(words.CLASS, "review"), dict(words.CLASS)["review"]) == ("확인필요",) * 3
    speak("en")
    assert (words.CLASS["review"], words.of(words.CLASS, "review"), dict(words.CLASS)["review"]) == ("Review",) * 3
    assert words.of(words.CLASS, "unheard of") == "unheard of"
    assert (words.CLASS | words.GROUP)["selected"] == "Selected"
    assert access_words.purpose("심사 · 내보내기") == "Examination · Export"
    assert access_words.purpose("이름으로 찾기") == "Looking for a name"
    assert access_words.purpose("a purpose nobody has heard of") == "a purpose nobody has heard of"


def test_what_has_no_english_is_said_in_korean_rather_than_not_at_all():
    speak("en")
    assert gettext("아무도 옮기지 않은 말") == "아무도 옮기지 않은 말"
    assert (WORDS | {"x": "아무도 옮기지 않은 말"})["x"] == "아무도 옮기지 않은 말"
    assert gettext("") == ""


def test_korean_that_is_quoted_in_an_english_page_says_that_it_is():
    assert tongue("가나다") == ""
    speak("en")
    assert tongue("가나다") == ' lang="ko"'
    assert tongue("A-1") == ""


async def spoken_to(cookie: str | None) -> tuple[str, str]:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{spoken()} {Request(scope).url.path}")(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(Speaks(app)), base_url="http://desk") as browser:
        if cookie is not None:
            browser.cookies.set(COOKIE, cookie)
        answer = await browser.get("/x")
    return answer.text, answer.headers["content-language"]


@pytest.mark.parametrize("cookie", [None, "", "fr", "en-GB", "../en"])
async def test_who_has_chosen_no_language_of_ours_is_spoken_to_in_korean(cookie: str | None):
    assert await spoken_to(cookie) == ("ko /x", "ko")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_browser_is_spoken_to_in_the_language_it_has_chosen(language: str):
    assert await spoken_to(language) == (f"{language} /x", language)


@pytest.mark.parametrize(
    "address", ["", "//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "/a\n"]
)
def test_choosing_a_language_leads_to_our_own_pages_only(address: str):
    assert own_address(address) == "/queue"


def test_what_is_exported_in_english_comes_back_with_its_decisions():
    speak("en")
    heading = ",".join(columns.QUEUE.values())
    cells = ["R-1", *[""] * (len(columns.QUEUE) - 2), words.DECISION["eligible"]]
    [line] = decisions_file.read(f"{heading}\n{','.join(cells)}\n".encode(), 10)
    assert (line.receipt, line.decision.casefold()) == ("R-1", "eligible")


def test_every_name_in_the_catalogue_that_a_page_shows_is_there_in_both_languages():
    catalog = load()
    kinds = catalog.certificates.values()
    assert [kind.id for kind in kinds if HANGUL.search(kind.english)] == []
    offices = [office for place in catalog.institutions.values() for office in place.offices]
    named: list[Any] = [*catalog.programmes.values(), *catalog.institutions.values(), *offices]
    named += catalog.wallets.values()
    assert [one.id for one in named if HANGUL.search(one.name.en)] == []
