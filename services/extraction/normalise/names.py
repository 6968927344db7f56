"""Names of people, and texts that say that there is nothing. Pure."""

import re

from services.extraction.normalise.letters import DASH, half_width

_IN_BRACKETS = re.compile(r"\s*[(\[〔（][^)\]〕）]*[)\]〕）]\s*$")
_BETWEEN_LETTERS = frozenset(" .-'’·ㆍ・‧")
_NOT_A_NAME = frozenset({"없음", "해당없음", "해당사항없음", "상동", "본인"})


def only_name(text: str) -> str:
    """Return a person's name without what follows in brackets and, if it is Hangul, without spaces.

    So 김 가 상(金假想) is 김가상, and SMITH JOHN PAUL stays as it is printed.
    """
    name = _IN_BRACKETS.sub("", half_width(text)).strip()
    return name.replace(" ", "") if all("가" <= letter <= "힣" or letter == " " for letter in name) else name


def name_of(text: str) -> str | None:
    """Return the name, or None where the text holds what no name does or says that there is none."""
    name = only_name(text)
    fits = name[:1].isalpha() and all(letter.isalpha() or letter in _BETWEEN_LETTERS for letter in name)
    return name if fits and name not in _NOT_A_NAME else None


def text_of(text: str) -> str | None:
    """Return the text, or None where it is nothing but dashes, which say that there is nothing."""
    return text if text.strip(DASH + " ") else None


def address_of(text: str) -> str | None:
    """Return an address as printed; None for one that ends at a comma or inside brackets: it is only the beginning."""
    cut_off = text.endswith(",") or text.count("(") != text.count(")")
    return None if cut_off else text_of(text)
