"""Finding a table by its header row, in which every cell is a column's label, however the header wraps. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from services.extraction.layout import Box, Page, Word, around, key_of, lines, phrases
from shared.catalog.templates import Column, Table

_HEADER_LINES = 3


class Header(NamedTuple):
    """A header row in print: its columns from left to right, the box around each one's words, and around all."""

    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    box: Box


def find_header(page: Page, table: Table) -> Header | None:
    """Return the header row of `table` on the page: the longest run of lines whose every cell is a column's label."""
    found = [phrases(line, page) for line in lines(page.words)]
    fits = [all(key_of(phrase) in table.label_letters for phrase in line) for line in found]
    for start in range(len(found)):
        for count in range(_HEADER_LINES, 0, -1):
            if not all(fits[start : start + count]):
                continue
            cells = _stacked([phrase for line in found[start : start + count] for phrase in line])
            columns = [table.column_by_label.get(key_of(cell)) for cell in cells]
            known = tuple(column for column in columns if column)
            if len(cells) == len(known) > 1 and _complete(known, table):
                return Header(known, tuple(map(around, cells)), around([word for cell in cells for word in cell]))
    return None


def _complete(columns: Sequence[Column], table: Table) -> bool:
    """Whether the header has every required value once, the serial number first, and no value twice."""
    names = [part.name for column in columns for part in column.parts]
    required = {part.name for column in table.columns for part in column.parts if part.required}
    return names[:1] == [table.serial] and required <= set(names) and len(names) == len(set(names))


def _stacked(found: list[list[Word]]) -> list[list[Word]]:
    """Return phrases as cells: those that stand above each other are one; from left to right, top to bottom."""
    cells: list[list[Word]] = []
    for phrase in sorted(found, key=lambda words: words[0].left):
        left, _, right, _ = around(phrase)
        cell = next((cell for cell in cells if around(cell)[0] < right and left < around(cell)[2]), None)
        if cell is None:
            cells.append(list(phrase))
        else:
            cell.extend(phrase)
    return [[word for line in lines(cell) for word in line] for cell in cells]
