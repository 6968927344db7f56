"""How far a table goes on its page: to where its rules end, or, unruled, to a wide gap or a text across. Pure."""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from services.extraction.page.layout import Box, Page, Phrase, Rule, Word, stands_in
from services.extraction.tables.beginnings import (
    alone_where_rows_begin,
    begins_broken,
    begins_row,
    begins_with_label,
    has_proof,
    is_row,
    rows_are_sure,
    runs_across,
)
from services.extraction.tables.captions import bare
from services.extraction.tables.headers import Header

ROW_GAP = 4.0
"""Heights of white space between two rows of an unruled table, at most."""
WRAP_GAP = 0.9
"""Heights of white space between two lines of one of its cells, at most."""
_LIKE_A_ROW = 1.5
"""Times the white space between the rows: a text by itself that is further down is none."""
_NOTHING_BELOW = "이하여백"
_CERTIFIES = re.compile(r"(위와같이|위의|상기|위사실|이증명서는).*다\.?")
"""The sentence with which a certificate certifies what stands above it."""

_Line = list[Phrase]


class Doubt(Exception):
    """A table cannot be read beyond doubt."""


class Extent(NamedTuple):
    """What stands under a header: the table's words, the box around all of it, and the lines that come after."""

    words: list[Word]
    box: Box
    edges: list[float]
    """Where vertical rules part its columns, if only in the header."""
    ruled: bool
    """Whether they part all of its rows."""
    after: list[_Line]


def extent_of(page: Page, header: Header, until: int) -> Extent:
    """Return what the table under `header` takes up of the page, above its line `until`; raises Doubt."""
    lines = page.cells[header.below : until]
    parting = _parting_rules(page, header)
    edges = [rule.at for rule in parting]
    area = _ruled(page, header, parting)
    if area:
        inside = [[word for phrase in line for word in phrase.words if stands_in(word, area)] for line in lines]
        after = [line for line in lines if line[0].words[0].middle[1] < area[1]]
        return Extent(_above_the_end(lines, inside), area, edges, True, after)
    level = _level_rules(page, header)
    kept = _in_bands(lines, header, level) if len(level) > 1 else _until_it_ends(lines, header, header.box[1])
    after = lines[len(kept) :]
    if after and _may_go_on(kept, after, header):
        raise Doubt
    words = [word for line in kept for phrase in line for word in phrase.words]
    lowest = min([header.box[1], *(word.bottom for word in words)])
    return Extent(words, (0.0, lowest, page.width, header.box[3]), edges, False, after)


def _parting_rules(page: Page, header: Header) -> list[Rule]:
    """Return the vertical rules around and between the header's cells, where all are ruled."""
    across = [rule for rule in page.vertical if rule.spans(header.level)]
    lefts = [rule for rule in across if rule.at <= header.boxes[0][0] + 1]
    rights = [rule for rule in across if rule.at >= header.boxes[-1][2] - 1]
    parted = all(any(one[0] < rule.at < other[2] for rule in across) for one, other in pairwise(header.boxes))
    if not (lefts and rights and parted):
        return []
    first, last = max(lefts), min(rights)
    return [first, *(rule for rule in across if first.at < rule.at < last.at), last]


def _ruled(page: Page, header: Header, parting: list[Rule]) -> Box | None:
    """Return the area under the header of which vertical rules part all columns, or the one cell across below it.

    None where they part no more than the header itself.
    """
    if not parting:
        return None
    first, *between, last = parting
    lowest = max(first.low, last.low)
    bottom = max(lowest, min((rule.low for rule in between), default=lowest))
    if header.box[1] - bottom > header.height:
        return first.at, bottom, last.at, header.box[3]
    below = [rule.at for rule in page.horizontal if rule.at < bottom - 1 and rule.spans((first.at + last.at) / 2)]
    return (first.at, max([lowest, *below]), last.at, header.box[3]) if bottom - lowest > 1 else None


def _above_the_end(lines: list[_Line], inside: list[list[Word]]) -> list[Word]:
    end = next((at for at, line in enumerate(lines) if inside[at] and is_the_end(line)), len(lines))
    if any(inside[end + 1 :]):
        raise Doubt
    return [word for words in inside[:end] for word in words]


def _level_rules(page: Page, header: Header) -> list[float]:
    """Return where the level rules below the header are that are as wide as it, from top to bottom."""
    left, bottom, right, _ = header.box
    return [
        rule.at for rule in reversed(page.horizontal) if rule.at < bottom and rule.spans(left) and rule.spans(right)
    ]


def _in_bands(lines: list[_Line], header: Header, level: list[float]) -> list[_Line]:
    """Return the lines between level rules, as long as rows stand between each two; the last may have none below."""
    kept: list[_Line] = []
    last = None
    for band, group in groupby(lines, key=lambda line: sum(at > line[0].words[0].middle[1] for at in level)):
        between = list(group)
        top = level[band - 1] if band else header.box[1]
        if last not in (None, band - 1) or (band == len(level) and not _goes_on(between, header)):
            break
        one = _is_one_row(between, header, first=not kept)
        if not one and kept and not _begun(between, header)[0]:
            break
        rows = between if one else _until_it_ends(between, header, top)
        kept += rows
        room = _bottom(between[-1]) - level[band] if band < len(level) else float("inf")
        if rows != between and kept and room <= WRAP_GAP * _height(between[-1]):
            *gaps, gap = _gaps([*kept, between[len(rows)]], header)
            if gap <= _LIKE_A_ROW * max(gaps):
                raise Doubt  # what is no row stands where one would, above the rule that closes the table
        if rows != between or room > ROW_GAP * _height(between[-1]):
            break
        last = band
    return kept


def _is_one_row(between: list[_Line], header: Header, *, first: bool) -> bool:
    """Whether lines between two rules stand close, and one row begins or, above the `first`, may end."""
    tight = all(_bottom(one) - other[0].box[3] <= WRAP_GAP * _height(one) for one, other in pairwise(between))
    begun = sum(begins_row(line, header, alone=True) for line in between)
    return tight and (begun == 1 or (not begun and (first or begins_broken(between, header))))


def _until_it_ends(lines: list[_Line], header: Header, bottom: float) -> list[_Line]:
    kept: list[_Line] = []
    begun = _begun(lines, header)
    for line, begins in zip(lines, begun, strict=True):
        near = bottom - line[0].box[3] <= (ROW_GAP if begins or not kept else WRAP_GAP) * _height(line)
        if not near or is_the_end(line) or runs_across(line, header) or not (begins or kept):
            # Where nothing is kept yet, a lone text in the middle may still be what says that there are no rows.
            says_so = len(line) == 1 and not is_the_end(line) and not begins_with_label(line, header)
            return [line] if near and not kept and says_so else kept
        kept.append(line)
        bottom = _bottom(line)
    return kept


def _begun(lines: list[_Line], header: Header) -> list[bool]:
    """Return for each line whether it is a row's first, or stands so close above one that it may be the same row's."""
    gaps = [_bottom(line) - below[0].box[3] for line, below in pairwise(lines)]
    wraps = [gap <= WRAP_GAP * _height(line) for gap, line in zip(gaps, lines, strict=False)]
    ends = [at for at, close in enumerate(wraps) if not close] + [len(lines) - 1]
    begun: list[bool] = []
    for end in ends:
        block = lines[len(begun) : end + 1]
        columns = {header.nearest(phrase.box) for line in block for phrase in line}
        starts = [begins_row(line, header, alone=len(columns) > 1) for line in block]
        begun += [any(starts[at:]) for at in range(len(block))]
    return begun


def _goes_on(lines: list[_Line], header: Header) -> bool:
    """Whether the first of the lines is beyond doubt a row's."""
    first = next((line for line in lines if begins_row(line, header)), None)
    return first is not None and is_row(first, header) and _begun(lines, header)[0]


def _may_go_on(kept: list[_Line], after: list[_Line], header: Header) -> bool:
    """Whether what stands below the table may be one more row, whose beginning cannot be read."""
    gaps = _gaps([*kept, *after], header)
    first = len(kept)
    end = next((at for at in range(1, len(after)) if gaps[first + at] > WRAP_GAP * _height(after[at])), len(after))
    block = after[:end]
    near = gaps[first] <= ROW_GAP * _height(block[0])
    if rows_are_sure(header) and begins_row(block[0], header):
        return near
    sentence = len(block[0]) == 1 and runs_across(block[0], header)
    if sentence or any(begins_with_label(line, header) for line in block):
        return False
    columns = {header.nearest(phrase.box) for line in block for phrase in line}
    if len(columns) > 1 or any(len(line) > 1 for line in block):
        return near
    alone = any(alone_where_rows_begin(line, header) or has_proof(line, header) for line in block)
    return alone and gaps[first] <= _LIKE_A_ROW * max(gaps[:first], default=0.0)


def _gaps(lines: list[_Line], header: Header) -> list[float]:
    """Return the white space above each line, that of the first below the header."""
    bottoms = [header.box[1], *map(_bottom, lines)]
    return [bottom - line[0].box[3] for bottom, line in zip(bottoms, lines, strict=False)]


def is_the_end(line: Sequence[Phrase]) -> bool:
    """Whether a line says that nothing more follows (이하 여백), or certifies what stood above."""
    return len(line) == 1 and (bare(line[0].key) == _NOTHING_BELOW or bool(_CERTIFIES.fullmatch(line[0].key)))


def _bottom(line: _Line) -> float:
    return min(phrase.box[1] for phrase in line)


def _height(line: _Line) -> float:
    return line[0].words[0].height
