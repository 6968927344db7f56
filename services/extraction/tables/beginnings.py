"""What begins a row of a table: a serial number, an anchor whose text proves itself, or the label of the sums. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from services.extraction.normalise import normalise
from services.extraction.page.layout import Phrase, Word, key_of, text_of
from services.extraction.tables.headers import Header
from shared.catalog.templates import Part, Table, ValueType

TYPED: frozenset[ValueType] = frozenset(
    {"rrn", "date", "month", "year", "integer", "won", "business_number", "workplace_number", "choice"}
)
"""Types whose text proves itself: no name or sentence is one of them."""
_RRN = re.compile(r"\d{6}\s*[-\u2010-\u2015\u2212]")


def proves_itself(part: Part, text: str) -> bool:
    """Whether `text` is beyond doubt a value of that part."""
    if part.type == "rrn" and _RRN.match(text):
        return True
    return part.type in TYPED and normalise(text, part.type, None, part.codes) is not None


def rows_are_sure(header: Header) -> bool:
    """Whether what begins each row is its number, or a value that proves itself."""
    return header.numbered or header.mark[1].type in TYPED


def begins_row(line: Sequence[Phrase], header: Header, *, alone: bool = False) -> bool:
    """Whether a line of an unruled table is a row's first: its number, its anchor, or the label of the sums.

    An anchor that does not prove itself must have something beside it, unless it may stand `alone`.
    """
    if begins_totals(line, header.table):
        return True
    at, part = header.mark
    found = in_room(line, header, at)
    if header.numbered:
        return any(words[0].text.isdigit() for words in found)
    if part.type in TYPED:
        return any(proves_itself(part, text_of(words)) for words in found)
    return (
        (alone or len(line) > 1)
        and not begins_with_label(line, header)
        and any(phrase.words in found and normalise(text_of(phrase.words), part.type, None) for phrase in line)
    )


def begins_broken(lines: Iterable[Sequence[Phrase]], header: Header) -> bool:
    """Whether lines between two rules have one anchor that proves itself only as a whole: `2022/0` above `5`."""
    at, part = header.mark
    found = [text_of(words) for line in lines for words in in_room(line, header, at)]
    return not header.numbered and any(proves_itself(part, sign.join(found)) for sign in (" ", ""))


def is_row(line: Sequence[Phrase], header: Header) -> bool:
    """Whether a line begins a row beyond doubt: one of its values cannot be anything else."""
    return begins_row(line, header) and (rows_are_sure(header) or has_proof(line, header))


def has_proof(line: Sequence[Phrase], header: Header) -> bool:
    """Whether something on a line proves that it is a value of the column that it can stand in."""
    rooms = [(at, part) for at, column in enumerate(header.columns) for part in column.parts if part.type in TYPED]
    return any(
        proves_itself(part, text_of(phrase.words))
        for at, part in rooms
        for phrase in line
        if phrase.words in in_room(line, header, at)
    )


def in_room(line: Sequence[Phrase], header: Header, at: int) -> list[list[Word]]:
    """Return what of a line can stand in that column, phrase by phrase."""
    left, right = header.room(at)
    found = ([word for word in phrase.words if left < word.left and word.right < right] for phrase in line)
    return [words for words in found if words]


def begins_with_label(line: Sequence[Phrase], header: Header) -> bool:
    """Whether a line begins with the label of a value that stands by itself."""
    return not header.beside.isdisjoint(accumulate(key_of([word]) for phrase in line for word in phrase.words))


def alone_where_rows_begin(line: Sequence[Phrase], header: Header) -> bool:
    """Whether a line is but one text, no label, in the column with which rows begin."""
    (phrase,) = line
    return phrase.words in in_room(line, header, header.mark[0]) and phrase.key not in header.beside


def runs_across(line: Sequence[Phrase], header: Header) -> bool:
    """Whether a text stands under several columns, as a sentence does."""
    middles = [(box[0] + box[2]) / 2 for box in header.boxes]
    return any(sum(phrase.box[0] <= middle <= phrase.box[2] for middle in middles) > 1 for phrase in line)


def begins_totals(line: Sequence[Phrase], table: Table) -> bool:
    """Whether a line begins with what a row of sums does."""
    return bool(table.totals and totals_label([word for phrase in line for word in phrase.words], table))


def totals_label(line: Sequence[Word], table: Table) -> Sequence[Word]:
    """Return the words with which a line of sums begins; none where it is no such line."""
    if not table.totals_keys:
        return ()
    for end in range(1, len(line) + 1):
        label = key_of(line[:end])
        if label in table.totals_keys:
            return line[:end]
        if not any(each.startswith(label) for each in table.totals_keys):
            break
    return ()
