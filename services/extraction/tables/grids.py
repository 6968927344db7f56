"""Tables over one or more pages, read whole or not at all: a row lost would turn a fact around. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from services.extraction.page.layout import Box, Page, key_of
from services.extraction.tables.captions import caption_of, count_above, directly_above, has_heading
from services.extraction.tables.carrying import (
    Running,
    carried_over,
    is_next_row,
    may_go_on,
    only_running,
    running_texts,
)
from services.extraction.tables.extent import Doubt, Extent, extent_of
from services.extraction.tables.headers import Header, headers_of
from services.extraction.tables.rows import Row, Section, can_end, section_of
from shared.catalog.templates import CertificateKind, Column, Table, key

_FOOT = 0.3
"""Where a page breaks a row, the table goes down into this lower part of it."""


class Grid(NamedTuple):
    """A table in print: the columns, its rows in order, its row of sums, and what of each page it takes up."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row | None
    numbered: bool
    ruled: bool
    """Whether rules part all of its columns on every page."""
    areas: dict[int, Box]


class _Piece(NamedTuple):
    """What one page shows of a table."""

    page: Page
    header: Header
    extent: Extent
    section: Section
    lowest: bool
    """Whether no other table stands below it."""


def find_grids(pages: Sequence[Page], kind: CertificateKind) -> dict[str, Grid]:
    """Return the tables by name, each on as many pages as it takes; one that is not beyond doubt is left out."""
    headers = [_headers_on(page, kind) for page in pages]
    running = running_texts(pages)
    grids = {}
    for table in kind.tables:
        try:
            grid = _find_grid(pages, headers, table, running)
        except Doubt:
            continue
        if grid:
            grids[table.name] = grid
    return grids


def _headers_on(page: Page, kind: CertificateKind) -> list[Header]:
    """Return the headers of all tables from top to bottom; of two that share lines the one that fits better."""
    found = [header for table in kind.tables for header in headers_of(page, table, kind)]
    fits = [(has_heading(page, header), len(header.names)) for header in found]
    best = [
        header
        for header, fit in zip(found, fits, strict=True)
        if all(
            fit >= other_fit
            for other, other_fit in zip(found, fits, strict=True)
            if header.first < other.below and other.first < header.below
        )
    ]
    return sorted(best, key=lambda header: header.first)


def _find_grid(
    pages: Sequence[Page], headers: Sequence[Sequence[Header]], table: Table, running: Running
) -> Grid | None:
    pieces: list[_Piece] = []
    number = 1
    for page, here in zip(pages, headers, strict=True):
        before = pieces[-1] if pieces and pieces[-1].page.number == page.number - 1 else None
        header = _header_on(page, here, table, before, running, number)
        if header and pieces and not before:
            raise Doubt
        if header:
            pieces.append(_piece(page, here, header, number))
            number += len(pieces[-1].section.rows)
    if not pieces:
        return None
    first = pieces[0]
    since = max(
        (other.below for other in headers[pages.index(first.page)] if other.first < first.header.first), default=0
    )
    count = count_above(first.page, first.header, since)
    if count is not None and count != number - 1:
        raise Doubt
    return _joined(pieces)


def _header_on(
    page: Page, here: Sequence[Header], table: Table, before: _Piece | None, running: Running, number: int
) -> Header | None:
    """Return the one header of the table on this page, or where it goes on without one; None if it is not there.

    `here` are the headers of all tables on the page, `before` is what the page before showed.
    """
    found = [header for header in here if header.table is table and has_heading(page, header)]
    if before and before.lowest and not found and here and here[0].table is table:
        if not only_running(directly_above(page, here[0]), running):
            raise Doubt
        found = [here[0]]
    if before and before.lowest and not (found and found[0].first == here[0].first):
        above = page.above(here[0].first) if here else page
        if going_on := _going_on(above, before, running, number):
            found.insert(0, going_on)
    if len(found) > 1:
        raise Doubt
    return found[0] if found else None


def _going_on(page: Page, before: _Piece, running: Running, number: int) -> Header | None:
    """Return the header of the page before as it would stand on this one, where the table goes on."""
    header = before.header
    if before.section.totals:  # the row of sums is a table's last
        return None
    if only_running(before.extent.after, running):
        found = carried_over(page, header, before.section.edges, running, number)
        if not found and may_go_on(page, before.section.rows, header, running):
            raise Doubt
        return found
    if any(is_next_row(line, header, number) for line in page.cells):
        raise Doubt
    return None


def _piece(page: Page, here: Sequence[Header], header: Header, number: int) -> _Piece:
    below = next((other for other in here if other.first >= header.below), None)
    extent = extent_of(page, header, caption_of(page, below) if below else len(page.lines))
    says_blank = key_of(extent.words).rstrip(".") in {key(text) for text in header.table.blank}
    section = Section() if says_blank else section_of(page, header, extent, number)
    certain = extent.ruled and section.rows and not header.numbered
    if not certain and any(is_next_row(line, header, number + len(section.rows)) for line in extent.after):
        raise Doubt
    return _Piece(page, header, extent, section, below is None)


def _joined(pieces: Sequence[_Piece]) -> Grid:
    columns, rows = pieces[0].header.columns, list[Row]()
    for before, piece in zip([pieces[0], *pieces], pieces, strict=False):
        if piece.header.columns != columns or (piece is not pieces[-1] and piece.section.totals):
            raise Doubt
        if piece.section.rest:
            at_the_foot = before.extent.box[1] < _FOOT * before.page.height
            if not at_the_foot or rows[-1].over or not can_end(rows[-1], piece.section.rest, piece.header):
                raise Doubt
            rows[-1] = rows[-1]._replace(over=piece.section.rest.cells)
        rows += piece.section.rows
    areas = {piece.page.number: piece.extent.box for piece in pieces}
    ruled = all(piece.extent.ruled for piece in pieces)
    return Grid(columns, tuple(rows), pieces[-1].section.totals, pieces[0].header.numbered, ruled, areas)
