"""Words, ruled lines and cells of a page, as geometry: which words stand on one line, which in one cell. Pure."""

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, Self

from shared.catalog.templates import key

Box = tuple[float, float, float, float]
"""left, bottom, right, top in PDF points from the page's lower left corner."""

_SAME_WORD = 0.15
"""A gap of less than this part of the letters' height parts no words."""
PHRASE_GAP = 0.8
"""A wider gap, in heights, parts two cells of an unruled line."""


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


class Page(NamedTuple):
    """What one page shows: its words in no particular order, and its ruled lines."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    vertical: tuple[Rule, ...] = ()
    horizontal: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, number: int, size: tuple[float, float], words: Iterable[Word], rules: "Rules | None" = None) -> Self:
        """Return the page with its words cut at colons, and its rules joined where they continue each other."""
        pieces = tuple(piece for word in words for piece in _cut_at_colons(word))
        found = rules or Rules([], [])
        return cls(number, *size, pieces, joined(found.vertical), joined(found.horizontal))

    def cell(self, x: float, y: float) -> Box | None:
        """Return the ruled cell around a point, or None where the point is not ruled in on all four sides."""
        lefts = [rule.at for rule in self.vertical if rule.at <= x and rule.spans(y)]
        rights = [rule.at for rule in self.vertical if rule.at > x and rule.spans(y)]
        bottoms = [rule.at for rule in self.horizontal if rule.at <= y and rule.spans(x)]
        tops = [rule.at for rule in self.horizontal if rule.at > y and rule.spans(x)]
        if not (lefts and rights and bottoms and tops):
            return None
        return max(lefts), max(bottoms), min(rights), min(tops)

    def inside(self, box: Box) -> list[Word]:
        """Return the words whose middle lies in `box`, line by line."""
        found = [word for word in self.words if stands_in(word, box)]
        return [word for line in lines(found) for word in line]


class Rules(NamedTuple):
    """Ruled lines as they were drawn."""

    vertical: list[Rule]
    horizontal: list[Rule]


def joined(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return `rules` with those that lie on one line and touch made one; tables are often drawn cell by cell."""
    found: list[Rule] = []
    for rule in sorted(rules):
        for place in range(len(found) - 1, -1, -1):
            other = found[place]
            if rule.at - other.at > 1:
                found.append(rule)
                break
            if rule.low <= other.high + 1.5 and other.low <= rule.high + 1.5:
                found[place] = Rule(other.at, min(rule.low, other.low), max(rule.high, other.high))
                break
        else:
            found.append(rule)
    return tuple(found)


def lines(words: Iterable[Word]) -> list[list[Word]]:
    """Return the words as lines from top to bottom, each from left to right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.bottom - word.top):
        if found and _level(found[-1][0], word):
            found[-1].append(word)
        else:
            found.append([word])
    for line in found:
        line.sort(key=itemgetter(1))  # by the left edge
    return found


def phrases(line: Sequence[Word], page: Page) -> list[list[Word]]:
    """Return the words of a line in groups, parted by wide gaps and by vertical rules."""
    found: list[list[Word]] = []
    for word in line:
        if found and not parted(found[-1][-1], word, page):
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
    low, high, level = left.right - 1, right.left + 1, (left.bottom + left.top) / 2
    return any(low <= at <= high and bottom - 1 <= level <= top + 1 for at, bottom, top in page.vertical)


def text_of(words: Sequence[Word]) -> str:
    """Return the words of one line as text: a space between words, none where the letters touch."""
    text, before = "", None
    for word in words:
        touching = before is not None and word.left - before.right < _SAME_WORD * word.height
        text += word.text if before is None or touching else f" {word.text}"
        before = word
    return text


def key_of(words: Sequence[Word]) -> str:
    """Return the words as titles and labels are compared."""
    return key("".join(word.text for word in words))


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
