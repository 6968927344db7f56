"""How wide words come out in NanumGothic, and how wide the columns of a table must be for them. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain

from services.wallet_simulator.samples.paper import Table

_HANGUL, _DIGIT, _CAPITAL, _SMALL, _SIGN, _SPACE = 0.98, 0.63, 0.8, 0.58, 0.4, 0.3
"""Advances in widths of a letter, a little more than the font's, so that what is said to fit does fit."""
_STAYS_WHOLE = 9.0
"""Widths of a letter: a line no wider is never broken, so that no date and no number is."""
_SMALLEST = 6.5
"""Points."""


def width(text: str, size: float) -> float:
    """The width of `text` in points at that size, at most a few in a hundred too much."""
    return size * sum(map(_advance, unicodedata.normalize("NFC", text)))


def _advance(letter: str) -> float:
    if letter > "\u02ff":
        return _HANGUL
    if letter.isdigit() or letter in "*~#":
        return _DIGIT
    if letter.isupper():
        return _CAPITAL
    return _SMALL if letter.islower() else _SPACE if letter == " " else _SIGN


def column_widths(table: Table, room: float, size: float, margin: float) -> tuple[list[float], float]:
    """The widths in points of the columns of `table`, filling `room`, and the size of type they are for.

    By the weights of its columns, but none narrower than what must not be broken in it with `margin` points on either
    side; where that takes more than there is room for, the type is set smaller.
    """
    columns = [list(chain.from_iterable(cell.split("\n") for cell in column)) for column in _columns(table)]
    while True:
        least = [max((_unbroken(line, size) for line in lines), default=0.0) + 2 * margin for lines in columns]
        if sum(least) <= room or size <= _SMALLEST:
            return _shared(least, [column.weight for column in table.columns], room), size
        size -= 0.5


def _columns(table: Table) -> Iterable[tuple[str, ...]]:
    rows = (tuple(column.header for column in table.columns), *table.rows)
    return zip(*rows, *([table.foot] if table.foot else []), strict=True)


def _unbroken(line: str, size: float) -> float:
    """The width of what is never broken in that line: all of a short one, of a long one its longest word."""
    whole = width(line, size)
    if whole <= _STAYS_WHOLE * size:
        return whole
    words = (
        min(width(word, size), _STAYS_WHOLE * size) if _is_hangul(word) else width(word, size) for word in line.split()
    )
    return max(words)


def _is_hangul(word: str) -> bool:
    return any(letter > "\u10ff" for letter in word)


def _shared(least: Sequence[float], weights: Sequence[float], room: float) -> list[float]:
    """`room` shared out by weight, each getting no less than its least, the others the less for it."""
    fixed: dict[int, float] = {}
    while True:
        left = room - sum(fixed.values())
        unit = left / (sum(weight for place, weight in enumerate(weights) if place not in fixed) or 1)
        short = {
            place: least[place]
            for place, weight in enumerate(weights)
            if place not in fixed and weight * unit < least[place]
        }
        if not short:
            return [fixed.get(place, weight * unit) for place, weight in enumerate(weights)]
        fixed |= short
