"""From the words of a table's cells to the values of its rows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from services.extraction.labelled.fields import Found
from services.extraction.normalise import normalise
from services.extraction.page.layout import around, text_of
from services.extraction.page.wrapping import Breaks, Line, unwrap
from services.extraction.tables.beginnings import TYPED, proves_itself
from services.extraction.tables.grids import Grid
from services.extraction.tables.rows import Row
from shared.catalog.templates import Part, Table

_SUMMED = ("won", "integer")
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d")


def read_rows(
    grid: Grid, table: Table, on: date | None, breaks: Breaks
) -> tuple[list[dict[str, JsonValue]], Mapping[str, Found]] | None:
    """Return the rows as values by name, and where each stood as `employments[0].lost_on`.

    None where a required cell is blank, a strict one cannot be read, rows or columns may have run together, or a sum is
    not that of its column. A grid without rows is an empty list: the header is there, and nothing under it.
    """
    rows: list[dict[str, JsonValue]] = []
    stood: dict[str, Found] = {}
    for place, row in enumerate(grid.rows):
        values: dict[str, JsonValue] = {}
        over = row.over or ([],) * len(row.cells)
        for column, here, there in zip(grid.columns, row.cells, over, strict=True):
            if not grid.numbered and any(_is_twice_in(part, here + there) for part in column.parts):
                return None
            for part, block in _parts(column.parts, here + there):
                found = _read(part, block, row, on, breaks)
                astray = part.type in TYPED and not grid.ruled and not _is_read(part, block)
                if not found and (part.required or (part.strict and block) or astray):
                    return None
                values[part.name] = found.value.value if found else None
                if found:
                    stood[f"{table.name}[{place}].{part.name}"] = found
        rows.append(values)
    return (rows, stood) if _adds_up(grid, table, rows) else None


def blocks_of(grid: Grid) -> Iterator[Sequence[Line]]:
    """Yield the lines of every value of a table."""
    for row in grid.rows:
        over = row.over or ([],) * len(row.cells)
        for column, here, there in zip(grid.columns, row.cells, over, strict=True):
            yield from (block for _, block in _parts(column.parts, here + there))


def _read(part: Part, block: Sequence[Line], row: Row, on: date | None, breaks: Breaks) -> Found | None:
    if not block:
        return None
    text, confidence = breaks.unwrap(block)
    value = normalise(text, part.type, on, part.codes)
    if not value and part.type in TYPED and not all(proves_itself(part, text_of(line.words)) for line in block):
        text = "".join(text_of(line.words) for line in block)  # a number that is broken within
        value = normalise(text, part.type, on, part.codes)
    if not value:
        return None
    over = [line for cell in row.over for line in cell]
    here = [line for line in block if not any(line is other for other in over)]
    box = around([word for line in here or block for word in line.words])
    return Found(value, row.page if here else row.page + 1, box, text, confidence)


def _parts(parts: Sequence[Part], block: Sequence[Line]) -> list[tuple[Part, Sequence[Line]]]:
    """Share the lines of a cell out among its values from top to bottom.

    A value whose text proves itself takes the line that is one; the rest is for the texts, one line each unless there
    is but one text. Where that leaves a choice, the texts get nothing.
    """
    if len(parts) == 1:
        return [(parts[0], block)]
    shared: dict[str, Sequence[Line]] = {}
    for part in parts:
        fitting = [line for line in block if proves_itself(part, text_of(line.words))]
        if len(fitting) > 1:
            return [(part, ()) for part in parts]
        if fitting:
            shared[part.name] = fitting
            block = [line for line in block if line is not fitting[0]]
    texts = [part for part in parts if part.type not in TYPED]
    if len(texts) == 1:
        shared[texts[0].name] = block
    elif len(texts) == len(block):
        shared |= {part.name: [line] for part, line in zip(texts, block, strict=True)}
    return [(part, shared.get(part.name, ())) for part in parts]


def _is_twice_in(part: Part, block: Sequence[Line]) -> bool:
    """Whether a cell holds the same value twice, so that it is more than one row's."""
    return len(block) > 1 and sum(proves_itself(part, text_of(line.words)) for line in block) > 1


def _adds_up(grid: Grid, table: Table, rows: Sequence[Mapping[str, JsonValue]]) -> bool:
    """Whether every sum that is printed below a column is the sum of its values."""
    if not grid.totals:
        return True
    for column, cell in zip(grid.columns, grid.totals.cells, strict=True):
        if len(column.parts) != 1 or column.parts[0].type not in _SUMMED or column.parts[0].name == table.serial:
            continue
        if _is_blank(cell):
            continue
        (part,) = column.parts
        total = normalise(unwrap(cell)[0], part.type, None)
        values = [value for row in rows if isinstance(value := row.get(part.name), int)]
        if not total or total.value != sum(values):
            return False
    return True


def _is_read(part: Part, block: Sequence[Line]) -> bool:
    """Whether what stands in a cell is that part, or nothing; a number may be masked and so give no value."""
    return _is_blank(block) or any(proves_itself(part, text_of(line.words)) for line in block)


def _is_blank(block: Sequence[Line]) -> bool:
    """Whether nothing stands in a cell, or a dash that says so."""
    return all(_DASHES.issuperset(word.text) for line in block for word in line.words)
