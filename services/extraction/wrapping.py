"""Putting a text that was broken over lines together again, and saying how sure that is. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from services.extraction.layout import Word, text_of

_ROOM_FOR_ONE = 1.8
"""Widths of a letter: the letter itself, and the margin a cell may keep."""
_UNSURE = 0.9
"""Confidence where only the break decides whether a space belongs there."""


class Line(NamedTuple):
    """One line of a cell or value, and the right edge of the room it had, where that is known."""

    words: Sequence[Word]
    room: float | None


def unwrap(block: Sequence[Line]) -> tuple[str, float]:
    """Return the lines as one text, and the confidence in its spaces.

    Korean may be broken between words or between any two syllables. Where the next syllable would still have fitted,
    the break was between words and stands for a space; where it would not, the break may be anywhere, and the syllables
    are joined unless letters, digits or a comma say that a word ended.
    """
    text, confidence = text_of(block[0].words), 1.0
    for before, line in pairwise(block):
        last, first, then = before.words[-1], line.words[0], text_of(line.words)
        letter_width = (first.right - first.left) / len(first.text)
        had_room = before.room is not None and before.room - last.right > _ROOM_FOR_ONE * letter_width
        if had_room or _ends_a_word(text[-1], then[0]):
            text += " " + then
        else:
            text, confidence = text + then, _UNSURE
    return text, confidence


def _ends_a_word(last: str, first: str) -> bool:
    """Whether a line never breaks between two such characters inside a word."""
    return last in ",;)" or (last.isascii() and last.isalnum() and first.isascii() and first.isalnum())
