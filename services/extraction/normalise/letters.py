"""What every normaliser reads text with: one composition, one width of digits, every printed dash. Pure."""

import re
import unicodedata

DASH = "-\uff0d\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
"""Every dash, hyphen and minus that is printed for a hyphen; the plain one first, as a class of letters wants it."""
_WIDE_DIGIT = re.compile(r"(?![0-9])\d")
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def tidy(text: str) -> str:
    """Return `text` composed (NFC), without control characters, and with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isprintable():
        composed = "".join(letter for letter in composed if letter.isprintable() or letter.isspace())
    return " ".join(composed.split())


def narrow_digits(text: str) -> str:
    """Return `text` with every digit as one of 0 to 9."""
    return text if text.isascii() else _WIDE_DIGIT.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)


def half_width(text: str) -> str:
    """Return `text` with full-width Latin letters, digits and signs half as wide, and everything else as it is."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def bare(text: str) -> str:
    """Return `text` folded by NFKC and without any space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
