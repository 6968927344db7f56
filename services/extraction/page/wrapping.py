"""Putting a text that was broken over lines together again, and saying whether its spaces are sure. Pure.

Some producers break lines between words alone, others between any two syllables. Where a line ends full, only the rest
of the document tells which it was, and so whether a space belongs there.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from services.extraction.page.layout import Word, text_of
from shared.catalog.templates import key

_MARGIN, _SURE_MARGIN = 0.2, 0.5
"""Widths of a letter by which a text must at least have fitted: for one break, and to say it of a whole document."""
_UNSURE = 0.9
"""Confidence where only the break decides whether a space belongs there."""
_FIRST_OF_LINE = re.compile(r"[(\[〔「『]*.[^가-힣]*")
"""What a line can begin with at least: a syllable, and the signs that must not be parted from it."""


class Line(NamedTuple):
    """One line of a cell or value."""

    words: Sequence[Word]
    column: tuple[float, float] | None = None
    """The left and right edge of the column it stands in, if it stands in one."""
    ruled: bool = False
    """Whether rules say where the edges are, and not white space, which is less sure."""

    @property
    def width(self) -> float:
        """How far it goes from left to right."""
        return self.words[-1].right - self.words[0].left


class Breaks:
    """How one document breaks its lines, by all the texts in it."""

    def __init__(self, *groups: Iterable[Sequence[Line]], whole: Iterable[str] = ()) -> None:
        """Learn how wide the columns are, and whether words stay whole.

        A group are the texts of one table, or of all labelled values, each as its lines: they keep one margin. `whole`
        are other texts that stand on one line.
        """
        self._widest: dict[object, float] = {}
        blocks = [[block for block in group if block] for group in groups]
        self._elsewhere = {key(text): text for text in whole}
        for group in blocks:
            self._measure([line for block in group for line in block])
        self._between_words_only = any(
            self._shows(*both) for group in blocks for block in group for both in pairwise(block)
        )
        for text, confidence in (self.unwrap(block) for group in blocks for block in group):
            if confidence == 1:
                self._elsewhere.setdefault(key(text), text)

    def unwrap(self, block: Sequence[Line]) -> tuple[str, float]:
        """Return the lines as one text, and the confidence in its spaces.

        Korean may be broken between words or between any two syllables. Where the next syllable would still have
        fitted, or the document breaks no word, the break stands for a space; else it may be anywhere, and the syllables
        are joined unless letters, digits or a comma say that a word ended, or the same text stands elsewhere unbroken.
        """
        text, confidence = text_of(block[0].words), 1.0
        for before, line in pairwise(block):
            then = text_of(line.words)
            # A word that fills a line by itself may have been broken because it is too long for any.
            whole = self._between_words_only and len(before.words) > 1
            if whole or self._left(before, line) > _MARGIN or _ends_a_word(text[-1], then[0]):
                text += " " + then
            else:
                text, confidence = text + then, _UNSURE
        if confidence < 1 and (same := self._elsewhere.get(key(text))):
            return same, 1.0
        return text, confidence

    def _measure(self, lines: Sequence[Line]) -> None:
        """Note how wide a line can be in each column: as wide as one is, and as the column without its margins."""
        for line in lines:
            self._widen(line, line.width)
        for ruled in (True, False):
            inside = [(line, line.column) for line in lines if line.column and line.ruled is ruled]
            gaps = [min(line.words[0].left - left, right - line.words[-1].right) for line, (left, right) in inside]
            for line, (left, right) in inside:
                unsure = 0.0 if ruled else line.words[0].height
                self._widen(line, right - left - 2 * max(min(gaps), 0.0) - unsure)

    def _widen(self, line: Line, width: float) -> None:
        self._widest[_column(line)] = max(self._widest.get(_column(line), 0.0), width)

    def _shows(self, before: Line, line: Line) -> bool:
        """Whether a break shows that words stay whole: the next syllable would have fitted, the next word would not.

        The second tells it from lines that end for another reason, as a name above a number.
        """
        first = line.words[0]
        no_room_for_the_word = self._widest.get(_column(before), 0.0) - before.width < first.right - first.left
        return no_room_for_the_word and self._left(before, line) > _SURE_MARGIN

    def _left(self, before: Line, line: Line) -> float:
        """Return how many letters would have been left behind a line, at least, had the next one begun there."""
        first = line.words[0]
        letter = (first.right - first.left) / len(first.text)
        beginning = _FIRST_OF_LINE.match("".join(word.text for word in line.words))
        room = (self._widest.get(_column(before), 0.0) - before.width) / letter
        return room - len(beginning.group() if beginning else first.text)


def unwrap(block: Sequence[Line]) -> tuple[str, float]:
    """Return the lines as one text, and the confidence in its spaces, of a document of which nothing else is known."""
    return Breaks().unwrap(block)


def _column(line: Line) -> object:
    """Return what lines of one width share: their column or, without one, where they begin."""
    return line.column or round(line.words[0].left)


def _ends_a_word(last: str, first: str) -> bool:
    """Whether a line never breaks between two such characters inside a word."""
    return last in ",;)" or (last.isascii() and last.isalnum() and first.isascii() and first.isalnum())
