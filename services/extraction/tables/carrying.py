"""Finding a table again at the top of the next page, where its header is not repeated. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

from services.extraction.page.layout import Box, Page, Phrase, around
from services.extraction.tables.beginnings import begins_totals, in_room, is_row, runs_across
from services.extraction.tables.extent import ROW_GAP, WRAP_GAP, Doubt, is_the_end
from services.extraction.tables.headers import Header
from services.extraction.tables.rows import Row

_SAME_PLACE = 1.5
"""Points by which a line or a text that goes on may be out of its place."""

Running = frozenset[tuple[str, int]]
"""Texts that stand on several pages at the same height, digits aside, such as a title or a page's number."""


def running_texts(pages: Sequence[Page]) -> Running:
    """Return what is on more than one of the pages."""
    if len(pages) < 2:
        return frozenset()
    found = Counter(text for page in pages for text in {_text_at(line) for line in page.phrases})
    return frozenset(text for text, count in found.items() if count > 1)


def only_running(lines: Sequence[Sequence[Phrase]], running: Running) -> bool:
    """Whether all of the lines are running texts."""
    return all(_text_at(line) in running for line in lines)


def carried_over(page: Page, before: Header, edges: Sequence[float], running: Running, number: int) -> Header | None:
    """Return the header as if it stood above the table's next row, numbered `number`, or None if there is none.

    `edges` are those of the columns on the page before. Raises Doubt if something stands between the page's top and
    that row.
    """
    top = _where_rules_go_on(page, edges)
    if top is not None:
        below = next((at for at, line in enumerate(page.lines) if line[0].middle[1] < top), len(page.lines))
        return _moved(before, top, below)
    for at, line in enumerate(page.cells):
        if is_next_row(line, before, number):
            while at and _gap(page.cells[at - 1], page.cells[at]) <= WRAP_GAP * line[0].words[0].height:
                at -= 1  # beside a cell of several lines, that with which the row begins may stand in the middle
            top, near = page.cells[at][0].box[3], ROW_GAP * line[0].words[0].height
            if not only_running([other for other in page.cells[:at] if other[0].box[1] - top < near], running):
                raise Doubt
            cell = page.cell(*line[0].words[0].middle)
            return _moved(before, cell[3] if cell else top, at)
    return None


def is_next_row(line: Sequence[Phrase], header: Header, number: int) -> bool:
    """Whether a line is a row of the table beyond doubt: the one of that number, or one with a value that proves it."""
    if len(line) < 2 or runs_across(line, header):
        return False
    if begins_totals(line, header.table):
        return True
    if header.numbered:
        return any(words[0].text == str(number) for words in in_room(line, header, header.mark[0]))
    return is_row(line, header)


def may_go_on(page: Page, rows: Sequence[Row], header: Header, running: Running) -> bool:
    """Whether what stands first on a page may belong to the table before it, as it is set as one of its columns is."""
    line = next((line for line in page.cells if not only_running([line], running)), [])
    free = () if is_the_end(line) else [phrase.box for phrase in line if phrase.key not in header.beside]
    columns = [
        [around(line.words) for row in rows for line in row.cells[at]] or [box] for at, box in enumerate(header.boxes)
    ]
    return any(_is_set_like(box, column) for box in free for column in columns)


def _where_rules_go_on(page: Page, edges: Sequence[float]) -> float | None:
    """Return the top of an area that vertical rules part at `edges` and nowhere else."""
    found = [[rule for rule in page.vertical if abs(rule.at - edge) <= _SAME_PLACE] for edge in edges]
    if not all(found):
        return None
    highest = [max(rules, key=lambda rule: rule.high) for rules in found]
    low, top = max(rule.low for rule in highest), min(rule.high for rule in highest)
    others = [rule for rule in page.vertical if edges[0] < rule.at < edges[-1] and rule.low < top - 1 < rule.high]
    alike = all(any(rule in rules for rules in found) for rule in others)
    return top if low < top - 1 and alike else None


def _moved(header: Header, top: float, below: int) -> Header:
    boxes = tuple((left, top, right, top) for left, _, right, _ in header.boxes)
    return header._replace(boxes=boxes, box=(boxes[0][0], top, boxes[-1][2], top), first=below, below=below)


def _gap(line: Sequence[Phrase], below: Sequence[Phrase]) -> float:
    return min(phrase.box[1] for phrase in line) - max(phrase.box[3] for phrase in below)


def _text_at(line: Sequence[Phrase]) -> tuple[str, int]:
    return re.sub(r"\d+", "0", "".join(phrase.key for phrase in line)), round(line[0].box[1])


def _is_set_like(box: Box, column: Sequence[Box]) -> bool:
    """Whether a text is set flush left or right with all of a column, or on their middle."""
    return any(
        all(abs(place(box) - place(other)) <= _SAME_PLACE for other in column)
        for place in (itemgetter(0), itemgetter(2), lambda each: (each[0] + each[2]) / 2)
    )
