"""Every way the door says no, as RFC 9457 problem details with a stable code, in Korean and English, with a remedy.

`TABLE` is the one table of all codes. A refusal carries a code, where it lies (`part`) and facts from our own side;
never what somebody sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.intake.problems.asking import ASKING
from services.intake.problems.following import FOLLOWING
from services.intake.problems.keys import KEYS
from services.intake.problems.signing import SIGNING
from services.intake.problems.submitting import SUBMITTING
from services.intake.problems.words import Row, Words

TABLE: Mapping[str, Row] = {row.code: row for row in (*SIGNING, *KEYS, *ASKING, *SUBMITTING, *FOLLOWING)}
MEDIA_TYPE = "application/problem+json"


def codes(beginning: str) -> list[str]:
    """Give the codes that begin so."""
    return [code for code in TABLE if code.startswith(beginning)]


@dataclass(frozen=True)
class Refusal:
    """One refusal. `part` names a header, a signature parameter, a body part or a JSON pointer, never a value.

    `facts` fill the texts' braces; `shown` become members of their own, for programs to read.
    """

    code: str
    part: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        """The table's row of this code. Raises `KeyError` for a code that stands in no table: a bug."""
        return TABLE[self.code]


class Refused(Exception):
    """Carries a refusal out of a route to the one place that renders it."""

    def __init__(self, refusal: Refusal) -> None:
        """Take the refusal; the exception's text is its code alone."""
        super().__init__(refusal.code)
        self.refusal = refusal


def _told(words: Words, facts: Mapping[str, str]) -> dict[str, str]:
    return {"title": words.title, "detail": words.detail.format_map(facts), "remedy": words.remedy.format_map(facts)}


def speaks_english(accept_language: str) -> bool:
    """Tell whether an Accept-Language header asks for English before Korean; Korean is what is told otherwise."""
    tags = [tag.strip().lower() for tag in accept_language.split(",")]
    wanted = next((tag for tag in tags if tag.startswith(("ko", "en"))), "ko")
    return wanted.startswith("en")


def body(refusal: Refusal, origin: str, *, english: bool = False) -> dict[str, Any]:
    """Give the problem's members: the standard ones in one language, `translations` in both, and the extensions.

    `origin` is the door's public address, where `type` can be looked up.
    """
    row = refusal.row
    told = {"ko": _told(row.ko, refusal.facts), "en": _told(row.en, refusal.facts)}
    members: dict[str, Any] = {
        "type": f"{origin.rstrip('/')}/v1/problems/{row.code}",
        "status": row.status,
        "code": row.code,
        **told["en" if english else "ko"],
        "translations": told,
    }
    if refusal.part is not None:
        members["part"] = refusal.part
    return {**members, **refusal.shown}
