"""Where the columns of a table part: at a rule, or at white space that leaves no choice whose a text is. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from services.extraction.page.layout import CELL_GAP, Page, Word, around, lines, phrases, text_of
from services.extraction.tables.beginnings import TYPED, proves_itself
from services.extraction.tables.extent import Doubt, Extent
from services.extraction.tables.headers import Header

_PIECE_GAP = 0.37
"""Heights: a gap that is wider, but none that parts cells for certain, parts cells where other lines show it."""
_ALIGNED = 1.0
"""Points by which edges of texts that are set flush may differ."""
_RAGGED = 2.0
"""Points by which their other edges differ at least."""


class _Strip(NamedTuple):
    """A stretch across the page that texts stand in one above the other, with white space on both sides."""

    left: float
    right: float
    headers: list[int]
    texts: dict[int, Sequence[Word]]
    """By the line they stand on."""


def edges_of(page: Page, header: Header, extent: Extent, words: Sequence[Word]) -> list[float]:
    """Return the edges of the columns that `words` stand in, from left to right; raises Doubt."""
    if not extent.edges:
        return [extent.box[0], *_white_space(page, header, words), extent.box[2]]
    if len(extent.edges) != len(header.boxes) + 1:
        raise Doubt
    return extent.edges


def _white_space(page: Page, header: Header, words: Sequence[Word]) -> list[float]:
    """Return the middle of the white space between two columns, each with the texts of its header's strip."""
    strips = _strips(page, header, words)
    owners = _owners(strips, header)
    if owners != sorted(owners):
        raise Doubt
    return [
        (one.right + other.left) / 2
        for (one, left), (other, right) in pairwise(zip(strips, owners, strict=True))
        if left != right
    ]


def _strips(page: Page, header: Header, words: Sequence[Word]) -> list[_Strip]:
    """Return the strips from left to right; raises Doubt where one is under two headers, or has two texts on a line."""
    spans = [_Strip(box[0], box[2], [at], {}) for at, box in enumerate(header.boxes)]
    for number, line in enumerate(lines(words)):
        spans += [_Strip(*_sides(text), [], {number: text}) for text in phrases(line, page, _PIECE_GAP)]
    found: list[_Strip] = []
    for span in sorted(spans, key=itemgetter(0)):
        before = found[-1] if found else None
        if not before or span.left > before.right:
            found.append(span)
        elif (span.headers and before.headers) or not _can_be_one(before, span):
            raise Doubt
        else:
            right = max(before.right, span.right)
            texts = {line: [*before.texts.get(line, ()), *span.texts[line]] for line in span.texts}
            found[-1] = _Strip(before.left, right, before.headers + span.headers, before.texts | texts)
    return found


def _can_be_one(one: _Strip, other: _Strip) -> bool:
    """Whether what both strips have on the same lines stands so close that it may be one text."""
    left, right = sorted((one, other), key=itemgetter(0))
    return all(
        right.texts[line][0].left - left.texts[line][-1].right <= CELL_GAP * right.texts[line][0].height
        for line in left.texts.keys() & right.texts
    )


def _owners(strips: Sequence[_Strip], header: Header) -> list[int]:
    """Return the column of each strip: its header's; a strip without one is a neighbour's with nothing on its lines.

    Where two are left to choose from, how the texts are set decides, or what they say; raises Doubt where neither does.
    """
    owners = {place: strip.headers[0] for place, strip in enumerate(strips) if strip.headers}
    while len(owners) < len(strips):
        choices = {place: _choices(place, strips, owners) for place in range(len(strips)) if place not in owners}
        if all(len(each) > 1 for each in choices.values()):
            choices = {place: _that_fits(strips[place], each, header) for place, each in choices.items()}
        place = next((place for place, each in choices.items() if len(each) == 1), None)
        if place is None:
            raise Doubt
        (owners[place],) = choices[place]
    return [owners[place] for place in range(len(strips))]


def _choices(place: int, strips: Sequence[_Strip], owners: Mapping[int, int]) -> list[int]:
    """Return the columns whose headers stand next to a strip, and which have no other text on its lines."""
    before = [at for strip in strips[:place] for at in strip.headers]
    behind = [at for strip in strips[place:] for at in strip.headers]
    return [
        at
        for at in (*before[-1:], *behind[:1])
        if all(_can_be_one(strips[place], strips[other]) for other, owner in owners.items() if owner == at)
    ]


def _that_fits(strip: _Strip, columns: Sequence[int], header: Header) -> list[int]:
    """Return which of two columns, left and right of it, a strip can be by how its texts are set, or what they say."""
    starts, ends = zip(*map(_sides, strip.texts.values()), strict=True)
    if max(starts) - min(starts) <= _ALIGNED and max(ends) - min(ends) >= _RAGGED:
        return [*columns[1:]]  # flush left: the header, which stands elsewhere, is further right
    if max(ends) - min(ends) <= _ALIGNED and max(starts) - min(starts) >= _RAGGED:
        return [*columns[:1]]
    return [at for at in columns if all(_may_be(header, at, text) for text in strip.texts.values())]


def _may_be(header: Header, at: int, text: Sequence[Word]) -> bool:
    parts = header.columns[at].parts
    return any(part.type not in TYPED or proves_itself(part, text_of(text)) for part in parts) or not parts


def _sides(text: Sequence[Word]) -> tuple[float, float]:
    left, _, right, _ = around(text)
    return left, right
