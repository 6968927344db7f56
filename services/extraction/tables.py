"""Tables: the header row names the columns, rules or white space part them, the serial column numbers the rows. Pure.

A table is read whole or not at all: a missing row, or a cell that might mean something else, would turn a fact around.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from services.extraction.headers import Header, find_header
from services.extraction.layout import Box, Page, Word, around, key_of, lines, phrases
from shared.catalog.templates import Column, Table, key

_ROW_GAP = 4.0
"""Heights of white space after which an unruled table has ended."""
_WRAP_GAP = 0.9
"""Heights of white space within a cell of an unruled table."""


class Row(NamedTuple):
    """One row: its page, its cells' words from left to right, and the right edge of each cell."""

    page: int
    cells: tuple[list[Word], ...]
    rights: tuple[float, ...]


class Grid(NamedTuple):
    """A table in print: the columns, its rows in order, and what of each page it takes up."""

    columns: tuple[Column, ...]
    rows: list[Row]
    areas: dict[int, list[Box]]


def find_grid(pages: Sequence[Page], table: Table) -> Grid | None:
    """Return the table where it stands, on as many pages as it takes; None if it is not there, or not beyond doubt."""
    grid: Grid | None = None
    for page in pages:
        header = find_header(page, table)
        if not header:
            continue
        section = _section(page, header, table, first=len(grid.rows) + 1 if grid else 1)
        if section is None or (grid and grid.columns != section.columns):
            return None
        rows, areas = (grid.rows, grid.areas) if grid else ([], {})
        grid = section._replace(rows=rows + section.rows, areas=areas | section.areas)
    return grid


def _section(page: Page, header: Header, table: Table, first: int) -> Grid | None:
    """Return the part of the table on one page, its rows numbered from `first`; None in any doubt."""
    area, ruled = _area(page, header)
    words = [word for word in page.words if word.middle[1] < header.box[1] and area[1] < word.middle[1]]
    words = [word for word in words if area[0] <= word.middle[0] <= area[2]]
    if not ruled:
        words = _until_it_ends(words, header, page)
    lowest = min([area[1] if ruled else header.box[1], *(word.bottom for word in words)])
    taken = (area[0], lowest, area[2], header.box[3])
    blank = {key(text) for text in table.blank}
    if words and key_of([word for line in lines(words) for word in line]) in blank:
        return Grid(header.columns, [], {page.number: [taken]})
    edges = _edges(page, header, words, area)
    rows = _rows(page, words, edges, first) if edges else None
    return None if rows is None else Grid(header.columns, rows, {page.number: [taken]})


def _area(page: Page, header: Header) -> tuple[Box, bool]:
    """Return what the table can take up on the page, and whether rules say so."""
    y = (header.box[1] + header.box[3]) / 2
    across = [rule for rule in page.vertical if rule.spans(y)]
    lefts = [rule for rule in across if rule.at <= header.boxes[0][0] + 1]
    rights = [rule for rule in across if rule.at >= header.boxes[-1][2] - 1]
    if lefts and rights:
        left, right = max(lefts), min(rights)
        return (left.at, max(left.low, right.low), right.at, page.height), True
    level = [rule for rule in page.horizontal if rule.spans(header.box[0]) and rule.spans(header.box[2])]
    below = [rule for rule in level if rule.at < header.box[1]]
    if len(below) > 1:
        return (below[0].low - 1, min(below).at, below[0].high + 1, page.height), True
    return (0.0, 0.0, page.width, page.height), False


def _until_it_ends(words: list[Word], header: Header, page: Page) -> list[Word]:
    """Return the words of an unruled table: down to a wide gap, or to a text that runs across columns."""
    kept: list[Word] = []
    bottom = header.box[1]
    centres = [(box[0] + box[2]) / 2 for box in header.boxes]
    for line in lines(words):
        numbered = line[0].text.isdigit() and line[0].right < header.boxes[1][0]
        allowed = (_ROW_GAP if numbered else _WRAP_GAP) * line[0].height
        boxes = [around(phrase) for phrase in phrases(line, page)]
        runs_across = any(sum(left <= centre <= right for centre in centres) > 1 for left, _, right, _ in boxes)
        if bottom - line[0].top > allowed or runs_across:
            break
        kept += line
        bottom = min(word.bottom for word in line)
    return kept


def _edges(page: Page, header: Header, words: list[Word], area: Box) -> list[float] | None:
    """Return the column edges from left to right: a rule, or the widest white space that runs down all rows."""
    y = (header.box[1] + header.box[3]) / 2
    spans = [around(phrase) for line in lines(words) for phrase in phrases(line, page)] + list(header.boxes)
    edges = [area[0]]
    for one, other in pairwise(header.boxes):
        low, high = (one[0] + one[2]) / 2, (other[0] + other[2]) / 2
        ruled = [rule.at for rule in page.vertical if low < rule.at < high and rule.spans(y)]
        edge = (ruled[0] if len(ruled) == 1 else None) if ruled else _white_space(spans, low, high)
        if edge is None:
            return None
        edges.append(edge)
    return [*edges, area[2]]


def _white_space(spans: list[Box], low: float, high: float) -> float | None:
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


def _rows(page: Page, words: list[Word], edges: list[float], first: int) -> list[Row] | None:
    """Return the rows, numbered without a gap from `first`; None where a word stands astride or outside the rows."""
    serials = [word for line in lines(word for word in words if word.middle[0] < edges[1]) for word in line]
    if [word.text for word in serials] != [str(first + place) for place in range(len(serials))]:
        return None
    bands = _bands(page, words, serials, edges)
    rows = []
    for low, high in bands:
        band = [word for word in words if low < word.middle[1] <= high]
        cells = []
        for left, right in pairwise(edges):
            cell = [word for word in band if left < word.middle[0] <= right]
            if any(word.left < left - 1 or word.right > right + 1 for word in cell):
                return None
            cells.append([word for line in lines(cell) for word in line])
        rows.append(Row(page.number, tuple(cells), tuple(edges[1:])))
    return rows if sum(len(cell) for row in rows for cell in row.cells) == len(words) else None


def _bands(page: Page, words: list[Word], serials: list[Word], edges: list[float]) -> list[tuple[float, float]]:
    """Return the bottom and top of each row: the rules above and below its number, else by where the lines stand."""
    x = (edges[0] + edges[1]) / 2
    level = [rule.at for rule in page.horizontal if rule.spans(x) and rule.spans(edges[-1] - 2)]
    ruled = [
        (
            max((at for at in level if at < word.middle[1]), default=0.0),
            min(at for at in level if at > word.middle[1]),
        )
        for word in serials
        if any(at > word.middle[1] for at in level)
    ]
    if len(set(ruled)) == len(serials):
        return ruled
    middles = [word.middle[1] for word in serials]
    tops = [word.top for word in serials]
    begins_above = any(word.bottom > tops[0] for word in words)
    # Cells set to the middle begin above their number, which is halfway down; cells set to the top begin beside it.
    halfway = [(one + other) / 2 for one, other in pairwise(middles)]
    cuts = halfway if begins_above else [top + 1 for top in tops[1:]]
    edges_down = [page.height, *cuts, 0.0]
    return [(low, high) for high, low in pairwise(edges_down)] if serials else []
