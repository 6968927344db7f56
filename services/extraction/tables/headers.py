"""Finding a table by its header row, in which every cell is a column's label, however the header wraps. Pure.

A cell may stand above several others, as 고지보험료 over 건강 and 장기요양; their labels are then read together.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, product
from typing import NamedTuple

from services.extraction.page.layout import Box, Page, Phrase, Word, around, key_of, lines
from shared.catalog.templates import CertificateKind, Column, Part, Table

_MOST_LINES = 5
_MOST_GROUPS = 4
_ROOM_BELOW = 5.0
"""Heights from a header cell to the end of its box, at most; rows stand in a longer one."""
_SAME_PLACE = 3.0
"""Points by which two rules of one table's edge may differ, where they are drawn twice."""


class Header(NamedTuple):
    """A header row in print: its columns from left to right, the box around each one's words, and around all."""

    table: Table
    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    box: Box
    first: int
    """Which line of the page it begins with."""
    below: int
    """Which line of the page is the first one under it."""
    beside: frozenset[str]
    """The labels of values that stand by themselves on the same page: what begins a row is none of them."""

    @property
    def names(self) -> list[str]:
        """The values its columns hold."""
        return [part.name for column in self.columns for part in column.parts]

    @property
    def numbered(self) -> bool:
        """Whether a serial number begins each row; its anchor does otherwise."""
        return self.table.serial in self.names

    @property
    def mark(self) -> tuple[int, Part]:
        """What begins each row: the place of its column, and the part."""
        name = self.table.serial if self.numbered else self.table.anchor
        return next((at, part) for at, each in enumerate(self.columns) for part in each.parts if part.name == name)

    @property
    def level(self) -> float:
        """A height at which the rules between all of its columns stand: the lowest cell's, where some stand above."""
        return min((bottom + top) / 2 for _, bottom, _, top in self.boxes)

    @property
    def height(self) -> float:
        """How high its lowest line is."""
        return min(top - bottom for _, bottom, _, top in self.boxes)

    def nearest(self, box: Box) -> int:
        """Return the column whose label's middle is nearest to that of `box`."""
        return min(range(len(self.boxes)), key=lambda at: abs(sum(self.boxes[at][::2]) - sum(box[::2])))

    def room(self, at: int) -> tuple[float, float]:
        """Return where a column's words must begin after and end before: between the labels of its neighbours."""
        left = self.boxes[at - 1][2] if at else float("-inf")
        return left, self.boxes[at + 1][0] if at + 1 < len(self.boxes) else float("inf")


def headers_of(page: Page, table: Table, kind: CertificateKind) -> Iterator[Header]:
    """Yield the header rows of `table` on the page: lines whose every cell is a column's label, with most values."""
    lines = [_letters_joined(line, table) for line in page.phrases]
    fits = [_fits(line, page, table) for line in lines]
    start = 0
    while start < len(fits):
        end = next((end for end in range(start, len(fits)) if not fits[end]), len(fits))
        runs = [
            (first, below)
            for first in range(start, end)
            for below in range(first + 1, min(end, first + _MOST_LINES) + 1)
        ]
        found = [header for run in runs if (header := _header(page, lines, table, *run, kind.label_keys))]
        if found:
            best = max(found, key=lambda header: (len(header.names), header.below - header.first))
            yield best
            end = best.below - 1
        start = end + 1


def _fits(line: Sequence[Phrase], page: Page, table: Table) -> bool:
    """Whether a line may be a header's: its cells are labels, or most are, and the others are ruled in."""
    unknown = [phrase for phrase in line if phrase.key not in table.label_letters]
    return not unknown or (2 * len(unknown) < len(line) and all(_cell(phrase, page) for phrase in unknown))


def _letters_joined(line: list[Phrase], table: Table) -> list[Phrase]:
    """Return a line with a label whose letters are set far apart as one phrase."""
    if sum(len(phrase.key) == 1 for phrase in line) < 2:
        return line
    found: list[Phrase] = []
    for single, group in groupby(line, key=lambda phrase: len(phrase.key) == 1):
        together = list(group)
        words = [word for phrase in together for word in phrase.words]
        label = key_of(words)
        joined = single and label in table.label_letters and label not in table.group_keys
        found += [Phrase(words, label, around(words))] if joined else together
    return found


def _header(
    page: Page, lines: Sequence[list[Phrase]], table: Table, first: int, below: int, beside: frozenset[str]
) -> Header | None:
    found = [phrase for line in lines[first:below] for phrase in line]
    groups = sorted((phrase for phrase in found if phrase.key in table.group_keys), key=lambda group: group.box)
    cells = _stacked([phrase for phrase in found if phrase not in groups])
    columns = _columns(cells, groups, page, table)
    if not columns or not _complete(columns, table):
        return None
    ruled = [_cell(cell, page) for cell in cells]
    words = [word for phrase in found for word in phrase.words]
    if not all(_is_whole(cell, box, page, words) for cell, box in zip(cells, ruled, strict=True) if box):
        return None
    if any(_is_strange(column, table) for column in columns) and not _in_a_row(ruled):
        return None
    return Header(table, columns, tuple(cell.box for cell in cells), around(words), first, below, beside)


def _complete(columns: Sequence[Column], table: Table) -> bool:
    """Whether the header has every required value once, what begins a row, and no value twice.

    A column that the template does not know may be there only if no value is missing that it could hold.
    """
    names = [part.name for column in columns for part in column.parts]
    strange = any(_is_strange(column, table) for column in columns)
    needed = {part.name for column in table.columns for part in column.parts if part.required or strange}
    begins = table.serial in names or table.anchor in names
    return begins and needed <= set(names) and len(names) == len(set(names))


def _is_strange(column: Column, table: Table) -> bool:
    return all(column is not known for known in table.columns)


def _is_whole(cell: Phrase, box: Box, page: Page, header: Sequence[Word]) -> bool:
    """Whether nothing but the header stands in a header cell's box, unless that holds the whole column."""
    deep = cell.box[1] - box[1] > _ROOM_BELOW * cell.words[0].height
    return deep or all(word in header for word in page.inside(box))


def _in_a_row(boxes: Sequence[Box | None]) -> bool:
    """Whether cells are all ruled, side by side, and end at one level."""
    ruled = [box for box in boxes if box]
    level = all(abs(one[1] - other[1]) < _SAME_PLACE for one, other in pairwise(ruled))
    beside = all(abs(one[2] - other[0]) < _SAME_PLACE for one, other in pairwise(ruled))
    return len(ruled) == len(boxes) and level and beside


def _stacked(found: list[Phrase]) -> list[Phrase]:
    """Return phrases as cells: those that stand above each other are one; from left to right, top to bottom."""
    cells: list[list[Phrase]] = []
    for phrase in sorted(found, key=lambda phrase: phrase.box):
        cell = next((cell for cell in cells if any(_over(phrase.box, other.box) for other in cell)), None)
        if cell is None:
            cells.append([phrase])
        else:
            cell.append(phrase)
    stacked = [
        [word for line in lines([word for one in cell for word in one.words]) for word in line] for cell in cells
    ]
    return [Phrase(words, key_of(words), around(words)) for words in stacked]


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2]


def _columns(cells: list[Phrase], groups: list[Phrase], page: Page, table: Table) -> tuple[Column, ...] | None:
    """Return the cells' columns, where the groups above them leave one way alone to read all of them."""
    if len(cells) < 2 or len(groups) > _MOST_GROUPS:
        return None
    ways = []
    for runs in product(*(list(_runs(group, cells, page, table)) for group in groups)):
        labels = [cell.key for cell in cells]
        for group, run in zip(groups, runs, strict=True):
            labels[run.start : run.stop] = [group.key + label for label in labels[run.start : run.stop]]
        columns = [_column(label, cell, page, table) for label, cell in zip(labels, cells, strict=True)]
        known = tuple(column for column in columns if column)
        if len(known) == len(cells) and (not groups or _complete(known, table)):
            ways.append(known)
    alike = ways and all([column.parts for column in way] == [column.parts for column in ways[0]] for way in ways)
    return ways[0] if alike else None


def _runs(group: Phrase, cells: list[Phrase], page: Page, table: Table) -> Iterator[range]:
    """Yield which neighbours `group` may stand above: all those of its ruled cell, or any around its middle."""
    middle, cell = (group.box[0] + group.box[2]) / 2, _cell(group, page)
    if cell and len(page.inside(cell)) > len(group.words):
        cell = None
    under = [
        each.words[0].middle[1] < group.box[1]
        and group.key + each.key in table.column_by_label
        and (cell is None or cell[0] < (each.box[0] + each.box[2]) / 2 < cell[2])
        for each in cells
    ]
    for start in range(len(cells)):
        for stop in range(start + 1, len(cells) + 1):
            if not under[stop - 1]:
                break
            if cells[start].box[0] < middle < cells[stop - 1].box[2] and (cell is None or stop - start == sum(under)):
                yield range(start, stop)


def _column(label: str, cell: Phrase, page: Page, table: Table) -> Column | None:
    """Return the column of that label; a ruled one that the template does not know has no values."""
    known = table.column_by_label.get(label)
    return known or (Column(labels=(label,), parts=()) if _cell(cell, page) else None)


def _cell(phrase: Phrase, page: Page) -> Box | None:
    left, bottom, right, top = phrase.box
    return page.cell((left + right) / 2, (bottom + top) / 2)
