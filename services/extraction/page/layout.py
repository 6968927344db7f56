"""Words, ruled lines and cells of a page, as geometry: which words stand on one line, which in one cell. Pure."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple, Self

from shared.catalog.templates import key

Box = tuple[float, float, float, float]
"""left, bottom, right, top in PDF points from the page's lower left corner."""

_SAME_WORD = 0.15
"""A gap of less than this part of the letters' height parts no words."""
_TOUCHING = 1.5
"""Points of gap between two pieces of one rule, at most."""
_ONE_RULE = 2.0
"""Points: two lines no further apart are the edges of one, drawn as a thin box."""
PHRASE_GAP = 0.8
"""A wider gap, in heights, parts two cells of an unruled line."""


CELL_GAP = 0.45
"""No space inside a cell is wider, in heights, but the white space between two cells may be no wider than this."""
_LEVEL = itemgetter(0)


class Word(NamedTuple):
    """Letters without space between them, and where they stand; the coordinates are those of `Box`."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """How high the letters are, with the room above and below that their font gives them."""
        return self.top - self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        """The point halfway across and up."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


class Rule(NamedTuple):
    """A straight line drawn along one axis: `at` on the other axis, from `low` to `high` along its own."""

    at: float
    low: float
    high: float

    def spans(self, place: float) -> bool:
        """Whether the line passes `place`, a coordinate along its own axis."""
        return self.low - 1 <= place <= self.high + 1


class Phrase(NamedTuple):
    """Neighbouring words of a line that belong together: as titles and labels are compared, and the box around them."""

    words: list[Word]
    key: str
    box: Box


@dataclass(frozen=True)
class Page:
    """What one page shows: its words line by line, and its ruled lines in the order of `at`."""

    number: int
    width: float
    height: float
    lines: tuple[list[Word], ...]
    vertical: tuple[Rule, ...] = ()
    horizontal: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, number: int, size: tuple[float, float], words: Iterable[Word], rules: "Rules | None" = None) -> Self:
        """Return the page with its words cut at colons, and its rules joined where they continue each other."""
        pieces = [piece for word in words for piece in _cut_at_colons(word)]
        found = rules or Rules([], [])
        return cls(number, *size, tuple(lines(pieces)), joined(found.vertical), joined(found.horizontal))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words, line by line."""
        return tuple(word for line in self.lines for word in line)

    @cached_property
    def phrases(self) -> list[list[Phrase]]:
        """What each line says, in phrases."""
        return [[_as_phrase(words) for words in phrases(line, self)] for line in self.lines]

    @cached_property
    def cells(self) -> list[list[Phrase]]:
        """What each line says, parted wherever two cells of an unruled table may part."""
        return [[piece for phrase in line for piece in _apart(phrase)] for line in self.phrases]

    @cached_property
    def _by_level(self) -> list[tuple[float, Word]]:
        return sorted((word.middle[1], word) for word in self.words)

    def without(self, boxes: Sequence[Box]) -> "Page":
        """Return the page with the words outside all of `boxes` alone."""
        if not boxes:
            return self
        kept = ([word for word in line if not any(stands_in(word, box) for box in boxes)] for line in self.lines)
        return replace(self, lines=tuple(line for line in kept if line))

    def above(self, line: int) -> "Page":
        """Return the page with its lines above that one alone."""
        return replace(self, lines=self.lines[:line])

    def cell(self, x: float, y: float) -> Box | None:
        """Return the ruled cell around a point, or None where the point is not ruled in on all four sides."""
        left, right = _beside(self.vertical, x, y)
        bottom, top = _beside(self.horizontal, y, x) if left is not None and right is not None else (None, None)
        if left is None or right is None or bottom is None or top is None:
            return None
        return left, bottom, right, top

    def inside(self, box: Box) -> list[Word]:
        """Return the words whose middle lies in `box`, line by line."""
        first = bisect_left(self._by_level, box[1], key=_LEVEL)
        last = bisect_right(self._by_level, box[3], first, key=_LEVEL)
        found = [word for _, word in self._by_level[first:last] if stands_in(word, box)]
        return [word for line in lines(found) for word in line]


class Rules(NamedTuple):
    """Ruled lines as they were drawn."""

    vertical: list[Rule]
    horizontal: list[Rule]


def joined(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return `rules` with those that lie on one line and touch made one; tables are often drawn cell by cell."""
    neighbours: list[list[Rule]] = []
    for rule in sorted(rules):
        if neighbours and rule.at - neighbours[-1][-1].at <= _ONE_RULE:
            neighbours[-1].append(rule)
        else:
            neighbours.append([rule])
    return tuple(rule for group in neighbours for rule in sorted(_joined_along(group)))


def _joined_along(group: Sequence[Rule]) -> list[Rule]:
    found: list[Rule] = []
    for rule in sorted(group, key=itemgetter(1)):  # by where they begin
        for place, other in enumerate(found):
            if abs(rule.at - other.at) <= _ONE_RULE and rule.low <= other.high + _TOUCHING:
                found[place] = Rule(other.at, other.low, max(rule.high, other.high))
                break
        else:
            found.append(rule)
    return found


def lines(words: Iterable[Word]) -> list[list[Word]]:
    """Return the words as lines from top to bottom, each from left to right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word[2] - word[4]):
        if found and _level(found[-1][0], word):
            found[-1].append(word)
        else:
            found.append([word])
    for line in found:
        line.sort(key=itemgetter(1))  # by the left edge
    return found


def phrases(line: Sequence[Word], page: Page, gap: float = PHRASE_GAP) -> list[list[Word]]:
    """Return the words of a line in groups, parted by gaps wider than `gap` heights and by vertical rules."""
    found: list[list[Word]] = []
    for word in line:
        if found and not parted(found[-1][-1], word, page, gap):
            found[-1].append(word)
        else:
            found.append([word])
    return found


def parted(left: Word, right: Word, page: Page, gap: float = PHRASE_GAP) -> bool:
    """Whether a gap wider than `gap` heights, or a vertical rule, stands between two neighbours of a line."""
    space = right.left - left.right
    wide = space > gap * max(left.height, right.height)
    return wide or (space > 1 and ruled_off(left, right, page))


def ruled_off(left: Word, right: Word, page: Page) -> bool:
    """Whether a vertical rule stands between two neighbours of a line."""
    level = (left.bottom + left.top) / 2
    first = bisect_left(page.vertical, (left.right - 1,))
    last = bisect_right(page.vertical, (right.left + 1, math.inf), first)
    return any(low - 1 <= level <= high + 1 for _, low, high in page.vertical[first:last])


def text_of(words: Sequence[Word]) -> str:
    """Return the words of one line as text: a space between words, none where the letters touch."""
    text, before = "", None
    for word in words:
        touching = before is not None and word.left - before.right < _SAME_WORD * word.height
        text += word.text if before is None or touching else f" {word.text}"
        before = word
    return text


def _as_phrase(words: list[Word]) -> Phrase:
    return Phrase(words, key_of(words), around(words))


def _apart(phrase: Phrase) -> list[Phrase]:
    """Return a phrase as the cells that it may be."""
    words = phrase.words
    wide = [
        at for at, (one, other) in enumerate(pairwise(words), 1) if other.left - one.right > CELL_GAP * other.height
    ]
    if not wide:
        return [phrase]
    return [_as_phrase(words[begin:end]) for begin, end in pairwise([0, *wide, len(words)])]


def key_of(words: Sequence[Word]) -> str:
    """Return the words as titles and labels are compared."""
    return key("".join([word.text for word in words]))


def stands_in(word: Word, box: Box) -> bool:
    """Whether the middle of `word` lies in `box`."""
    _, left, bottom, right, top = word
    return box[0] <= (left + right) / 2 <= box[2] and box[1] <= (bottom + top) / 2 <= box[3]


def around(words: Sequence[Word]) -> Box:
    """Return the box around all the words."""
    _, left, bottom, right, top = words[0]
    for word in words[1:]:
        left, bottom, right, top = min(left, word[1]), min(bottom, word[2]), max(right, word[3]), max(top, word[4])
    return left, bottom, right, top


def _beside(rules: tuple[Rule, ...], place: float, along: float) -> tuple[float | None, float | None]:
    """Return where the nearest rules before and behind `place` are, of those that pass `along`."""
    split = bisect_right(rules, (place, math.inf))
    before = next((rule.at for rule in reversed(rules[:split]) if rule.spans(along)), None)
    behind = next((rule.at for rule in rules[split:] if rule.spans(along)), None)
    return before, behind


def _level(one: Word, other: Word) -> bool:
    (_, _, bottom, _, top), (_, _, low, _, high) = one, other
    return min(top, high) - max(bottom, low) > 0.5 * min(top - bottom, high - low)


def _cut_at_colons(word: Word) -> list[Word]:
    """Return `word` with its colons as words of their own, so that `성명:김가상` is label, colon and value."""
    if ":" not in word.text and "：" not in word.text:
        return [word]
    width = (word.right - word.left) / len(word.text)
    return [
        word._replace(text=piece[0], left=word.left + piece.start() * width, right=word.left + piece.end() * width)
        for piece in re.finditer(r"[:：]|[^:：]+", word.text)
    ]
