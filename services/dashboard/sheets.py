"""Tables for spreadsheets, CSV and XLSX, written row by row; no cell is ever taken for a formula."""

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

Cell = str | int | None
Table = AsyncIterator[Sequence[Sequence[Cell]]]
"""Rows, some hundreds at a time: no more is held than these."""

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_048_576
"""What one sheet of XLSX holds, its heading too."""

_FORMULA = re.compile(r"[\s\u200b\ufeff\"']*[=+\-@\t\r\n＝＋－＠]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767
"""Characters that a cell of XLSX holds."""
_PIECE = 1 << 16


def safe(cell: Cell) -> str | int:
    """Give a cell that no spreadsheet calculates: text that may begin a formula gets an apostrophe before it.

    Full-width signs count too, since Korean input makes them and spreadsheets take them; and a sign after spaces or
    quotes, which some strip.
    """
    if cell is None or isinstance(cell, int):
        return "" if cell is None else cell
    text = _CONTROL.sub("", cell)
    return ("'" + text if _FORMULA.match(text) else text)[:_LONGEST]


async def as_csv(heading: Sequence[str], rows: Table) -> AsyncIterator[bytes]:
    """Write a table as CSV (RFC 4180) in UTF-8 with a BOM, by which Korean spreadsheets know it."""
    yield b"\xef\xbb\xbf" + _csv([heading])
    async for some in rows:
        yield _csv(some)


async def as_xlsx(title: str, heading: Sequence[str], rows: Table, widths: Sequence[int] = ()) -> AsyncIterator[bytes]:
    """Write a table as XLSX, through a file of its own that is gone at the end; a full sheet is followed by another.

    `title` names the sheets; `widths` are of the columns, in characters.
    """
    with tempfile.TemporaryDirectory(prefix="gubi-sheet-") as folder:
        path = Path(folder) / "table.xlsx"
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet: Any = None
        sheets, next_row = 0, SHEET_ROWS
        async for some in rows:
            for row in some:
                if next_row == SHEET_ROWS:
                    sheets, next_row = sheets + 1, 1
                    sheet = _sheet(book, f"{title} {sheets}", heading, widths, bold)
                _write(sheet, next_row, row)
                next_row += 1
        if sheet is None:
            _sheet(book, f"{title} 1", heading, widths, bold)
        await asyncio.to_thread(book.close)
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece


def _csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _sheet(book: Any, name: str, heading: Sequence[str], widths: Sequence[int], bold: Any) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    _write(sheet, 0, heading, bold)
    return sheet


def _write(sheet: Any, row: int, cells: Sequence[Cell], look: Any = None) -> None:
    for place, cell in enumerate(map(safe, cells)):
        write = sheet.write_number if isinstance(cell, int) else sheet.write_string
        write(row, place, cell, look)
