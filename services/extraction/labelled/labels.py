"""Finding printed labels on a page: letter-spaced or not, with a colon or without, and what follows each. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from services.extraction.page.layout import PHRASE_GAP, Page, Word, key_of, lines, parted, ruled_off
from shared.catalog.templates import CertificateKind

_END_OF_VALUE = 2.5
"""Heights of gap after which a text on the same line is no longer the value."""
_INSIDE_LABEL = 1.2
"""Heights of gap that no two words of a label have between them."""
_BULLET = re.compile(r"[·ㆍ○●◦■□▪▶*※–①-⑳-]+|\(?\d{1,2}[.)]|[가-하][.)]")
COLONS = (":", "：")


class Label(NamedTuple):
    """A label in print, and what follows it on its line."""

    key: str
    words: list[Word]
    colon: Word | None
    after: list[Word]
    """The words behind it up to the first gap that no value has, or the first rule."""
    rest: list[Word]
    """All words behind it up to the next label."""
    heads: bool
    """Whether it stands in a row of labels without values, as in a table's header: what is beside it is no value."""


class _Span(NamedTuple):
    line: int
    start: int
    end: int


class Starts:
    """Where on the page labels and their values begin: what begins there on another line, after a gap, is a new one."""

    def __init__(self) -> None:
        self._lines: dict[int, set[int]] = {}

    def add(self, word: Word, line: int) -> None:
        """Remember that something begins with `word`."""
        self._lines.setdefault(round(word.left), set()).add(line)

    def begins(self, word: Word, line: int) -> bool:
        """Whether something begins so far from the left on another line than this."""
        place = round(word.left)
        return any(self._lines.get(place + near, set()) - {line} for near in (-1, 0, 1))


class Labels(NamedTuple):
    """The labels of one page from top to bottom, and where they and their values begin."""

    labels: list[Label]
    starts: Starts


def labels_of(page: Page, kind: CertificateKind) -> Labels:
    """Return the labels of a page, each as long as it can be."""
    spans = [span for place, line in enumerate(page.lines) for span in _spans(line, place, page, kind)]
    starts = Starts()
    for span in spans:
        line = page.lines[span.line]
        colon = span.end < len(line) and line[span.end].text in COLONS
        for word in (line[span.start], *line[span.end + colon :][:1]):
            starts.add(word, span.line)
    found: list[Label] = []
    for place, beside_each_other in groupby(spans, key=lambda span: span.line):
        found += _with_what_follows([*beside_each_other], page.lines[place], page, starts)
    return Labels([*found, *_over_lines(page, kind)], starts)


def stretches(words: Sequence[Word], line: int, page: Page, starts: Starts) -> list[list[Word]]:
    """Return neighbours of a line in groups: parted by gaps that no value has, by rules, and where others begin."""
    found: list[list[Word]] = []
    for word in words:
        if found and not _ends_between(found[-1][-1], word, line, page, starts):
            found[-1].append(word)
        else:
            found.append([word])
    return found


def _end_of_label(line: list[Word], at: int, page: Page, kind: CertificateKind) -> int:
    """Return where the longest label that begins at word `at` ends, or 0."""
    longest, text = 0, ""
    for end in range(at, len(line)):
        text += key_of([line[end]])
        if text not in kind.label_starts or (end > at and not _go_together(line[end - 1], line[end], page)):
            break
        if text in kind.label_keys:
            longest = end + 1
    if at == 0 or (longest < len(line) and line[longest].text in COLONS):
        return longest
    before = line[at - 1]
    return longest if _BULLET.fullmatch(before.text) or parted(before, line[at], page) else 0


def _go_together(one: Word, other: Word, page: Page) -> bool:
    """Whether two words may be of one label: only single syllables are set far apart."""
    spread = len(one.text) == len(other.text) == 1
    return not (ruled_off(one, other, page) if spread else parted(one, other, page, _INSIDE_LABEL))


def _spans(line: list[Word], place: int, page: Page, kind: CertificateKind) -> Iterator[_Span]:
    at = 0
    while at < len(line):
        end = _end_of_label(line, at, page, kind)
        if end:
            yield _Span(place, at, end)
        at = end or at + 1


def _with_what_follows(spans: list[_Span], line: list[Word], page: Page, starts: Starts) -> Iterator[Label]:
    ends = [*(span.start for span in spans[1:]), len(line)]
    colons = [line[span.end] if span.end < len(line) and line[span.end].text in COLONS else None for span in spans]
    rests = [line[span.end + bool(colon) : until] for span, colon, until in zip(spans, colons, ends, strict=True)]
    heads = len(spans) > 2 and sum(not rest for rest in rests[:-1]) > 1
    for span, colon, rest in zip(spans, colons, rests, strict=True):
        words = line[span.start : span.end]
        after = _before_a_colon(stretches(rest, span.line, page, starts)[0]) if rest else []
        yield Label(key_of(words), words, colon, after, rest, heads)


def _before_a_colon(words: list[Word]) -> list[Word]:
    """Return the words without a label that no template knows: what stands before a colon, but for the time of day."""
    for place in range(1, len(words)):
        if words[place].text in COLONS and not words[place - 1].text[-1].isdigit():
            gaps = [end for end, (one, other) in enumerate(pairwise(words[:place]), start=1) if _apart(one, other)]
            return words[: gaps[-1]] if gaps else []
    return words


def _ends_between(one: Word, other: Word, line: int, page: Page, starts: Starts) -> bool:
    return parted(one, other, page, _END_OF_VALUE) or (_apart(one, other) and starts.begins(other, line))


def _apart(one: Word, other: Word) -> bool:
    return other.left - one.right > PHRASE_GAP * max(one.height, other.height)


def _over_lines(page: Page, kind: CertificateKind) -> Iterator[Label]:
    """Yield the labels that fill a ruled cell over more than one line."""
    if not page.vertical:
        return
    for line in page.lines:
        for word in line:
            cell = page.cell(*word.middle) if key_of([word]) in kind.label_starts else None
            words = page.inside(cell) if cell else []
            if words and words[0] is word and len(lines(words)) > 1 and key_of(words) in kind.label_keys:
                yield Label(key_of(words), words, None, [], [], heads=False)
