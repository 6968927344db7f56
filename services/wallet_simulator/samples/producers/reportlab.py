"""A paper set by reportlab: a page in a double frame, right-aligned labels, heavy boxes with hair lines inside.

Its text is what reportlab writes for a TrueType font: simple subset fonts of up to 256 letters, so that a line with
rare ones is split between two of them. There is no shaping: decomposed Hangul stays in its letters.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from importlib.metadata import files
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageBreak, PageTemplate, Spacer
from reportlab.platypus import Table as Grid

from services.wallet_simulator.samples.paper import MARK, Choice, Column, Look, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.producers.measure import column_widths
from services.wallet_simulator.samples.producers.reportlab_page import (
    HEIGHT,
    INK,
    MARGIN,
    WIDTH,
    Foot,
    Lines,
    Sheet,
    broken,
)
from services.wallet_simulator.samples.producers.words import blocks, groups, in_lines, label, options

_TOP, _BOTTOM = 92.0, 60.0
_ROOM = WIDTH - 2 * MARGIN
_SHADE = HexColor("#e4e9f0")
_HEAVY, _HAIR = 1.5, 0.35
_PADDING = 5.0
_WIDEST_LABEL = 140.0
_FONTS = {"gothic": "NanumGothic", "gothic_light": "NanumGothicLight", "myeongjo": "NanumGothic"}
_ALL, _LAST = (0, 0), (-1, -1)

Style = list[tuple[Any, ...]]
"""What platypus calls the style of a table: commands, each with the cells that it is about."""


def pdf(paper: Paper, created_at: datetime) -> bytes:
    """`paper` as PDF; `created_at` (with its offset from UTC) is written as the file's creation date.

    The same arguments give the same bytes. Raises ValueError for a letter that NanumGothic does not have.
    """
    font = _font_for(paper)
    out = io.BytesIO()
    document = BaseDocTemplate(out, invariant=1, title=paper.title)
    room = Frame(MARGIN, _BOTTOM, _ROOM, HEIGHT - _TOP - _BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate(frames=[room])])
    document.build(list(_Setter(paper.look, font).story(paper)), canvasmaker=partial(Sheet, paper, font, created_at))
    return out.getvalue()


@cache
def _font(name: str) -> str:
    found = [file.locate() for file in files("koreanize-matplotlib") or () if file.name == f"{name}.ttf"]
    if not found:
        raise FileNotFoundError(f"{name}.ttf of koreanize-matplotlib (the extra `samples`) is not installed")
    registerFont(TTFont(name, str(found[0])))
    return name


def _font_for(paper: Paper) -> str:
    """The font asked for, or the regular one where that lacks a letter: reportlab would leave out what a font lacks."""
    letters = {ord(letter) for letter in repr(paper) + MARK}
    for font in map(_font, (_FONTS[paper.look.font], "NanumGothic")):
        if letters <= getFont(font).face.charToGlyph.keys():
            return font
    raise ValueError("a letter that NanumGothic does not have")


class _Setter:
    """From blocks to what platypus stacks upon pages."""

    def __init__(self, look: Look, font: str) -> None:
        self._look, self._font = look, font

    def story(self, paper: Paper) -> Iterator[Flowable]:
        look, size = self._look, self._look.size
        number, found = blocks(paper)
        if number:
            align = "right" if look.number_at == "top_right" else "left"
            yield self._lines(f"{self._label(number.label)} : {number.value}", size - 0.5, align)
        yield Spacer(0, 10)
        yield self._lines(self._label(paper.title), 20, "center", underlined=True)
        yield Spacer(0, 22)
        for block in found:
            match block:
                case Pairs():
                    yield from self._pairs(block)
                case Table():
                    yield from self._table(block)
                case Sentence():
                    yield self._lines(block.text, size + 1, block.align)
            yield Spacer(0, 12)
        day = paper.issued_on
        signed = [(f"{self._label(day.label)} : {day.value}" if look.date_label else day.value, size + 1)]
        signed.append((paper.issuer, 16))
        if paper.signatory:
            signed.append((f"{self._label(paper.signatory.label)}   {paper.signatory.value}", size + 2))
        yield Foot(signed, "\n".join(paper.notes), self._font)
        for page in range(paper.annex):
            yield PageBreak()
            yield self._lines(f"별첨 {page + 1}", size + 2, "left")

    def _lines(self, text: str, size: float, align: str, *, underlined: bool = False, bar: bool = False) -> Lines:
        return Lines(text, self._font, size, align, underlined=underlined, bar=bar)

    def _heading(self, text: str) -> Iterator[Flowable]:
        if text:
            yield CondPageBreak(110)
            yield self._lines(text, self._look.size + 1, "left", bar=True)
            yield Spacer(0, 3)

    def _label(self, words: str) -> str:
        return label(words, self._look)

    def _width(self, text: str) -> float:
        widest: float = max(stringWidth(line, self._font, self._look.size) for line in text.split("\n"))
        return widest

    def _fitted(self, text: str, size: float, room: float) -> str:
        return broken(text, self._font, size, room - 2 * _PADDING)

    def _type(self, size: float) -> Style:
        return [
            ("FONT", _ALL, _LAST, self._font, size, 1.35 * size),
            ("TEXTCOLOR", _ALL, _LAST, INK),
            ("VALIGN", _ALL, _LAST, "MIDDLE"),
            ("LEFTPADDING", _ALL, _LAST, _PADDING),
            ("RIGHTPADDING", _ALL, _LAST, _PADDING),
        ]

    def _pairs(self, block: Pairs) -> Iterator[Flowable]:
        look, size = self._look, self._look.size
        ending = " :" if look.pairs == "colon" else ""
        names = {entry.label: entry.label and self._label(entry.label) + ending for entry in block.entries}
        before = min(max(map(self._width, names.values())) + 2 * _PADDING + 8, _WIDEST_LABEL)
        half = _ROOM / 2 - before
        lines = in_lines(block, look, lambda entry: self._width(_value(entry, look)) <= half - 2 * _PADDING)
        style, rows = self._type(size), list[list[str]]()
        for place, line in enumerate(lines):
            room = half if len(line) > 1 else _ROOM - before * bool(line[0].label)
            cells = [(self._fitted(names[one.label], size, before), one) for one in line]
            rows.append([text for name, one in cells for text in (name, self._fitted(_value(one, look), size, room))])
            if len(line) == 1:
                first = 1 if line[0].label else 0
                rows[-1] = rows[-1][1 - first :] + [""] * (2 * look.pairs_across - 1 - first)
                style.append(("SPAN", (first, place), (-1, place)))
            if look.pairs == "ruled" and line[0].label:
                style += [("BACKGROUND", (2 * at, place), (2 * at, place), _SHADE) for at in range(len(line))]
        for column in range(0, 2 * look.pairs_across, 2):
            style.append(("ALIGN", (column, 0), (column, -1), "RIGHT"))
        style += [("ALIGN", (0, at), (0, at), "LEFT") for at, line in enumerate(lines) if not line[0].label]
        if look.pairs != "ruled":
            style.append(("VALIGN", _ALL, _LAST, "TOP"))
        else:
            style += [("INNERGRID", _ALL, _LAST, _HAIR, INK), ("BOX", _ALL, _LAST, _HEAVY, INK)]
            style += [("TOPPADDING", _ALL, _LAST, 5), ("BOTTOMPADDING", _ALL, _LAST, 6)]
        yield from self._heading(block.heading)
        yield Grid(rows, [before, half] * 2 if look.pairs_across > 1 else [before, _ROOM - before], style=style)

    def _table(self, table: Table) -> Iterator[Flowable]:
        look = self._look
        columns = tuple(replace(column, header=self._label(column.header)) for column in table.columns)
        widths, size = column_widths(replace(table, columns=columns), _ROOM, look.size - 0.5, _PADDING)
        style = self._type(size)
        head = self._head(columns, widths, size, style)
        body = [
            [self._fitted(cell, size, width) for cell, width in zip(row, widths, strict=True)]
            for row in (*table.rows, *([table.foot] if table.foot else []))
        ]
        if table.blank and not table.rows:
            body.insert(0, [self._fitted(table.blank, size, _ROOM), *[""] * (len(columns) - 1)])
            style.append(("SPAN", (0, len(head)), (-1, len(head))))
        for place, column in enumerate(columns):
            style.append(("ALIGN", (place, len(head)), (place, -1), column.align.upper()))
        style += self._rules(len(head), bool(table.foot))
        yield from self._heading(table.heading)
        yield CondPageBreak(90)
        if table.above:
            yield self._lines(table.above, look.size - 0.5, "left")
        again = len(head) if look.header_again else 0
        yield Grid([*head, *body], widths, repeatRows=again, style=style)

    def _head(self, columns: Sequence[Column], widths: Sequence[float], size: float, style: Style) -> list[list[str]]:
        """The rows of the header, of which `style` is told which cells are one."""
        found = groups(columns)
        deep = 2 if any(group for group, _ in found) else 1
        rows = [[""] * len(columns) for _ in range(deep)]
        for group, places in found:
            first, last = places[0], places[-1]
            for place in places:
                rows[1 if group else 0][place] = self._fitted(columns[place].header, size, widths[place])
            if group:
                rows[0][first] = self._fitted(self._label(group), size, sum(widths[first : last + 1]))
            style.append(("SPAN", (first, 0), (last, 0 if group else deep - 1)))
            if group and self._look.rules == "level":
                style.append(("LINEBELOW", (first, 0), (last, 0), _HAIR, INK))
        return [*rows]

    def _rules(self, deep: int, footed: bool) -> Style:
        """Shade and lines of a table whose header is so many rows deep."""
        header = ((0, 0), (-1, deep - 1))
        style: Style = [("ALIGN", *header, "CENTER")]
        if self._look.rules == "all":
            style += [("BACKGROUND", *header, _SHADE), ("INNERGRID", _ALL, _LAST, _HAIR, INK)]
            style += [("BOX", _ALL, _LAST, _HEAVY, INK), ("LINEBELOW", (0, deep - 1), (-1, deep - 1), 0.9, INK)]
        elif self._look.rules == "level":
            style += [("LINEBELOW", (0, deep - 1), _LAST, _HAIR, INK), ("LINEBELOW", (0, -1), _LAST, _HEAVY, INK)]
            style += [
                ("LINEABOVE", (0, 0), (-1, 0), _HEAVY, INK),
                ("LINEBELOW", (0, deep - 1), (-1, deep - 1), 0.9, INK),
            ]
        if footed and self._look.rules != "none":
            style.append(("LINEABOVE", (0, -1), _LAST, 0.9, INK))
        return style


def _value(entry: Pair | Choice, look: Look) -> str:
    """A value in one string; hard spaces hold an option and its mark together."""
    if isinstance(entry, Pair):
        return entry.value
    return "\u00a0\u00a0 ".join(option.replace(" ", "\u00a0") for option in options(entry, look))
