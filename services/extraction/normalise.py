"""From printed text to a value: one function for each type a template can name. Pure; doubt is None, never a guess.

The back part of a 주민등록번호 (RRN, resident registration number) leaves no function of this module.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from pydantic import JsonValue

from shared.catalog.templates import ValueType

OLDEST = 115
"""Years: nobody is taken to be older when a two-digit year of birth could mean two centuries."""

_DASH = "-\uff0d\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_MASK = "*＊●○•xX×"
_RRN = re.compile(rf"(?<!\d)(\d{{6}})\s*[{_DASH}]\s*([\d{_MASK}])([\d{_MASK}]{{6}})(?![\d{_MASK}])")
_SHORTEST_RRN = 13
_RRN_WITHOUT_DASH = re.compile(r"(?<!\d)(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{7}(?!\d)")
_WIDE_DIGIT = re.compile(r"(?![0-9])\d")
_DATE = re.compile(
    r"(\d{4})\s*(?:년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일"
    rf"|[{_DASH}]\s*(\d{{1,2}})\s*[{_DASH}]\s*(\d{{1,2}})"
    r"|\.\s*(\d{1,2})\s*\.\s*(\d{1,2})\s*\.?"
    r"|/\s*(\d{1,2})\s*/\s*(\d{1,2}))"
)
_CENTURY = dict.fromkeys("90", 1800) | dict.fromkeys("1256", 1900) | dict.fromkeys("3478", 2000)
"""By the 7th digit of an RRN; 5 to 8 are foreigners."""
_TO_THE_PRESENT = frozenset({"현재", "현재까지", "재직중"})


class Value(NamedTuple):
    """A normalised value; `end` is the second value of a period."""

    value: JsonValue
    end: JsonValue = None


def normalise(text: str, as_type: ValueType, on: date | None) -> Value | None:
    """Return what `text` says as a value of that type, or None where it says nothing certain.

    `on` is the day the certificate was issued; a birth year of two digits is read by it.
    """
    return _NORMALISERS[as_type](mask_rrn(text), text, on)


def tidy(text: str) -> str:
    """Return `text` composed (NFC), without control characters, and with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isprintable():
        composed = "".join(letter for letter in composed if letter.isprintable() or letter.isspace())
    return " ".join(composed.split())


def mask_rrn(text: str) -> str:
    """Return `text`, tidied, with the back part of every RRN in it replaced by seven asterisks."""
    half_width = _narrow_digits(tidy(text))
    if len(half_width) < _SHORTEST_RRN:
        return half_width
    return _RRN_WITHOUT_DASH.sub(r"\1-*******", _RRN.sub(r"\1-*******", half_width))


def date_of(text: str) -> date | None:
    """Return the day that `text`, and nothing beside it, names in any usual spelling; None for an impossible day."""
    match = _DATE.fullmatch(tidy(unicodedata.normalize("NFKC", text)))
    return _day(match) if match else None


def only_name(text: str) -> str:
    """Return a person's name without Chinese characters in brackets and, if it is Hangul, without spaces."""
    name = re.sub(r"\s*\([^)]*\)\s*$", "", unicodedata.normalize("NFKC", text)).strip()
    return name.replace(" ", "") if all("가" <= letter <= "힣" or letter == " " for letter in name) else name


def _narrow_digits(text: str) -> str:
    return text if text.isascii() else _WIDE_DIGIT.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)


def _day(match: re.Match[str]) -> date | None:
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _text(masked: str, _raw: str, _on: date | None) -> Value | None:
    return Value(masked) if masked else None


def _number(masked: str, _raw: str, _on: date | None) -> Value | None:
    number = "".join(unicodedata.normalize("NFKC", masked).split())
    number = re.sub(r"^제(.+)호$", r"\1", number)
    return Value(number) if re.search(r"\d", number) else None


def _name(masked: str, _raw: str, _on: date | None) -> Value | None:
    name = only_name(masked)
    return Value(name) if name and all(letter.isalpha() or letter in " .-'·" for letter in name) else None


def _date(masked: str, _raw: str, _on: date | None) -> Value | None:
    day = date_of(masked)
    return Value(day.isoformat()) if day else None


def _period(masked: str, _raw: str, _on: date | None) -> Value | None:
    """`2021년 3월 2일 ~ 현재`, or with a last day; one that ends before it begins says nothing."""
    halves = re.split(r"\s*[~∼〜～]\s*", unicodedata.normalize("NFC", masked))
    if len(halves) != 2 or not (begin := date_of(halves[0].removesuffix("부터"))):
        return None
    if "".join(halves[1].split()) in _TO_THE_PRESENT:
        return Value(begin.isoformat(), None)
    end = date_of(halves[1].removesuffix("까지"))
    return Value(begin.isoformat(), end.isoformat()) if end and begin <= end else None


def _birth_date(_masked: str, raw: str, on: date | None) -> Value | None:
    """The birth date of an RRN or of a printed date."""
    text = _narrow_digits(tidy(raw))
    if day := date_of(text):
        return Value(day.isoformat())
    match = _RRN.fullmatch(text)
    if not match:
        return None
    front, sex_digit = match.group(1), match.group(2)
    centuries = (_CENTURY[sex_digit],) if sex_digit in _CENTURY else (1900, 2000)
    days = [day for century in centuries if (day := _born(century, front)) and (len(centuries) == 1 or _alive(day, on))]
    return Value(days[0].isoformat()) if len(days) == 1 else None


def _born(century: int, front: str) -> date | None:
    try:
        return date(century + int(front[:2]), int(front[2:4]), int(front[4:]))
    except ValueError:
        return None


def _alive(born: date, on: date | None) -> bool:
    return on is None or (born <= on and on.year - born.year <= OLDEST)


def _business_number(masked: str, _raw: str, _on: date | None) -> Value | None:
    """사업자등록번호 as `###-##-#####`; its check digit is a warning elsewhere, never a reason to leave it out."""
    match = re.fullmatch(rf"(\d{{3}})[{_DASH}]?(\d{{2}})[{_DASH}]?(\d{{5}})", "".join(masked.split()))
    return Value("-".join(match.groups())) if match else None


def _integer(masked: str, _raw: str, _on: date | None) -> Value | None:
    match = re.fullmatch(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,4}", masked)
    return Value(int(masked.replace(",", ""))) if match else None


_NORMALISERS: dict[ValueType, Callable[[str, str, date | None], Value | None]] = {
    "text": _text,
    "number": _number,
    "name": _name,
    "address": _text,
    "date": _date,
    "period": _period,
    "rrn": _birth_date,
    "business_number": _business_number,
    "integer": _integer,
}
