"""Tables set on paper by widths and looks, for kinds of a test's own, and read as the jailed task reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import pypdfium2.raw as pdfium
from pydantic import JsonValue
from reportlab.pdfbase import pdfmetrics

from services.extraction.page.layout import Page
from services.extraction.page.sheet import Budget
from services.extraction.page.text import read_page
from services.extraction.page.wrapping import Breaks
from services.extraction.tables.cells import blocks_of, read_rows
from services.extraction.tables.grids import find_grids
from shared.catalog.templates import CertificateKind
from tests.unit.extraction.papers import NEW_PAGE, Stroke, Text, font, paper

LINE = 13.0


@dataclass(frozen=True)
class Setting:
    """How a table is set: which rules it has, where texts stand in their cells, and its measures in points."""

    rules: str = "all"
    """all; level (between the rows); frame (level, above and below header and body); upright (between columns); none"""
    align: str = "left"
    header_align: str = "center"
    middle: bool = False
    padding: float = 4.0
    left: float = 40.0
    top: float = 600.0


@dataclass
class Sheet:
    """Texts and strokes of one page, and how far down it is filled."""

    texts: list[Text]
    strokes: list[Stroke]
    bottom: float


def table(
    setting: Setting,
    widths: Sequence[float],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    aligns: Sequence[str] = (),
) -> Sheet:
    """A table of cells whose lines are parted by newlines; `group>label` is a header cell below a shared one."""
    xs = [setting.left + x for x in accumulate(widths, initial=0)]
    sheet = Sheet([], [], setting.top)
    levels = [setting.top]
    inner: list[tuple[float, float, float]] = []
    if header:
        grouped = any(">" in cell for cell in header)
        height = _height(setting, [cell.split(">")[-1] for cell in header])
        if grouped:
            height += LINE + 2 * setting.padding
        _header(sheet, setting, xs, header, setting.top, height, inner)
        levels.append(setting.top - height)
    for row in rows:
        top = levels[-1]
        height = _height(setting, row)
        for at, cell in enumerate(row):
            align = aligns[at] if aligns else setting.align
            _cell(sheet, setting, xs[at], xs[at + 1], top, height, cell, align, setting.middle)
        levels.append(top - height)
    sheet.bottom = levels[-1]
    sheet.strokes += list(_rules(setting, xs, levels, bool(header), inner))
    return sheet


def _header(sheet, setting, xs, header, top, height, inner) -> None:
    groups: dict[str, list[int]] = {}
    for at, cell in enumerate(header):
        if ">" in cell:
            groups.setdefault(cell.split(">")[0], []).append(at)
    band = LINE + 2 * setting.padding
    for group, places in groups.items():
        left, right = xs[places[0]], xs[places[-1] + 1]
        _cell(sheet, setting, left, right, top, band, group, setting.header_align, True)
        if setting.rules != "none":
            sheet.strokes.append((left, top - band, right, top - band))
        inner += [(xs[at], top, top - band) for at in places[1:]]
    for at, cell in enumerate(header):
        under = band if ">" in cell else 0
        label = cell.split(">")[-1]
        _cell(sheet, setting, xs[at], xs[at + 1], top - under, height - under, label, setting.header_align, True)


def _height(setting: Setting, cells: Sequence[str]) -> float:
    return max(len(cell.split("\n")) for cell in cells) * LINE + 2 * setting.padding


def _cell(sheet, setting, left, right, top, height, cell, align, middle) -> None:
    found = cell.split("\n")
    spare = height - 2 * setting.padding - len(found) * LINE
    baseline = top - setting.padding - (spare / 2 if middle else 0) - 10
    for line in found:
        width = pdfmetrics.stringWidth(line, font(), 10)
        room = right - left - 2 * setting.padding - width
        x = left + setting.padding + {"left": 0, "center": room / 2, "right": room}[align]
        if line:
            sheet.texts.append((x, baseline, line))
        baseline -= LINE


def _rules(setting: Setting, xs, levels, headed: bool, inner) -> Iterator[Stroke]:
    if setting.rules in ("all", "level"):
        yield from ((xs[0], level, xs[-1], level) for level in levels)
    if setting.rules == "frame":
        yield from ((xs[0], level, xs[-1], level) for level in {levels[0], levels[1], levels[-1]})
    if setting.rules in ("all", "upright"):
        for x in xs:
            top = next((below for at, _, below in inner if at == x), levels[0])
            yield (x, top, x, levels[-1])


def on_pages(*sheets: Sheet) -> bytes:
    """The sheets as pages of one file."""
    texts = [text for sheet in sheets for text in (NEW_PAGE, *sheet.texts)]
    strokes = [stroke for sheet in sheets for stroke in (NEW_PAGE, *sheet.strokes)]
    return paper(texts[1:], strokes[1:])


def pages_of(pdf: bytes) -> list[Page]:
    document = pdfium.FPDF_LoadMemDocument64(pdf, len(pdf), None)
    try:
        pages = [read_page(document, at, Budget()) for at in range(pdfium.FPDF_GetPageCount(document))]
    finally:
        pdfium.FPDF_CloseDocument(document)
    return [page for found in pages if found for page in found[:1]]


def tables_in(pdf: bytes, kind: CertificateKind) -> dict[str, list[dict[str, JsonValue]]]:
    """The rows of each table that is read."""
    grids = find_grids(pages_of(pdf), kind)
    breaks = Breaks(*(blocks_of(grid) for grid in grids.values()))
    found = {table.name: (grids[table.name], table) for table in kind.tables if table.name in grids}
    read = {name: read_rows(*grid, None, breaks) for name, grid in found.items()}
    return {name: rows[0] for name, rows in read.items() if rows}
