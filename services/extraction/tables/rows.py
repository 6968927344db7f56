"""The rows and cells of a table: rules part them, or white space does; each begins as its table's rows do. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from services.extraction.page.layout import Page, Word, lines, text_of
from services.extraction.page.wrapping import Line
from services.extraction.tables.bands import Band, band_around, bands_by_lines, bands_by_rules, levels_of
from services.extraction.tables.beginnings import TYPED, proves_itself, rows_are_sure, totals_label
from services.extraction.tables.edges import edges_of
from services.extraction.tables.extent import Doubt, Extent
from services.extraction.tables.headers import Header
from shared.catalog.templates import ValueType

_WRAPPED: frozenset[ValueType] = frozenset({"text", "address"})
"""Types of values that are long enough to be broken, other than beside another value in their cell."""
_PADDING = 12.0
"""Points of a cell's width, at most, that its lines leave free on both sides together."""
_ASTRIDE = 0.25
"""Heights: a word whose middle is nearer to a rule stands on it."""


class Row(NamedTuple):
    """One row: its page, and its cells' lines from left to right; `over` are those on the next page, where it broke."""

    page: int
    cells: tuple[list[Line], ...]
    over: tuple[list[Line], ...] = ()


class Section(NamedTuple):
    """What a page shows of a table: its rows, the rest of one that began on the page before, and the row of sums."""

    rows: tuple[Row, ...] = ()
    rest: Row | None = None
    totals: Row | None = None
    edges: Sequence[float] = ()


def section_of(page: Page, header: Header, extent: Extent, first: int) -> Section:
    """Return the rows, numbered without a gap from `first` if they are numbered.

    Raises Doubt where a word stands astride or outside the cells, or may be another row's.
    """
    label = _totals_label(extent.words, header)
    words = [word for word in extent.words if word not in label]
    edges = edges_of(page, header, extent, words)
    columns = _columns(words, edges)
    column = columns[header.mark[0]]
    levels = levels_of(page, header, extent)
    starts = [*_starts(column, header, extent, levels, first), *label[:1]]
    by_rules = bands_by_rules(words, starts, levels, extent.box[1])
    bands = bands_by_lines(extent.words, starts, column, header) if by_rules is None else by_rules
    rest = _rest(words, bands, levels) if first > 1 else []
    rows = _rows(page, columns, edges, rest + bands, ruled=extent.ruled)
    ruled_off = by_rules if by_rules is not None else [(extent.box[1], header.box[1])] if extent.ruled else []
    if _rows_share_cells(page, header, extent, edges, ruled_off, levels) or _is_astride(words, by_rules):
        raise Doubt
    totals = rows.pop() if label else None
    begun, going_on = rows[: len(rest)], rows[len(rest) :]
    if not extent.ruled and not all(_is_proven(row, header) for row in going_on):
        raise Doubt
    return Section(tuple(going_on), begun[0] if begun else None, totals, edges)


def can_end(row: Row, rest: Row, header: Header) -> bool:
    """Whether cells on the next page can be the end of a row: of texts that it began, and that had no room to go on."""
    for column, cell, end in zip(header.columns, row.cells, rest.cells, strict=True):
        if not end:
            continue
        if not cell or not cell[-1].column:
            return False
        first, (left, right) = end[0].words[0], cell[-1].column
        full = cell[-1].width + first.right - first.left > right - left - _PADDING
        wraps = full and any(part.type in _WRAPPED for part in column.parts)
        below = len(column.parts) > 1 and any(proves_itself(part, text_of(end[0].words)) for part in column.parts)
        if not wraps and not below:
            return False
    return True


def _totals_label(words: Sequence[Word], header: Header) -> Sequence[Word]:
    """Return the words that begin the row of sums, or none."""
    if not header.table.totals:
        return ()
    found = [label for line in lines(words) if (label := totals_label(line, header.table))]
    if len(found) > 1:
        raise Doubt
    return found[0] if found else ()


def _columns(words: Sequence[Word], edges: Sequence[float]) -> list[list[Word]]:
    columns: list[list[Word]] = [[] for _ in edges[1:]]
    for word in words:
        at = bisect_left(edges, (word.left + word.right) / 2) - 1
        if not 0 <= at < len(columns) or word.left < edges[at] - 1 or word.right > edges[at + 1] + 1:
            raise Doubt
        columns[at].append(word)
    return columns


def _starts(column: list[Word], header: Header, extent: Extent, levels: Sequence[float], first: int) -> list[Word]:
    """Return the first word of each line with which a row begins, from top to bottom."""
    at, mark = header.mark
    if header.numbered:
        if [word.text for word in column] != [str(first + place) for place in range(len(column))]:
            raise Doubt
        return column
    beside = [part for part in header.columns[at].parts if part != mark]
    found = []
    for band, group in groupby(lines(column), key=lambda line: band_around(line[0], levels)):
        block = list(group)
        if mark.type in TYPED:
            begin = [line for line in block if proves_itself(mark, text_of(line))]
            wrapped = band and any(proves_itself(mark, sign.join(map(text_of, block))) for sign in (" ", ""))
            found += [line[0] for line in begin or block[:1] if begin or wrapped]
        else:
            texts = [line for line in block if not any(proves_itself(part, text_of(line)) for part in beside)]
            found += [line[0] for line in texts]
    # A name may wrap: where every cell is ruled, and rows certainly are, each ruled cell begins one row.
    ruled = {band_around(word, levels): word for word in reversed(found)}
    if mark.type not in TYPED and extent.ruled and len(ruled) > 1:
        return list(reversed(ruled.values()))
    return found


def _rest(words: Sequence[Word], bands: Sequence[Band], levels: Sequence[float]) -> list[Band]:
    """Return the band above the first row, in which a row of the page before ends, if something stands in it."""
    above = {band_around(word, levels) for word in words if not bands or word.middle[1] > bands[0][1]}
    found = [band for band in above if band]
    if len(found) < len(above) or len(found) > 1:
        raise Doubt
    return found


def _rows(
    page: Page, columns: list[list[Word]], edges: Sequence[float], bands: Sequence[Band], *, ruled: bool
) -> list[Row]:
    bottoms = [low for low, _ in reversed(bands)]
    cells: list[list[list[Word]]] = [[[] for _ in columns] for _ in bands]
    for at, column in enumerate(columns):
        for word in column:
            place = len(bands) - bisect_left(bottoms, word.middle[1])
            if place == len(bands) or word.middle[1] > bands[place][1]:
                raise Doubt
            cells[place][at].append(word)
    return [
        Row(
            page.number,
            tuple(
                [Line(line, column, ruled) for line in lines(cell)]
                for cell, column in zip(row, pairwise(edges), strict=True)
            ),
        )
        for row in cells
    ]


def _rows_share_cells(
    page: Page,
    header: Header,
    extent: Extent,
    edges: Sequence[float],
    bands: Sequence[Band],
    levels: Sequence[float],
) -> bool:
    """Whether a rule parts one value of a row: then the row's other cells are those of several rows."""
    middles = [
        (left + right) / 2
        for column, (left, right) in zip(header.columns, pairwise(edges), strict=True)
        if len(column.parts) == 1
    ]
    return any(
        low + 2 < rule.at < high - 2 and any(rule.spans(middle) for middle in middles)
        for rule in page.horizontal
        if rule.at > extent.box[1] and rule.at not in levels
        for low, high in bands
    )


def _is_astride(words: Sequence[Word], bands: Sequence[Band] | None) -> bool:
    """Whether a word stands on a rule between two rows."""
    rules = sorted(rule for band in bands or () for rule in band)
    return any(
        bisect_right(rules, middle - reach) < bisect_left(rules, middle + reach)
        for middle, reach in ((word.middle[1], _ASTRIDE * word.height) for word in words)
    )


def _is_proven(row: Row, header: Header) -> bool:
    """Whether a row's beginning, or another of its values, cannot be anything else."""
    return rows_are_sure(header) or any(
        proves_itself(part, text_of(line.words))
        for column, cell in zip(header.columns, row.cells, strict=True)
        for part in column.parts
        for line in cell
    )
