"""The rows and cells of a table: rules part them, or white space does; the serial column numbers them. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from services.extraction.extent import Extent
from services.extraction.headers import Header
from services.extraction.layout import Box, Page, Word, around, lines, phrases

_NEARER = 1.3
"""A line of an unruled cell stands so many times nearer to its own row than to the next."""


class Row(NamedTuple):
    """One row: its page, its cells' words from left to right, and the right edge of each cell."""

    page: int
    cells: tuple[list[Word], ...]
    rights: tuple[float, ...]


def rows_of(page: Page, header: Header, extent: Extent, first: int) -> tuple[Row, ...] | None:
    """Return the rows, numbered without a gap from `first`; None where a word stands astride or outside the cells."""
    edges = _edges(page, header, extent)
    if edges is None:
        return None
    words = extent.words
    serials = [word for word in words if word.middle[0] < edges[1]]
    if [word.text for word in serials] != [str(first + place) for place in range(len(serials))]:
        return None
    rows = []
    for low, high in _bands(page, words, serials, edges) or []:
        band = [word for word in words if low < word.middle[1] <= high]
        cells = []
        for left, right in pairwise(edges):
            cell = [word for word in band if left < word.middle[0] <= right]
            if any(word.left < left - 1 or word.right > right + 1 for word in cell):
                return None
            cells.append(cell)
        rows.append(Row(page.number, tuple(cells), tuple(edges[1:])))
    return tuple(rows) if sum(len(cell) for row in rows for cell in row.cells) == len(words) else None


def _edges(page: Page, header: Header, extent: Extent) -> list[float] | None:
    """Return the column edges from left to right: a rule, or the widest white space that runs down all rows."""
    y = (header.box[1] + header.box[3]) / 2
    spans = [around(phrase) for line in lines(extent.words) for phrase in phrases(line, page)] + list(header.boxes)
    edges = [extent.box[0]]
    for one, other in pairwise(header.boxes):
        low, high = (one[0] + one[2]) / 2, (other[0] + other[2]) / 2
        ruled = [rule.at for rule in page.vertical if low < rule.at < high and rule.spans(y)]
        edge = (ruled[0] if len(ruled) == 1 else None) if ruled else _white_space(spans, low, high)
        if edge is None:
            return None
        edges.append(edge)
    return [*edges, extent.box[2]]


def _white_space(spans: Sequence[Box], low: float, high: float) -> float | None:
    """Return the middle of the widest stretch between `low` and `high` that no span touches."""
    clear, at = list[tuple[float, float]](), low
    for left, _, right, _ in sorted(spans):
        if right <= at or left >= high:
            continue
        if left > at:
            clear.append((left - at, (left + at) / 2))
        at = max(at, right)
    if at < high:
        clear.append((high - at, (high + at) / 2))
    return max(clear)[1] if clear else None


def _bands(page: Page, words: list[Word], serials: list[Word], edges: list[float]) -> list[tuple[float, float]] | None:
    """Return the bottom and top of each row: the rules below and above its number, else by where the lines stand."""
    x = (edges[0] + edges[1]) / 2
    level = sorted(rule.at for rule in page.horizontal if rule.spans(x) and rule.spans(edges[-1] - 2))
    ruled = {(_below(level, word.middle[1]), _above(level, word.middle[1], page.height)) for word in serials}
    if len(ruled) == len(serials):
        return sorted(ruled, reverse=True)
    return _bands_by_lines(words, serials, page.height)


def _below(level: list[float], y: float) -> float:
    return max((at for at in level if at < y), default=0.0)


def _above(level: list[float], y: float, height: float) -> float:
    return min((at for at in level if at > y), default=height)


def _bands_by_lines(words: list[Word], serials: list[Word], height: float) -> list[tuple[float, float]] | None:
    """Return the rows of an unruled table, whose cells begin beside the number; None if a line may be another row's."""
    levels = [line[0].middle[1] for line in lines(words)]
    starts = [word.middle[1] for word in serials]
    if not starts or max(levels) > serials[0].top:
        return None
    for upper, lower in pairwise(starts):
        inside = [level for level in levels if serials[0].height / 2 < upper - level < upper - lower - 1]
        if inside and min(inside) - lower < _NEARER * (upper - inside[0]):
            return None
    cuts = [height, *(word.top for word in serials[1:]), 0.0]
    return [(low, high) for high, low in pairwise(cuts)]
