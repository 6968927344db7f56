"""Days, months, years and spans of them. Pure.

A year has four digits and comes first: what may be read in two ways, as 08.09.2016 or 16-09-08, is not read.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from services.extraction.normalise.letters import DASH, bare, tidy

_DATE = re.compile(
    r"(\d{4})\s*(?:년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일"
    rf"|[{DASH}]\s*(\d{{1,2}})\s*[{DASH}]\s*(\d{{1,2}})"
    r"|\.\s*(\d{1,2})\s*\.\s*(\d{1,2})\s*\.?"
    r"|/\s*(\d{1,2})\s*/\s*(\d{1,2}))"
)
_DIGITS_ONLY = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)")
"""No day-first spelling fits: its year would stand where the month is, and no month is 18, 19 or 20."""
_MONTH = re.compile(
    rf"((?:19|20)\d\d)\s*(?:년\s*(\d{{1,2}})\s*월(?:\s*분)?|[{DASH}]\s*(\d{{1,2}})|\.\s*(\d{{1,2}})\s*\.?|/\s*(\d{{1,2}}))"
)
_YEAR = re.compile(r"((?:19|20)\d\d)\s*(?:년도?)?\s*(?:귀속)?")
_BETWEEN = re.compile(r"\s*[~∼〜～]\s*")
_TO_THE_PRESENT = frozenset({"현재", "현재까지", "재직중"})

Point = TypeVar("Point", date, str)


def date_of(text: str) -> date | None:
    """Return the day that `text`, and nothing beside it, names in any usual spelling; None for an impossible day."""
    plain = tidy(unicodedata.normalize("NFKC", text))
    match = _DATE.fullmatch(plain) or _DIGITS_ONLY.fullmatch(plain)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_of(text: str) -> str | None:
    """Return the month that `text` names, as `2022-05`; None where it names a day, or no month there is."""
    match = _MONTH.fullmatch(tidy(unicodedata.normalize("NFKC", text)))
    if not match:
        return None
    year, month = (part for part in match.groups() if part)
    return f"{year}-{int(month):02d}" if 1 <= int(month) <= 12 else None


def year_of(text: str) -> int | None:
    """Return the year of `2021`, `2021년` or `2021년 귀속`."""
    match = _YEAR.fullmatch(tidy(unicodedata.normalize("NFKC", text)))
    return int(match.group(1)) if match else None


def period_of(text: str) -> tuple[date, date | None] | None:
    """Return the first and the last day of `2021년 3월 2일 ~ 현재`, the last None for 현재 (to the present)."""
    halves = _BETWEEN.split(tidy(text))
    if len(halves) == 2 and bare(halves[1]) in _TO_THE_PRESENT:
        begin = date_of(halves[0].removesuffix("부터"))
        return (begin, None) if begin else None
    return _span(text, date_of)


def months_of(text: str) -> tuple[str, str] | None:
    """Return the first and the last month of `2022.01 ~ 2022.06`."""
    return _span(text, month_of)


def _span(text: str, point_of: Callable[[str], Point | None]) -> tuple[Point, Point] | None:
    """Return both ends; a span that ends before it begins says nothing."""
    halves = _BETWEEN.split(tidy(text))
    if len(halves) != 2:
        return None
    begin, end = point_of(halves[0].removesuffix("부터")), point_of(halves[1].removesuffix("까지"))
    return (begin, end) if begin and end and begin <= end else None
