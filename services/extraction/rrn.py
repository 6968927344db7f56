"""Resident registration numbers (주민등록번호, RRN) in text: where their back parts stand, and text without. Pure."""

import re
import unicodedata

from pydantic import JsonValue

_DASH = "-\u00ad\uff0d\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u0002\ufffe"
"""The last two are how PDFium gives a hyphen at the end of a line."""
_MASK = "*＊●○•xX×"
_WHOLE = re.compile(
    r"(?<!\d)(?=\d\s?\d\s?(?:0\s?[1-9]|1\s?[0-2])\s?(?:0\s?[1-9]|[12]\s?\d|3\s?[01])"
    rf"\s*[{_DASH}]?\s*(\d(?:\s?[\d{_MASK}]){{6}})(?!\d))"
)
"""A birth date and seven more places, also letter-spaced or over two lines; each place in the text is tried, so that
nothing that only looks like one hides one."""
_SHORTEST = 13
_WIDE_DIGIT = re.compile(r"(?![0-9])\d")


def back_parts(text: str) -> list[tuple[int, int]]:
    """Return where in `text` back parts stand that show more than the digit of sex, as spans."""
    if len(text) < _SHORTEST:
        return []
    narrow = text if text.isascii() else _WIDE_DIGIT.sub(_narrow, text)
    found = (match.span(1) for match in _WHOLE.finditer(narrow))
    return [(start, end) for start, end in found if any(letter.isdigit() for letter in narrow[start + 1 : end])]


def without_back_parts(value: JsonValue) -> JsonValue:
    """Return `value` with asterisks in the place of every back part in a text of it."""
    match value:
        case str():
            for start, end in back_parts(value):
                value = value[:start] + "*" * (end - start) + value[end:]
            return value
        case list():
            return [without_back_parts(part) for part in value]
        case dict():
            return {name: without_back_parts(part) for name, part in value.items()}
    return value


def _narrow(digit: re.Match[str]) -> str:
    return str(unicodedata.decimal(digit.group()))
