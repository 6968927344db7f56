"""Tables over one or more pages, read whole or not at all: a row lost would turn a fact around. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from services.extraction.extent import Extent, extent_of, is_next
from services.extraction.headers import Header, find_header
from services.extraction.layout import Box, Page, key_of, lines
from services.extraction.rows import Row, rows_of
from shared.catalog.templates import Column, Table, key


class Grid(NamedTuple):
    """A table in print: the columns, its rows in order, and what of each page it takes up."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    areas: dict[int, Box]


def find_grid(pages: Sequence[Page], table: Table) -> Grid | None:
    """Return the table where it stands, on as many pages as it takes; None if it is not there, or not beyond doubt."""
    grid: Grid | None = None
    before: Header | None = None
    for page in pages:
        first = len(grid.rows) + 1 if grid else 1
        header = find_header(page, table) or (_carried_over(before, page, first) if before else None)
        if not header:
            continue
        section = _section(page, header, table, first)
        if section is None or (grid and grid.columns != section.columns):
            return None
        grid = Grid(section.columns, grid.rows + section.rows, grid.areas | section.areas) if grid else section
        before = header
    return grid


def _carried_over(header: Header, page: Page, first: int) -> Header | None:
    """Return the header as if it stood above the row numbered `first`, where a page goes on without repeating it."""
    for line in lines(page.words):
        if len(line) > 1 and is_next(line[0], header, first):
            cell = page.cell(*line[0].middle)
            top = cell[3] if cell else line[0].top
            return Header(header.columns, header.boxes, (header.box[0], top, header.box[2], top))
    return None


def _section(page: Page, header: Header, table: Table, first: int) -> Grid | None:
    """Return the part of the table on one page, its rows numbered from `first`; None in any doubt."""
    extent = extent_of(page, header)
    areas = {page.number: extent.box}
    if _says_blank(extent, table):
        return Grid(header.columns, (), areas)
    rows = rows_of(page, header, extent, first)
    if rows is None or any(is_next(word, header, first + len(rows)) for word in extent.after):
        return None
    return Grid(header.columns, rows, areas)


def _says_blank(extent: Extent, table: Table) -> bool:
    return key_of(extent.words) in {key(text) for text in table.blank}
