"""How high each row of a table is: from rule to rule, or, unruled, by where its lines stand to the next row's. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from services.extraction.page.layout import Page, Word, lines
from services.extraction.tables.extent import ROW_GAP, Doubt, Extent
from services.extraction.tables.headers import Header

_NEARER = 1.3
"""A line of an unruled cell stands so many times nearer to its own row than to the next."""

_TIGHT = 0.6
"""Heights of white space between the lines of one cell, at most, where nothing else tells it from two rows."""
_AT_TOP = 0.3
"""Heights by which the line with which a row begins may be off its first."""
_IN_MIDDLE = 3.0
"""Points by which twice the middles of two cells may differ."""
_HALF_A_LINE = 0.9
"""Heights: where a text of two lines stands beside one of one line, in the middle, its lines are no further away."""

Band = tuple[float, float]
"""The bottom and top of a row."""


def levels_of(page: Page, header: Header, extent: Extent) -> list[float]:
    """Return from bottom to top where rows can part: the level rules of the table, its end and its header."""
    left, _, right, _ = header.box
    lowest = extent.box[1] - ROW_GAP * header.height
    found = [
        rule.at
        for rule in page.horizontal
        if lowest < rule.at < header.box[1] and rule.spans(left) and rule.spans(right)
    ]
    return [*([extent.box[1]] if extent.ruled else []), *found, header.box[1]]


def band_around(word: Word, levels: Sequence[float]) -> Band | None:
    """Return the nearest two of `levels` below and above a word, None where it is not between two."""
    level = word.middle[1]
    low = max((at for at in levels if at < level), default=None)
    high = min((at for at in levels if at > level), default=None)
    return None if low is None or high is None else (low, high)


def bands_by_rules(
    words: Sequence[Word], starts: Sequence[Word], levels: Sequence[float], end: float
) -> list[Band] | None:
    """Return the rows that begin with `starts`, each between two of `levels`; None where two stand between the same.

    The last of several may stand above the `end` of the table instead; a single one must be all that can be a row.
    """
    for places in (levels, [end, *levels]) if len(starts) > 1 else (levels,):
        bands = {band for start in starts if (band := band_around(start, places))}
        if len(bands) == len(starts):
            low, high = next(iter(bands), (0.0, 0.0))
            only = [word for word in words if low < word.middle[1] <= high] if len(bands) == 1 else []
            return sorted(bands, reverse=True) if _is_tight(only) else None
    return None


def _is_tight(words: Sequence[Word]) -> bool:
    """Whether lines stand so close that they may all be one row's."""
    found = lines(words)
    return all(
        min(word.bottom for word in upper) - max(word.top for word in lower) <= _TIGHT * upper[0].height
        for upper, lower in pairwise(found)
    )


def bands_by_lines(words: Sequence[Word], starts: Sequence[Word], column: Sequence[Word], header: Header) -> list[Band]:
    """Return the rows of an unruled table: lines that stand clearly nearer to each other than to the next row's.

    `column` is the one that the `starts` of the rows stand in. Raises Doubt if a row has not one of them, beside which
    its cells begin, or with which they share their middle.
    """
    levels = [line[0].middle[1] for line in lines(words)]
    steps = [upper - lower for upper, lower in pairwise(levels)]
    if not 0 < len(starts) <= len(levels):
        raise Doubt
    gaps = sorted(sorted(range(len(steps)), key=steps.__getitem__)[len(levels) - len(starts) :])
    wraps = max((step for at, step in enumerate(steps) if at not in gaps), default=0.0)
    if min((steps[at] for at in gaps), default=header.level - levels[0]) < _NEARER * wraps:
        raise Doubt
    cuts = [header.box[1], *((levels[at] + levels[at + 1]) / 2 for at in gaps), 0.0]
    bands = [(low, high) for high, low in pairwise(cuts)]
    for start, (low, high) in zip(starts, bands, strict=True):
        if not low < start.middle[1] <= high:
            raise Doubt
        own = [level for level in levels if low < level <= high]
        beside = [word.middle[1] for word in (start, *column) if low < word.middle[1] <= high]
        at_top = own[0] - start.middle[1] < _AT_TOP * start.height
        in_middle = abs(max(beside) + min(beside) - own[0] - own[-1]) < _IN_MIDDLE and (
            len(starts) > 1 or wraps < _HALF_A_LINE * start.height
        )
        if not (at_top or in_middle):
            raise Doubt
    return bands
