"""What stands above a table: the heading of its section, and how many rows it says there are. Pure."""

from collections.abc import Sequence

from services.extraction.page.layout import Page, Phrase
from services.extraction.tables.headers import Header
from shared.catalog.templates import Table, key

_HEADING_GAP = 3.0
"""Heights between a header and a text that stands directly above it, at most."""
_NUMBERED_BY = "가나다라마바사아"
_UNIT = "단위"
_MOST_DIGITS = 6
_MOST_LINES = 2


def bare(text: str) -> str:
    """Return a text, as `key` gives it, without numbers, bullets and brackets around it, or a unit behind it."""
    text = text.partition(f"({_UNIT}")[0]
    letters = [at for at, letter in enumerate(text) if letter.isalpha()]
    if not letters:
        return ""
    begin, end = letters[0], letters[-1] + 1
    return text[begin + 2 if text[begin] in _NUMBERED_BY and text[begin + 1 : begin + 2] == "." else begin : end]


def caption_of(page: Page, header: Header) -> int:
    """Return the line with which what belongs to a header begins: texts by themselves that stand nearest to it."""
    for first in range(max(1, header.first - _MOST_LINES), header.first):
        lines = page.phrases[first : header.first]
        alone = all(len(line) == 1 or any(_UNIT in phrase.key for phrase in line) for line in lines)
        if alone and _gap(lines[-1], page.phrases[header.first]) < _gap(page.phrases[first - 1], lines[0]):
            return first
    return header.first


def has_heading(page: Page, header: Header) -> bool:
    """Whether the table needs no heading, or has its own directly above; a unit or a count may stand between."""
    wanted = {bare(key(heading)) for heading in header.table.headings}
    for line in reversed(page.phrases[max(0, header.first - _MOST_LINES) : header.first]):
        if any(bare(phrase.key) in wanted for phrase in line):
            return True
        if not any(_UNIT in phrase.key for phrase in line) and _count_in(line, header.table) is None:
            break
    return not wanted


def directly_above(page: Page, header: Header) -> list[list[Phrase]]:
    """Return the lines that stand as close above a header as its heading would."""
    return [
        line
        for line in page.phrases[: header.first]
        if line[0].box[1] - header.box[3] <= _HEADING_GAP * line[0].words[0].height
    ]


def count_above(page: Page, header: Header, since: int) -> int | None:
    """Return how many rows the nearest line above the header says there are, if one from line `since` on does."""
    for line in reversed(page.phrases[since : header.first]):
        if (count := _count_in(line, header.table)) is not None:
            return count
    return None


def _count_in(line: Sequence[Phrase], table: Table) -> int | None:
    match = table.count and table.count.search("".join(phrase.key for phrase in line))
    number = match.group(1) if match else ""
    return int(number) if number.isdecimal() and len(number) <= _MOST_DIGITS else None


def _gap(line: Sequence[Phrase], below: Sequence[Phrase]) -> float:
    return min(phrase.box[1] for phrase in line) - max(phrase.box[3] for phrase in below)
