"""From printed text to a value: one function for each type a template can name. Pure; doubt is None, never a guess.

    normalise("2016. 9. 8.", "date", None)         # Value("2016-09-08")
    normalise("900101-1******", "rrn", issued_on)  # Value("1990-01-01")
    normalise("■ 생계급여 □ 의료급여", "ticks", None, {"생계급여": "livelihood", "의료급여": "medical"})

The back part of a 주민등록번호 (RRN, resident registration number) leaves no function of this package.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from pydantic import JsonValue

from services.extraction.normalise import amounts, choices, dates, identifiers, names
from services.extraction.normalise.dates import date_of
from services.extraction.normalise.identifiers import check_digit_fits, mask_rrn
from services.extraction.normalise.letters import tidy
from services.extraction.normalise.names import only_name
from shared.catalog.templates import ValueType

__all__ = ["Value", "check_digit_fits", "date_of", "mask_rrn", "normalise", "only_name", "tidy"]

_NO_CODES: Mapping[str, str] = MappingProxyType({})


class Value(NamedTuple):
    """A normalised value; `end` is the second value of a period."""

    value: JsonValue
    end: JsonValue = None


def normalise(text: str, as_type: ValueType, on: date | None, codes: Mapping[str, str] = _NO_CODES) -> Value | None:
    """Return what `text` says as a value of that type, or None where it says nothing certain.

    `on` is the day the certificate was issued; a birth year of two digits is read by it. `codes` are the options of a
    `choice` or of `ticks`: printed text to code.
    """
    if as_type == "rrn":
        return _value(identifiers.birth_date_of(text, on))
    masked = mask_rrn(text)
    match as_type:
        case "choice":
            return _value(choices.choice_of(masked, codes))
        case "ticks":
            ticked = choices.ticks_of(masked, codes)
            return Value([*ticked]) if ticked else None
        case "period" | "month_period":
            span = dates.period_of(masked) if as_type == "period" else dates.months_of(masked)
            return Value(_json(span[0]), _json(span[1])) if span else None
    return _value(_PLAIN[as_type](masked))


def _value(found: str | int | date | None) -> Value | None:
    return None if found is None else Value(_json(found))


def _json(found: str | int | date | None) -> str | int | None:
    return found.isoformat() if isinstance(found, date) else found


_PLAIN: Mapping[str, Callable[[str], str | int | date | None]] = {
    "text": names.text_of,
    "address": names.address_of,
    "name": names.name_of,
    "number": identifiers.document_number_of,
    "date": dates.date_of,
    "month": dates.month_of,
    "year": dates.year_of,
    "business_number": identifiers.business_number_of,
    "workplace_number": identifiers.workplace_number_of,
    "integer": amounts.integer_of,
    "won": amounts.won_of,
}
