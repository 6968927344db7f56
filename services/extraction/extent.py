"""How far a table goes on its page: to where its rules end, or, unruled, to a wide gap or a text across. Pure."""

from itertools import pairwise
from typing import NamedTuple

from services.extraction.headers import Header
from services.extraction.layout import Box, Page, Word, around, lines, phrases, stands_in

_ROW_GAP = 4.0
"""Heights of white space between two rows of an unruled table, at most."""
_WRAP_GAP = 0.9
"""Heights of white space between two lines of one of its cells, at most."""


class Extent(NamedTuple):
    """What stands under a header: the table's words line by line, the box around all of it, and what comes after."""

    words: list[Word]
    box: Box
    after: list[Word]


def extent_of(page: Page, header: Header) -> Extent:
    """Return what the table under `header` takes up on the page."""
    under = [word for line in lines(page.words) for word in line if word.middle[1] < header.box[1]]
    ruled = _ruled(page, header)
    if ruled:
        words = [word for word in under if stands_in(word, ruled)]
        return Extent(words, ruled, [])
    words = _until_it_ends(under, header, page)
    lowest = min([header.box[1], *(word.bottom for word in words)])
    return Extent(words, (0.0, lowest, page.width, header.box[3]), under[len(words) :])


def is_next(word: Word, header: Header, number: int) -> bool:
    """Whether `word` is that row number, in the serial column of the table under `header`."""
    return word.text == str(number) and word.right < header.boxes[1][0]


def _ruled(page: Page, header: Header) -> Box | None:
    """Return the area that rules say the table has: all columns ruled, or level rules above and below the rows."""
    left, bottom, right, top = header.box
    y = (bottom + top) / 2
    across = [rule for rule in page.vertical if rule.spans(y)]
    lefts = [rule for rule in across if rule.at <= header.boxes[0][0] + 1]
    rights = [rule for rule in across if rule.at >= header.boxes[-1][2] - 1]
    between = all(any(one[0] < rule.at < other[2] for rule in across) for one, other in pairwise(header.boxes))
    if lefts and rights and between:
        first, last = max(lefts), min(rights)
        return first.at, max(first.low, last.low), last.at, top
    below = [rule for rule in page.horizontal if rule.at < bottom and rule.spans(left) and rule.spans(right)]
    if len(below) > 1:
        return min(rule.low for rule in below) - 1, below[0].at, max(rule.high for rule in below) + 1, top
    return None


def _until_it_ends(words: list[Word], header: Header, page: Page) -> list[Word]:
    kept: list[Word] = []
    bottom = header.box[1]
    centres = [(box[0] + box[2]) / 2 for box in header.boxes]
    for line in lines(words):
        numbered = line[0].text.isdigit() and line[0].right < header.boxes[1][0]
        gap = (_ROW_GAP if numbered or not kept else _WRAP_GAP) * line[0].height
        boxes = [around(phrase) for phrase in phrases(line, page)]
        runs_across = any(sum(left <= centre <= right for centre in centres) > 1 for left, _, right, _ in boxes)
        if bottom - line[0].top > gap or runs_across or not (numbered or kept):
            # Where nothing is kept yet, a lone text in the middle may still be what says that there are no rows.
            return line if not kept and bottom - line[0].top <= gap and len(boxes) == 1 else kept
        kept += line
        bottom = min(word.bottom for word in line)
    return kept
