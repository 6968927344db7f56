"""Labelled values: found by the label's words and where the value stands to it, never by fixed places. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from services.extraction.labels import Label, label_from, labels_of
from services.extraction.layout import Box, Page, Word, around, key_of, lines, phrases, stands_in, text_of
from services.extraction.normalise import Value, normalise
from services.extraction.wrapping import Line, unwrap
from shared.catalog.templates import CertificateKind, LabelledField, ValueType, key

_CHECKED: frozenset[ValueType] = frozenset({"date", "period", "rrn", "business_number", "integer"})
"""Types whose text proves itself: their value may follow a label without a colon or a gap."""
_AFTER_LABEL = 0.5
"""Heights of gap that part a label from a value of any other type."""
_NEXT_LINE = 1.2
"""Heights of gap to a line that can still continue the one above."""


class Found(NamedTuple):
    """One value and where it stood."""

    value: Value
    page: int
    box: Box
    raw: str
    confidence: float = 1.0


class Form:
    """The pages of one certificate without its tables, with every label in them found once."""

    def __init__(self, pages: Sequence[Page], kind: CertificateKind, tables: dict[int, list[Box]]) -> None:
        self._kind = kind
        self.pages = [_without(page, tables.get(page.number, [])) for page in pages]
        self.lines = {page.number: lines(page.words) for page in self.pages}
        self.labels = {
            page.number: [label for line in self.lines[page.number] for label in labels_of(line, page, self._kind)]
            for page in self.pages
        }

    def find(self, field: LabelledField, on: date | None) -> Found | None:
        """Return the value of `field`, or None where there is none, or more than one that differ."""
        labelled = list(self._labelled(field, on))
        return _only(labelled or list(self._unlabelled(field, on)))

    def find_again(self, text: str) -> Found | None:
        """Return where `text` stands by itself, the lowest place if there are several."""
        found = None
        for page in self.pages:
            for words in self._free_standing(page):
                if key_of(words) == key(text):
                    found = Found(Value(text), page.number, around(words), text_of(words))
        return found

    def _labelled(self, field: LabelledField, on: date | None) -> Iterator[Found]:
        wanted = {key(label) for label in field.labels}
        for page in self.pages:
            for label in self.labels[page.number]:
                if label.key not in wanted:
                    continue
                block = self._right_of(label, page, field) or (self._below(label, page) if field.below else [])
                if found := _read(block, page, field, on):
                    yield found

    def _unlabelled(self, field: LabelledField, on: date | None) -> Iterator[Found]:
        if not (field.alone or field.endings):
            return
        endings = tuple(key(ending) for ending in field.endings)
        for page in self.pages:
            texts = self.lines[page.number] if field.alone else self._free_standing(page)
            for words in texts:
                fits = field.alone or key_of(words).endswith(endings)
                if fits and (found := _read([Line(words, None)], page, field, on)):
                    yield found

    def _free_standing(self, page: Page) -> Iterator[list[Word]]:
        taken = {word for label in self.labels[page.number] for word in (*label.words, *label.after)}
        for line in self.lines[page.number]:
            for words in phrases(line, page):
                if taken.isdisjoint(words):
                    yield words

    def _right_of(self, label: Label, page: Page, field: LabelledField) -> list[Line]:
        """Return the lines of the value right of the label: its ruled cell, or the rest of the line and what wraps."""
        last = label.words[-1]
        cell = page.cell(*label.words[0].middle)
        beside = page.cell(cell[2] + 1, last.middle[1]) if cell else None
        if cell and beside and (not label.after or label.after[0].left > cell[2] - 1):
            return [] if self._is_label(page.inside(beside)) else _lines_in(page, beside)
        if not label.after:
            return []
        tight = label.after[0].left - last.right <= _AFTER_LABEL * last.height
        if tight and not label.colon and field.type not in _CHECKED:
            return []
        return self._with_wrapped(label, label.after, page)

    def _with_wrapped(self, label: Label, value: list[Word], page: Page) -> list[Line]:
        """Return an unruled value with the lines below that continue it; nothing when it may begin above its label."""
        height, left, found = value[0].height, value[0].left, [value]
        for line in self.lines[page.number]:
            if abs(line[0].left - left) > 0.3 * height or self._labels_in(line, page):
                continue
            belongs_here = self._nearest(line, page) is label
            if belongs_here and 0 <= line[0].bottom - value[0].top < _NEXT_LINE * height:
                return []
            gap = found[-1][0].bottom - line[0].top
            if belongs_here and -0.2 * height <= gap < _NEXT_LINE * height:
                found.append(line)
        right = max(word.right for line in found for word in line)
        return [Line(line, right) for line in found]

    def _nearest(self, line: list[Word], page: Page) -> Label | None:
        """Return the label left of an unlabelled line that it stands nearest to; of two as near, the upper one."""
        level = line[0].middle[1]
        beside = [label for label in self.labels[page.number] if label.words[-1].right < line[0].left]
        distances = [(round(abs(label.words[0].middle[1] - level)), -label.words[0].top, label) for label in beside]
        return min(distances, key=lambda distance: distance[:2])[2] if distances else None

    def _below(self, label: Label, page: Page) -> list[Line]:
        """Return the lines of the ruled cell below the label's."""
        cell = page.cell(*label.words[0].middle)
        under = page.cell(label.words[0].middle[0], cell[1] - 1) if cell else None
        if not cell or not under or abs(under[0] - cell[0]) > 2 or abs(under[2] - cell[2]) > 2:
            return []
        return [] if self._is_label(page.inside(under)) else _lines_in(page, under)

    def _is_label(self, words: list[Word]) -> bool:
        return bool(words) and key_of(words) in self._kind.label_keys

    def _labels_in(self, line: list[Word], page: Page) -> bool:
        return any(label_from(line, at, page, self._kind) for at in range(len(line)))


def _read(block: list[Line], page: Page, field: LabelledField, on: date | None) -> Found | None:
    if not block:
        return None
    text, confidence = unwrap(block)
    value = normalise(text, field.type, on)
    words = [word for line in block for word in line.words]
    return Found(value, page.number, around(words), text, confidence) if value else None


def _only(found: list[Found]) -> Found | None:
    return found[0] if found and all(other.value == found[0].value for other in found) else None


def _lines_in(page: Page, cell: Box) -> list[Line]:
    return [Line(line, cell[2]) for line in lines(page.inside(cell))]


def _without(page: Page, boxes: Iterable[Box]) -> Page:
    kept = page.words
    for box in boxes:
        kept = tuple(word for word in kept if not stands_in(word, box))
    return page._replace(words=kept)
