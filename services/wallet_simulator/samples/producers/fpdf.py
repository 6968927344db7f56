"""The producer that is held out: certificates set by fpdf2, whose pages nobody looked at while the reader was made.

A plain layout in one column with fpdf2's own tables; slow (some six a second), because it subsets the font each time.
"""

import logging
from datetime import datetime
from functools import cache
from importlib.metadata import files
from itertools import groupby
from pathlib import Path

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, TableHeadingsDisplay

from services.wallet_simulator.samples.paper import Choice, Look, Pairs, Paper, Sentence, Table

logging.getLogger("fontTools.subset").setLevel(logging.ERROR)  # it warns of each table of hints that it drops

_MARGIN, _WIDTH = 17.0, 176.0
"""Millimetres, of an A4 page."""
_FONTS = {"gothic": "NanumGothic.ttf", "gothic_light": "NanumGothicLight.ttf", "myeongjo": "NanumGothic.ttf"}
_BORDERS = {
    "all": TableBordersLayout.ALL,
    "level": TableBordersLayout.HORIZONTAL_LINES,
    "none": TableBordersLayout.NONE,
}
_MARKS = {"box": ("■ {}", "□ {}"), "circle": ("{} ○", "{}"), "bracket": ("[√] {}", "[ ] {}")}
_SHADE = FontFace(fill_color=(233, 236, 240), emphasis=None)
_PLAIN = FontFace(emphasis=None)


@cache
def _font(name: str) -> Path:
    return next(Path(str(file.locate())) for file in files("koreanize-matplotlib") or () if file.name == name)


class _Sheet(FPDF):
    """A4, with the mark of a sample above and the page's number below."""

    def __init__(self, paper: Paper, created_at: datetime) -> None:
        super().__init__(unit="mm", format="A4")
        self._paper = paper
        self.set_creation_date(created_at)
        self.set_margins(_MARGIN, 14, _MARGIN)
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font("text", fname=_font(_FONTS[paper.look.font]))
        self.alias_nb_pages("{all}")
        self.set_font("text", size=paper.look.size)

    def header(self) -> None:
        """Print the mark of a sample."""
        self.set_font("text", size=7.5)
        self.cell(_WIDTH, 5, "예시 — 가상의 사람, 효력 없음", align="R", new_x="LMARGIN", new_y="NEXT")
        self.ln(4)
        self.set_font("text", size=self._paper.look.size)

    def footer(self) -> None:
        """Print the page's number where pages are numbered."""
        if self._paper.numbered:
            self.set_y(-13)
            self.set_font("text", size=8)
            self.cell(_WIDTH, 5, f"{self.page_no()} / {{all}}", align="C")


def pdf(paper: Paper, created_at: datetime) -> bytes:
    """Set `paper` in type; `created_at` (with its offset from UTC) is the file's creation date."""
    sheet, look = _Sheet(paper, created_at), paper.look
    sheet.add_page()
    if look.number_at != "in_block" and paper.number.value:
        side = "L" if look.number_at == "top_left" else "R"
        _line(sheet, f"{_spaced(paper.number.label, look)} : {paper.number.value}", side)
    sheet.ln(5)
    sheet.set_font("text", size=19)
    _line(sheet, _spaced(paper.title, look), "C", 12)
    sheet.set_font("text", size=look.size)
    sheet.ln(5)
    blocks = paper.blocks
    if look.number_at == "in_block" and paper.number.value:
        blocks = (Pairs((paper.number,)), *blocks)
    for block in blocks:
        match block:
            case Pairs():
                _pairs(sheet, block, look)
            case Table():
                _table(sheet, block, look)
            case Sentence():
                _line(sheet, block.text, block.align[0].upper(), 8)
        sheet.ln(4)
    _foot(sheet, paper)
    for page in range(paper.annex):
        sheet.add_page()
        _line(sheet, f"별첨 {page + 1}", "L")
    return bytes(sheet.output())


def _foot(sheet: _Sheet, paper: Paper) -> None:
    if sheet.get_y() > 240:
        sheet.add_page()
    sheet.ln(6)
    day, look = paper.issued_on, paper.look
    _line(sheet, f"{_spaced(day.label, look)} : {day.value}" if look.date_label else day.value, "C", 9)
    sheet.ln(4)
    sheet.set_font("text", size=14)
    _line(sheet, paper.issuer, "C", 10)
    sheet.set_font("text", size=look.size)
    if paper.signatory:
        _line(sheet, f"{_spaced(paper.signatory.label, look)}     {paper.signatory.value}", "C", 7)


def _line(sheet: _Sheet, text: str, align: str, height: float = 6.0) -> None:
    sheet.multi_cell(_WIDTH, height, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _spaced(words: str, look: Look) -> str:
    return " ".join(words.replace(" ", "")) if look.spaced else words


def _ticks(choice: Choice, look: Look) -> str:
    ticked, blank = _MARKS[look.marks]
    return "    ".join((ticked if chosen else blank).format(name) for name, chosen in choice.options)


def _pairs(sheet: _Sheet, block: Pairs, look: Look) -> None:
    if block.heading:
        _line(sheet, block.heading, "L", 7)
    entries = [
        (_spaced(entry.label, look), _ticks(entry, look) if isinstance(entry, Choice) else entry.value)
        for entry in block.entries
    ]
    rows = [entries[start : start + look.pairs_across] for start in range(0, len(entries), look.pairs_across)]
    if look.pairs == "ruled":
        _ruled(sheet, rows, look)
        return
    width = _WIDTH / look.pairs_across
    for row in rows:
        top, lowest = sheet.get_y(), 0.0
        for place, (label, value) in enumerate(row):
            left = _MARGIN + place * width
            label_width = min(46.0, width * 0.4)
            sheet.set_xy(left, top)
            sheet.multi_cell(label_width, 6.2, label, align="L", new_x="LMARGIN", new_y="NEXT")
            lowest = max(lowest, sheet.get_y())
            sheet.set_xy(left + label_width, top)
            colon = ": " if look.pairs == "colon" else ""
            sheet.multi_cell(width - label_width - 4, 6.2, colon + value, align="L", new_x="LMARGIN", new_y="NEXT")
            lowest = max(lowest, sheet.get_y())
        sheet.set_y(lowest + 0.8)


def _ruled(sheet: _Sheet, rows: list[list[tuple[str, str]]], look: Look) -> None:
    widths = (30, 58, 30, 58) if look.pairs_across == 2 else (44, 132)
    with sheet.table(
        first_row_as_headings=False, col_widths=widths, width=_WIDTH, text_align="LEFT", line_height=5.4, padding=1.2
    ) as table:
        for row in rows:
            line = table.row()
            for label, value in row:
                line.cell(label, style=_SHADE, align="CENTER")
                line.cell(value, colspan=3 if len(row) < look.pairs_across else 1)


def _table(sheet: _Sheet, block: Table, look: Look) -> None:
    for text in (block.heading, block.above):
        if text:
            _line(sheet, text, "L", 6.5)
    grouped = any(column.group for column in block.columns)
    with sheet.table(
        borders_layout=_BORDERS[look.rules],
        col_widths=tuple(column.weight for column in block.columns),
        width=_WIDTH,
        line_height=5.0,
        padding=(1.4, 1.6),
        headings_style=_SHADE if look.rules != "none" else _PLAIN,
        num_heading_rows=2 if grouped else 1,
        repeat_headings=TableHeadingsDisplay.ON_TOP_OF_EVERY_PAGE if look.header_again else TableHeadingsDisplay.NONE,
    ) as table:
        top = table.row()
        for group, found in groupby(block.columns, lambda column: column.group):
            columns = list(found)
            if group:
                top.cell(_spaced(group, look), colspan=len(columns), align="CENTER")
            else:
                for column in columns:
                    top.cell(_header(column.header, look), rowspan=2 if grouped else 1, align="CENTER")
        if grouped:
            below = table.row()
            for column in block.columns:
                if column.group:
                    below.cell(_header(column.header, look), align="CENTER")
        for row in (*block.rows, *((block.foot,) if block.foot else ())):
            line = table.row()
            for column, cell in zip(block.columns, row, strict=True):
                line.cell(cell, align=column.align.upper())
        if not block.rows and block.blank:
            table.row().cell(block.blank, colspan=len(block.columns), align="CENTER")


def _header(text: str, look: Look) -> str:
    return "\n".join(_spaced(line, look) for line in text.split("\n"))
