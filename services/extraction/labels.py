"""Finding printed labels on a line: letter-spaced or not, with a colon or without, and what follows each. Pure."""

from itertools import pairwise
from typing import NamedTuple

from services.extraction.layout import Page, Word, key_of, parted, ruled_off
from shared.catalog.templates import CertificateKind

_END_OF_VALUE = 2.5
"""Heights of gap after which a text on the same line is no longer the value."""
_BULLETS = frozenset("·ㆍ○●◦■□▪▶*※-–①②③④⑤⑥⑦⑧⑨")


class Label(NamedTuple):
    """A label in print: its words, what follows on the line until the next label, and whether a colon parts them."""

    key: str
    words: list[Word]
    after: list[Word]
    colon: bool


def labels_of(line: list[Word], page: Page, kind: CertificateKind) -> list[Label]:
    """Return the labels of a line from left to right, each as long as it can be."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(line):
        end = label_from(line, at, page, kind)
        if end:
            spans.append((at, end))
        at = end or at + 1
    found = []
    ends = [*(start for start, _ in spans[1:]), len(line)]
    for (start, end), until in zip(spans, ends, strict=False):
        colon = end < len(line) and line[end].text in (":", "：")
        after = _until_a_gap(line[end + colon : until], page)
        found.append(Label(key_of(line[start:end]), line[start:end], after, colon))
    return found


def label_from(line: list[Word], at: int, page: Page, kind: CertificateKind) -> int:
    """Return where the longest label that begins at word `at` ends, or 0."""
    longest, text = 0, ""
    for end in range(at, len(line)):
        text += key_of([line[end]])
        if text not in kind.label_starts or (end > at and ruled_off(line[end - 1], line[end], page)):
            break
        if text in kind.label_keys:
            longest = end + 1
    if at == 0 or (longest < len(line) and line[longest].text in (":", "：")):
        return longest
    before = line[at - 1]
    return longest if set(before.text) <= _BULLETS or parted(before, line[at], page) else 0


def _until_a_gap(words: list[Word], page: Page) -> list[Word]:
    """Return the words up to the first gap that no value has, or the first rule."""
    for place, (one, other) in enumerate(pairwise(words), start=1):
        if parted(one, other, page, _END_OF_VALUE):
            return words[:place]
    return words
