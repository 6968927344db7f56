"""Values that no rule frames: right of their labels, with the lines that continue them. Pure.

Where the text beside a label may be a label that no template knows, or only a part of the value, there is none.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from services.extraction.labelled.labels import COLONS, Label, Labels, stretches
from services.extraction.page.layout import Box, Page, Word, around, stands_in
from services.extraction.page.wrapping import Line

_AFTER_LABEL = 0.5
"""Heights of gap that part a label from a value whose text does not prove itself."""
_AFTER_COLON = 2.5
"""Heights of gap behind a colon after which no value follows."""
_INSIDE_VALUE = 1.2
"""Heights of gap that no value has inside."""
_NEXT_LINE = 1.2
"""Heights of gap to a line that can still continue the one above."""
_TIGHT = 0.6
"""Heights of gap to a line that can hardly be anything but the next one of the same text."""
_FLUSH = 0.3
"""Heights by which two lines of one text may begin apart."""
_ALIGNED = 1.5
"""Points that two texts set at the same place may differ by."""


class Unruled:
    """One page, the labels on it, and the texts that go with none of them so far."""

    def __init__(self, page: Page, labels: Labels) -> None:
        """Take a page and the labels found on it."""
        self._page = page
        self._labels, self._starts = labels

    def value(self, label: Label, cell: Box | None, *, sure: bool) -> list[Line]:
        """Return the lines right of a label, which stands in `cell` if in any.

        `sure` where the text will prove that it is the value.
        """
        if not label.after:
            return self._centred(label, cell)
        return self._wrapped(label, label.after, cell, sure=sure) if sure or self._is_its_value(label) else []

    def options(self, label: Label, cell: Box | None) -> list[Line]:
        """Return the lines right of a label, the first up to the next label, however far apart its words are."""
        return self._wrapped(label, label.rest, cell, sure=False) if label.rest else []

    @cached_property
    def taken(self) -> set[Word]:
        """The words of all labels, and of what follows each on its line."""
        return {word for label in self._labels for word in (*label.words, label.colon, *label.after) if word}

    @cached_property
    def _loose(self) -> list[list[list[Word]]]:
        """The texts of each line, from top to bottom, that neither are labels nor follow one on it."""
        return [
            [text for words in _runs(line, self.taken) for text in stretches(words, place, self._page, self._starts)]
            for place, line in enumerate(self._page.lines)
        ]

    def _is_its_value(self, label: Label) -> bool:
        """Whether what follows a label is its value, and not a label that no template knows."""
        apart = any(other.left - one.right > _INSIDE_VALUE * one.height for one, other in pairwise(label.after))
        if apart and any(len(word.text) > 1 for word in label.after):
            return False
        first, before = label.after[0], label.colon or label.words[-1]
        gap = first.left - before.right
        if label.colon and gap <= _AFTER_COLON * first.height:
            return True
        if not label.colon and gap <= _AFTER_LABEL * before.height:
            return False
        peers = [
            peer for peer in self._labels if peer.after and peer is not label and bool(peer.colon) == bool(label.colon)
        ]
        if any(_as_far(peer, label) for peer in peers):
            return True
        values = sorted(peer.after[0].left for peer in peers if _same_left(peer, label))
        in_a_column = any(other - one < _ALIGNED for one, other in pairwise(values))
        a_label_begins = any(abs(other.words[0].left - first.left) < _ALIGNED for other in self._labels)
        return not (label.colon or in_a_column or a_label_begins) and label.after == label.rest

    def _wrapped(self, label: Label, value: list[Word], cell: Box | None, *, sure: bool) -> list[Line]:
        """Return an unruled value with the lines that continue it; nothing where it is in doubt which those are."""
        height, found = value[0].height, [value]
        for text in self._beside_or_below(label, value[0], cell):
            first, gap = text[0], found[-1][0].bottom - text[0].top
            if abs(first.left - value[0].left) <= _FLUSH * height:
                if (nearest := self._nearest(text)) is not label:
                    # Between two values it is of the one that it stands closer to, whichever label is nearer.
                    below = first.bottom - (nearest.after or nearest.words)[0].top if nearest else gap
                    if not -0.2 * height <= gap < min(below, _NEXT_LINE * height):
                        continue
                    found.append(text)
                    continue
                over = first.bottom - value[0].top
                if 0 <= over < _NEXT_LINE * height:
                    if self._white_above(first) < over - 0.1 * height:
                        continue  # the last line of the value above
                    return self._centred(label, cell)
                if -0.2 * height <= gap < _NEXT_LINE * height:
                    found.append(text)
            elif label.colon and not sure and -0.2 * height <= gap < _NEXT_LINE * height and not _has_colon(text):
                # It may go on below the colon, or where the label begins, as running text does: where the next word had
                # no room above.
                hangs = abs(first.left - label.colon.left) <= _FLUSH * height
                flows = abs(first.left - label.words[0].left) <= _FLUSH * height
                full = found[-1][-1].right + (first.right - first.left) > self._limit(value)
                if hangs or (flows and full and gap < _TIGHT * height):
                    found.append(text)
                elif full or gap < _TIGHT * height:
                    return []
        return [Line(line, self._column(value)) for line in found]

    def _centred(self, label: Label, cell: Box | None) -> list[Line]:
        """Return an unruled value of several lines that its label stands in the middle of."""
        starts = {other.after[0].left for other in self._labels if other.after and other is not label}
        level, height = label.words[0].middle[1], label.words[0].height
        texts = [label.after] if label.after else []
        for line in self._loose:
            for text in line:
                flush = any(abs(start - text[0].left) < _ALIGNED for start in starts)
                level_with = abs(text[0].middle[1] - level) < 4 * height and (not cell or stands_in(text[0], cell))
                if flush and level_with and self._nearest(text) is label:
                    texts.append(text)
        texts.sort(key=lambda text: -text[0].top)
        if len(texts) < 2 or any(abs(one[0].left - texts[0][0].left) > _FLUSH * height for one in texts):
            return []
        gaps = [one[0].bottom - other[0].top for one, other in pairwise(texts)]
        middle = (texts[0][0].top + texts[-1][0].bottom) / 2
        if abs(middle - level) > _ALIGNED or max(gaps) - min(gaps) > _ALIGNED or max(gaps) > _TIGHT * height:
            return []
        return [Line(text, self._column(text)) for text in texts]

    def _white_above(self, first: Word) -> float:
        """Return how far above a text the next one ends that is flush with it; infinity where there is none."""
        texts = [text[0] for line in self._loose for text in line] + [one.after[0] for one in self._labels if one.after]
        flush = (text for text in texts if abs(text.left - first.left) <= _FLUSH * first.height)
        return min((text.bottom - first.top for text in flush if text.bottom > first.middle[1]), default=float("inf"))

    def _column(self, value: Sequence[Word]) -> tuple[float, float] | None:
        """Return how far a value can go, to a margin as wide as the left one, if no label stands further right."""
        left = value[0].left
        if any(label.words[0].left > left for label in self._labels):
            return None
        return left, self._page.width - min(line[0].left for line in self._page.lines)

    def _beside_or_below(self, label: Label, value: Word, cell: Box | None) -> Iterator[list[Word]]:
        """Yield the texts of one size that stand under or over a label and begin no further right than its value.

        One that has another left of it there is that one's value: it stands beside a label that no template knows.
        """
        left, right = label.words[0].left, value.left + _FLUSH * value.height
        for line in self._loose:
            here = [text for text in line if text[-1].right > left and text[0].left <= right]
            same_size = here and abs(here[0][0].height - value.height) <= 0.2 * value.height
            if same_size and (not cell or stands_in(here[0][0], cell)):
                yield here[0]

    def _limit(self, value: Sequence[Word]) -> float:
        """Return how far to the right a value can go: to the next label with a colon, or as far as any text does."""
        labels = [label.words[0].left for label in self._labels if label.colon]
        return min((left for left in labels if left > value[-1].right), default=self._right)

    @cached_property
    def _right(self) -> float:
        return max((line[-1].right for line in self._page.lines), default=self._page.width)

    def _nearest(self, text: list[Word]) -> Label | None:
        """Return the label whose value a text may continue, the nearest one; of two as near, the upper."""
        level = text[0].middle[1]
        distances = [
            (round(abs(label.words[0].middle[1] - level)), -label.words[0].top, label)
            for label in self._labels
            if label.words[-1].right < text[0].left and self._may_own(label, text[0])
        ]
        return min(distances, key=lambda distance: distance[:2])[2] if distances else None

    def _may_own(self, label: Label, first: Word) -> bool:
        """Whether a text may be of a label's value: flush with it or, where there is none, with no label between."""
        if label.after:
            return abs(label.after[0].left - first.left) <= _FLUSH * first.height
        level = label.words[0].middle[1]
        return not label.heads and not any(
            label.words[-1].right < other.words[0].left < first.left
            and other.words[0].bottom < level < other.words[0].top
            for other in self._labels
        )


def _runs(line: Sequence[Word], taken: set[Word]) -> Iterator[list[Word]]:
    """Yield the neighbours of a line between the words that are taken."""
    run: list[Word] = []
    for word in line:
        if word not in taken:
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _has_colon(words: Sequence[Word]) -> bool:
    return any(word.text in COLONS for word in words)


def _same_left(one: Label, other: Label) -> bool:
    """Whether two labels begin above each other."""
    return abs(one.words[0].left - other.words[0].left) < _ALIGNED


def _as_far(one: Label, other: Label) -> bool:
    """Whether the values of two labels begin, or are centred, at one place, or are as far from their labels."""
    (left, _, right, _), (other_left, _, other_right, _) = around(one.after), around(other.after)
    offset, other_offset = left - one.words[0].left, other_left - other.words[0].left
    distance, other_distance = left - one.words[-1].right, other_left - other.words[-1].right
    centred = _same_left(one, other) and abs(left + right - other_left - other_right) < _ALIGNED
    return centred or abs(offset - other_offset) < _ALIGNED or abs(distance - other_distance) < _ALIGNED
