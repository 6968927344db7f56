"""Questions about the world, not about a person: one answer settles every submission that waits on it."""

import re
import unicodedata
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict

Topic = Literal["workplace_in_seoul"]

_FORMS = {"(주)": "주식회사", "(유)": "유한회사", "(사)": "사단법인", "(재)": "재단법인"}
"""Short forms of a legal form, after NFKC has turned ㈜ and full-width brackets into these."""


class Question(BaseModel):
    """Is this workplace there? Two spellings of one firm make one question, equal and of one hash.

    A history prints no number, so a question without one may cover several firms of one name: whoever answers it can
    say that they cannot tell.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: Topic
    name: str
    """As the certificate that was read first spells it."""
    number: str | None = None
    """사업장관리번호 (workplace number) or 사업자등록번호 (business number), where it is known."""

    @cached_property
    def key(self) -> str:
        """What makes it this question: topic, digits of the number, and the name as `firm_key` gives it."""
        return f"{self.topic}|{digits(self.number)}|{firm_key(self.name)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Question) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Answer(BaseModel):
    """What is known about a question, from where, since when and by whom."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    value: Literal["yes", "no", "cannot_tell"]
    source: str
    on: date
    by: str
    """The official, or the name of the register that was imported."""


def firm_key(name: str) -> str:
    """Give a firm's name for comparing: composed, half width, no spaces, lower case, its legal form written out.

    The legal form stays, and where it stands: 주식회사 가나, 유한회사 가나 and 가나 주식회사 may be three firms.
    """
    closed = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    plain = "".join(unicodedata.normalize("NFKC", closed).split())
    for short, form in _FORMS.items():
        plain = plain.replace(short, form)
    return plain


def digits(number: str | None) -> str:
    """Give the digits of a printed number, half width; empty where there is none."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", number or ""), flags=re.ASCII)
