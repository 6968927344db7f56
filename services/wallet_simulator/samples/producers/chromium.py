"""A paper set by Chromium, as web portals print: a page of HTML with a style for paper.

One browser serves the whole process: it starts with the first paper and ends with the process.
"""

import atexit
import os
import re
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from importlib.metadata import files
from pathlib import Path
from threading import Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from services.wallet_simulator.samples.paper import MARK, Block, Choice, Look, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.producers.browser import Browser, BrowserFailed
from services.wallet_simulator.samples.producers.measure import column_widths, width
from services.wallet_simulator.samples.producers.words import blocks, groups, in_lines, label, options

_ROOM = 510.0
"""Points between the margins of the style."""
_FAMILIES = {
    "gothic": "NanumGothic",
    "gothic_light": "'NanumGothic Light', NanumGothic",
    "myeongjo": "NanumMyeongjo, NanumGothic",
}
_PADDINGS = {"all": 4.0, "level": 5.0, "none": 7.0}
_GAP = 16.0
"""Points of padding in a label and a value that stand side by side."""
_DATES = re.compile(rb"(?<=Date \(D:)\d{14}[+-]\d\d'\d\d'(?=\))")
_lock = Lock()
_running: dict[int, Browser] = {}
"""At most one, by the process that started it: one that was forked off has none."""


def pdf(paper: Paper, created_at: datetime) -> bytes:
    """`paper` as PDF; `created_at` (with its offset from UTC) is written as the file's creation date.

    The same arguments give the same bytes from the same Chromium, which writes its version into them. Safe to call
    from several threads, one at a time prints. Raises FileNotFoundError where Chromium or the font is not installed,
    BrowserFailed where Chromium does not do its work; the next call starts another.
    """
    page = html(paper)
    with _lock:
        browser = _running.get(os.getpid()) or _started()
        try:
            made = browser.pdf(page)
        except BrowserFailed:
            _end(os.getpid())
            raise
    offset = f"{created_at:%z}"
    return _DATES.sub(f"{created_at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'".encode(), made)


def html(paper: Paper) -> str:
    """The page that is printed."""
    number, found = blocks(paper)
    look = paper.look
    return _template().render(
        paper=paper,
        look=look,
        number=number,
        blocks=[_shown(block, look) for block in found],
        label=partial(label, look=look),
        whole=_whole,
        room=_ROOM,
        mark=MARK,
        family=_FAMILIES[look.font],
        padding=_PADDINGS[look.rules],
    )


def _whole(text: str, size: float, room: float) -> Markup:
    """`text` whose words are not broken where they fit into the room.

    `word-break: keep-all` alone would still break before a bracket and behind a hyphen.
    """

    def kept(word: str) -> Markup:
        return escape(word) if word.isalnum() or width(word, size) > room else Markup("<nobr>{}</nobr>").format(word)

    return Markup("\n").join(Markup(" ").join(map(kept, line.split(" "))) for line in text.split("\n"))


def _started() -> Browser:
    fonts = [path.locate() for path in files("koreanize-matplotlib") or () if path.name == "NanumGothic.ttf"]
    if not fonts:
        raise FileNotFoundError("NanumGothic.ttf of koreanize-matplotlib (the extra `samples`) is not installed")
    process = os.getpid()
    _running[process] = Browser(Path(str(fonts[0])).parent)
    atexit.register(_end, process)
    return _running[process]


def _end(process: int) -> None:
    if process == os.getpid() and (browser := _running.pop(process, None)):
        browser.close()


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("chromium.html")


def _shown(block: Block, look: Look) -> dict[str, Any]:
    match block:
        case Pairs():
            return {"heading": block.heading, "lines": _lines(block, look)}
        case Table():
            return _table(block, look)
        case Sentence():
            return {"heading": "", "align": block.align, "text": block.text}


def _lines(block: Pairs, look: Look) -> list[list[tuple[str, Markup, list[str]]]]:
    """Line by line the labels, each with its value or its options."""
    names = max(width(label(entry.label, look), look.size) for entry in block.entries)
    half = _ROOM / 2 - names - 2 * _GAP

    def is_short(entry: Pair | Choice) -> bool:
        if isinstance(entry, Choice):
            return sum(width(option, look.size) + 1.5 * look.size for option in options(entry, look)) <= half
        return max(width(line, look.size) for line in entry.value.split("\n")) <= half

    def parts(entry: Pair | Choice) -> tuple[str, Markup, list[str]]:
        if isinstance(entry, Choice):
            return entry.label, Markup(), options(entry, look)
        return entry.label, _whole(entry.value, look.size, half if is_short(entry) else _ROOM - names - 2 * _GAP), []

    return [[parts(entry) for entry in line] for line in in_lines(block, look, is_short)]


def _table(table: Table, look: Look) -> dict[str, Any]:
    columns = tuple(replace(column, header=label(column.header, look)) for column in table.columns)
    widths, size = column_widths(replace(table, columns=columns), _ROOM, look.size - 0.5, _PADDINGS[look.rules] + 0.5)
    found = groups(columns)
    deep = 2 if any(group for group, _ in found) else 1
    rooms = [wide - 2 * _PADDINGS[look.rules] for wide in widths]
    heads = [_whole(column.header, size, room) for column, room in zip(columns, rooms, strict=True)]
    over = [
        {"text": label(group, look), "across": len(places), "down": 1}
        if group
        else {"text": heads[places[0]], "across": 1, "down": deep}
        for group, places in found
    ]
    under = [
        {"text": head, "across": 1, "down": 1} for head, column in zip(heads, columns, strict=True) if column.group
    ]
    return {
        "heading": table.heading,
        "above": table.above,
        "columns": columns,
        "widths": widths,
        "size": size,
        "head": [over, under][:deep],
        "rows": [[_whole(cell, size, room) for cell, room in zip(row, rooms, strict=True)] for row in table.rows],
        "blank": table.blank,
        "foot": _foot(table),
    }


def _foot(table: Table) -> list[dict[str, Any]]:
    """The cells of the totals; the first, 합계, takes in the blank ones behind it."""
    if not table.foot:
        return []
    blank = next((place for place, text in enumerate(table.foot[1:]) if text), 0)
    cells = [(table.foot[0], "center", 1 + blank)]
    cells += [(text, column.align, 1) for text, column in [*zip(table.foot, table.columns, strict=True)][1 + blank :]]
    return [{"text": text, "align": align, "across": across} for text, align, across in cells]
