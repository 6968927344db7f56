"""A paper set by typst (https://typst.app): the fastest of the producers, and what the demo shows.

The font is NanumGothic (OFL-1.1) out of the wheel of `koreanize-matplotlib`, whose files are looked up without
importing it, since importing would ask for matplotlib.
"""

import json
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

import typst

from services.wallet_simulator.samples.paper import MARK, Block, Choice, Look, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.producers.measure import column_widths, width
from services.wallet_simulator.samples.producers.words import blocks, groups, in_lines, label, options

_TEMPLATE = Path(__file__).parent / "paper.typ"
_ROOM = 493.0
"""Points between the margins."""
_MARGINS = {"all": 3.0, "level": 6.0, "none": 8.0}
"""Points left and right of a cell's text, by the look's rules."""
_WIDEST_LABEL = 150.0
_PADDING = 12.0
_GUTTER = 20.0
_FEW_COLUMNS = 5


@cache
def _compiler() -> typst.Compiler:
    fonts = [path.locate() for path in files("koreanize-matplotlib") or () if path.name == "NanumGothic.ttf"]
    if not fonts:
        raise FileNotFoundError("NanumGothic.ttf of koreanize-matplotlib (the extra `samples`) is not installed")
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(str(fonts[0])).parent)]
    )
    return typst.Compiler(root=_TEMPLATE.parent, font_paths=found, ignore_system_fonts=True)


def pdf(paper: Paper, created_at: datetime) -> bytes:
    """`paper` as PDF 1.7 with a plain cross-reference table.

    `created_at` (with its offset from UTC) is written as the file's creation date.
    """
    made = _compiler().compile(
        _TEMPLATE,
        format="pdf",
        sys_inputs={"data": json.dumps(_laid_out(paper), ensure_ascii=False)},
        timestamp=created_at,
        pdf_tags=False,
    )
    assert isinstance(made, bytes)
    return made


def _laid_out(paper: Paper) -> dict[str, Any]:
    """What the template prints, its labels spaced, its columns measured, its lines broken into words."""
    look = paper.look
    number, found = blocks(paper)
    date_label = f"{label(paper.issued_on.label, look)} " if look.date_label else ""
    return {
        "mark": MARK,
        "title": label(paper.title, look),
        "look": asdict(look),
        "weight": "light" if look.font == "gothic_light" else "regular",
        "number": _shown(number, look),
        "blocks": [_block(block, look) for block in found],
        "issued_on": date_label + paper.issued_on.value,
        "issuer": paper.issuer,
        "signatory": _shown(paper.signatory, look),
        "numbered": paper.numbered,
        "annex": paper.annex,
        "notes": paper.notes,
    }


def _shown(pair: Pair | None, look: Look) -> dict[str, str] | None:
    return None if pair is None else {"label": label(pair.label, look), "value": pair.value}


def _block(block: Block, look: Look) -> dict[str, Any]:
    match block:
        case Pairs():
            return {"kind": "pairs", "heading": block.heading, **_pairs(block, look)}
        case Table():
            return {"kind": "table", "heading": block.heading, "above": block.above, **_table(block, look)}
        case Sentence():
            return {"kind": "sentence", "text": block.text, "align": block.align}


def _pairs(block: Pairs, look: Look) -> dict[str, Any]:
    """The entries line by line, and the width their labels need."""
    widest = max(min(width(label(one.label, look), look.size), _WIDEST_LABEL) for one in block.entries) + _PADDING
    half = (_ROOM - _GUTTER) / 2 - widest - _PADDING
    lines = in_lines(block, look, lambda one: _widest(one, look) <= half)
    return {
        "label_width": widest,
        "across": max(map(len, lines)),
        "lines": [
            [
                {
                    "label": label(one.label, look),
                    "value": _value(one, look, half if len(line) > 1 else _ROOM - widest - _PADDING),
                }
                for one in line
            ]
            for line in lines
        ],
    }


def _widest(entry: Pair | Choice, look: Look) -> float:
    if isinstance(entry, Choice):
        return sum(width(option, look.size) + look.size for option in options(entry, look))
    return max(width(line, look.size) for line in entry.value.split("\n"))


def _value(entry: Pair | Choice, look: Look, room: float) -> Any:
    return {"options": options(entry, look)} if isinstance(entry, Choice) else _text(entry.value, look.size, room)


def _table(table: Table, look: Look) -> dict[str, Any]:
    margin = _MARGINS[look.rules]
    columns = tuple(replace(column, header=label(column.header, look)) for column in table.columns)
    table = replace(table, columns=columns)
    size = look.size - (0.5 if len(columns) <= _FEW_COLUMNS else 1.0)
    widths, size = column_widths(table, _ROOM, size, margin)
    return {
        "size": size,
        "widths": widths,
        "align": [column.align for column in columns],
        "header": _header(table, look),
        "cells": [
            _text(cell, size, wide - 2 * margin)
            for row in (*table.rows, table.foot)
            for cell, wide in zip(row, widths, strict=False)
        ],
        "blank": table.blank,
    }


def _header(table: Table, look: Look) -> list[dict[str, Any]]:
    """The header's cells in one row, or in two where columns stand under a common one."""
    deep = 2 if any(column.group for column in table.columns) else 1
    cells: list[dict[str, Any]] = []
    for group, places in groups(table.columns):
        if group:
            cells.append({"text": label(group, look), "x": places[0], "y": 0, "colspan": len(places), "rowspan": 1})
        below = {"y": 1, "rowspan": 1} if group else {"y": 0, "rowspan": deep}
        cells += [{"text": _lines(table.columns[x].header), "x": x, "colspan": 1, **below} for x in places]
    return cells


def _lines(text: str) -> Any:
    return [[{"loose": line}] for line in text.split("\n")] if "\n" in text else text


def _text(text: str, size: float, room: float) -> Any:
    """`text` as it is where it fits in `room`, else its lines, of words kept whole unless one alone does not fit."""
    if "\n" not in text and width(text, size) <= room:
        return text
    return [
        [word if width(word, size) <= room else {"loose": word} for word in line.split(" ")]
        for line in text.split("\n")
    ]
