"""The language a page speaks: Korean, as it is written in the code, or another by its catalogue of messages (gettext).

The Korean text is a message's name, so Korean needs no catalogue, and what a catalogue leaves out is said in Korean.
The catalogues in `messages` are read as they stand: nothing is compiled before the desk starts. The language is that of
the request being served, so that nobody who writes a word needs to be handed a language.
"""

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.catalog import Bilingual, CertificateKind

Language = Literal["ko", "en"]
LANGUAGES: Mapping[Language, str] = {"ko": "한국어", "en": "English"}
"""Each by its own name, which is the same in all of them."""
COOKIE = "gubi-language"

_HANGUL = re.compile(r"[\u3131-\uD7A3]")
_MESSAGES = Path(__file__).parent / "messages"
_spoken: ContextVar[Language] = ContextVar("language", default="ko")


def spoken() -> Language:
    """Give the language of the page that is being written."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Write in this language for the rest of this request."""
    _spoken.set(language)


def named(text: str) -> Language | None:
    """Give the language of this code; None where the desk does not speak it."""
    return next((language for language in LANGUAGES if language == text), None)


def gettext(message: str) -> str:
    """Give a message in the language of the page. Named `_` where it is used."""
    return _catalogue(spoken()).gettext(message) if message else ""


def ngettext(one: str, many: str, number: int) -> str:
    """Give one of two messages by a number, in the language of the page."""
    return _catalogue(spoken()).ngettext(one, many, number)


def said(text: Bilingual) -> str:
    """Give what the catalogue says in both languages in that of the page."""
    return text.en if spoken() == "en" else text.ko


def titled(kind: CertificateKind) -> str:
    """Give what a kind of certificate is called; in Korean, as it is printed on it."""
    return kind.english if spoken() == "en" else kind.title


def tongue(text: object) -> Markup:
    """Give the attribute that says a text is Korean where the page is not: one quoted from a certificate or a law."""
    return Markup(' lang="ko"') if spoken() != "ko" and _HANGUL.search(str(text)) else Markup("")


class Words(Mapping[str, str]):
    """What codes are called on a page. Whoever takes a word has it in the language of the page."""

    def __init__(self, korean: Mapping[str, str]) -> None:
        """Take each code's word in Korean."""
        self._korean = dict(korean)

    def __getitem__(self, code: str) -> str:
        """Give a code's word. Raises `KeyError`."""
        return gettext(self._korean[code])

    def __iter__(self) -> Iterator[str]:
        """Give the codes."""
        return iter(self._korean)

    def __len__(self) -> int:
        """Count the codes."""
        return len(self._korean)

    def __or__(self, more: "Mapping[str, str]") -> "Words":
        """Give the words of both; of a code that is in both, the other's. A plain mapping holds Korean words."""
        return Words(self._korean | (more._korean if isinstance(more, Words) else dict(more)))


WORDS = Words({})
"""No words yet: a table of them is `WORDS | {code: word}`."""


class Speaks:
    """Speaks to each browser in the language it has chosen, and says in the answer which that is."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        speak(named(Request(scope).cookies.get(COOKIE, "")) or "ko")

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["content-language"] = spoken()
            await send(message)

        await self._app(scope, receive, told)


@cache
def _catalogue(language: Language) -> NullTranslations:
    if language == "ko":
        return NullTranslations()
    with (_MESSAGES / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)
