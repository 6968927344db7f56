"""Numbers that name a person, a firm or a document. Pure.

The back part of a 주민등록번호 (RRN, resident registration number) leaves no function of this module.
"""

import re
import unicodedata
from datetime import date

from services.extraction.normalise.dates import date_of
from services.extraction.normalise.letters import DASH, bare, narrow_digits, tidy

OLDEST = 115
"""Years: nobody is taken to be older when a two-digit year of birth could mean two centuries."""

_MASK = "*＊●○•xX×"
_RRN = re.compile(rf"(?<!\d)(\d{{6}})\s*[{DASH}]\s*([\d{_MASK}])([\d{_MASK}]{{6}})(?![\d{_MASK}])")
_SHORTEST_RRN = 13
_RRN_WITHOUT_DASH = re.compile(r"(?<!\d)(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{7}(?!\d)")
_CENTURY = dict.fromkeys("90", 1800) | dict.fromkeys("1256", 1900) | dict.fromkeys("3478", 2000)
"""By the 7th digit of an RRN; 5 to 8 are foreigners."""
_BUSINESS = re.compile(rf"(\d{{3}})[{DASH}]?(\d{{2}})[{DASH}]?(\d{{5}})")
_WORKPLACE = re.compile(rf"(\d{{3}})([{DASH}]?)(\d{{2}})\2(\d{{5}})\2(\d)")
_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def mask_rrn(text: str) -> str:
    """Return `text`, tidied, with the back part of every RRN in it replaced by seven asterisks."""
    half_width = narrow_digits(tidy(text))
    if len(half_width) < _SHORTEST_RRN:
        return half_width
    return _RRN_WITHOUT_DASH.sub(r"\1-*******", _RRN.sub(r"\1-*******", half_width))


def birth_date_of(text: str, on: date | None) -> date | None:
    """Return the birth date of an RRN, masked or not, or of a printed date.

    Where the 7th digit is masked the century is the one in which somebody alive on day `on` can be born, if only one.
    """
    plain = narrow_digits(tidy(text))
    if day := date_of(plain):
        return day
    match = _RRN.fullmatch(plain)
    if not match:
        return None
    front, sex_digit = match.group(1), match.group(2)
    centuries = (_CENTURY[sex_digit],) if sex_digit in _CENTURY else (1900, 2000)
    days = [day for century in centuries if (day := _born(century, front)) and (len(centuries) == 1 or _alive(day, on))]
    return days[0] if len(days) == 1 else None


def document_number_of(text: str) -> str | None:
    """Return the number of a certificate without spaces and without 제…호; None where it has no digit, or is masked."""
    number = re.sub(r"^제(.+)호$", r"\1", bare(text))
    return number if re.search(r"\d", number) and "*" not in number else None


def business_number_of(text: str) -> str | None:
    """Return a 사업자등록번호 as `###-##-#####`, whatever its check digit says."""
    match = _BUSINESS.fullmatch("".join(text.split()))
    return "-".join(match.groups()) if match else None


def workplace_number_of(text: str) -> str | None:
    """Return a 사업장관리번호 as `###-##-#####-#`, whatever its check digit says."""
    match = _WORKPLACE.fullmatch("".join(text.split()))
    return "-".join(match.group(1, 3, 4, 5)) if match else None


def check_digit_fits(number: str) -> bool:
    """Whether the tenth digit of a business number, or of a workplace number, follows from the nine before it."""
    digits = [int(digit) for digit in unicodedata.normalize("NFKC", number) if digit.isdigit()]
    total = sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


def _born(century: int, front: str) -> date | None:
    try:
        return date(century + int(front[:2]), int(front[2:4]), int(front[4:]))
    except ValueError:
        return None


def _alive(born: date, on: date | None) -> bool:
    return on is None or (born <= on and on.year - born.year <= OLDEST)
