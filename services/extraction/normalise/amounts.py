"""Counts and sums of money. Pure."""

import re
import unicodedata

_INTEGER = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,4}")
_WON = re.compile(r"₩?\s*(-?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4}))\s*원?")


def integer_of(text: str) -> int | None:
    """Return a whole number, with commas in thousands or without."""
    return int(text.replace(",", "")) if _INTEGER.fullmatch(text) else None


def won_of(text: str) -> int | None:
    """Return an amount in 원 (won); None for a lone dash, for commas out of place, and for 천원 or 만원."""
    match = _WON.fullmatch(unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip())
    return int(match.group(1).replace(",", "")) if match else None
