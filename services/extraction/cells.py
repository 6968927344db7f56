"""From the words of a table's cells to the values of its rows. Pure."""

import re
from collections.abc import Mapping
from datetime import date

from pydantic import JsonValue

from services.extraction.fields import Found
from services.extraction.layout import Word, around, lines
from services.extraction.normalise import Value, normalise
from services.extraction.rows import Row
from services.extraction.tables import Grid
from services.extraction.wrapping import Line, unwrap
from shared.catalog.templates import Part, Table

_TYPED = ("rrn", "date", "integer", "business_number")


def read_rows(
    grid: Grid, table: Table, on: date | None
) -> tuple[list[dict[str, JsonValue]], Mapping[str, Found]] | None:
    """Return the rows as values by name, and where each stood as `employments[0].lost_on`.

    None where a required cell is blank or a strict one cannot be read. A grid without rows is an empty list: the
    header is there, and nothing under it.
    """
    rows: list[dict[str, JsonValue]] = []
    stood: dict[str, Found] = {}
    for place, row in enumerate(grid.rows):
        values: dict[str, JsonValue] = {}
        for column, words, right in zip(grid.columns, row.cells, row.rights, strict=True):
            for part, block in _parts(column.parts, words, right).items():
                found = _read(part, block, row, on)
                if (part.required and not found) or (part.strict and block and not found):
                    return None
                values[part.name] = found.value.value if found else None
                if found:
                    stood[f"{table.name}[{place}].{part.name}"] = found
        rows.append(values)
    return rows, stood


def _read(part: Part, block: list[Line], row: Row, on: date | None) -> Found | None:
    if not block:
        return None
    text, confidence = unwrap(block)
    value: Value | None = normalise(text, part.type, on)
    words = [word for line in block for word in line.words]
    return Found(value, row.page, around(words), text, confidence) if value else None


def _parts(parts: tuple[Part, ...], words: list[Word], right: float) -> dict[Part, list[Line]]:
    """Share the lines of a cell out among its values from top to bottom.

    A value whose text proves itself takes the line that is one; the rest is for the texts, one line each unless there
    is but one text. Where that leaves a choice, the texts get nothing.
    """
    block = [Line(line, right) for line in lines(words)]
    if len(parts) == 1:
        return {parts[0]: block}
    shared: dict[Part, list[Line]] = {part: [] for part in parts}
    for part in parts:
        if part.type in _TYPED:
            fitting = [line for line in block if _looks_like(part, line)]
            if len(fitting) == 1:
                shared[part] = fitting
                block = [line for line in block if line is not fitting[0]]
    texts = [part for part in parts if part.type not in _TYPED]
    if len(texts) == 1:
        shared[texts[0]] = block
    elif len(texts) == len(block):
        shared |= {part: [line] for part, line in zip(texts, block, strict=True)}
    return shared


def _looks_like(part: Part, line: Line) -> bool:
    text = unwrap([line])[0]
    if part.type == "rrn":
        return re.match(r"\d{6}\s*[-\u2010-\u2015\u2212]", text) is not None
    return normalise(text, part.type, None) is not None
