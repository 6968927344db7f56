"""Where the value of a label stands: in the ruled cell right of it, or unruled, or in the cell below. Pure."""

from collections.abc import Iterator
from functools import cached_property

from services.extraction.labelled.labels import Label, labels_of
from services.extraction.labelled.unruled import Unruled
from services.extraction.page.layout import Box, Page, Word, key_of, lines
from services.extraction.page.wrapping import Line
from shared.catalog.templates import CertificateKind

_LEVEL = 2.0
"""Points by which the edges of two cells that are drawn level may differ."""


class Blocks:
    """One page, the labels on it, and the value of each."""

    def __init__(self, page: Page, kind: CertificateKind) -> None:
        """Find the labels of `kind` on the page."""
        self.page = page
        self._label_keys = kind.label_keys
        found = labels_of(page, kind)
        self.labels = found.labels
        self._unruled = Unruled(page, found)

    def beside(self, label: Label, *, sure: bool) -> list[Line]:
        """Return the lines of the value right of a label; `sure` where its text will prove that it is the value."""
        if label.heads:
            return []
        cell = self.page.cell(*label.words[0].middle)
        if cell and not (label.after and label.after[0].left < cell[2] - 1):
            beside = self.page.cell(cell[2] + 1, label.words[-1].middle[1])
            if beside:
                return self._in_cell(beside) if self._fills(label, cell) and _level(cell, beside, 1) else []
        return self._unruled.value(label, cell, sure=sure)

    def options(self, label: Label) -> list[Line]:
        """Return the lines right of a label with all that may be an option in them, or one line for each ruled cell."""
        if label.heads:
            return []
        cell = self.page.cell(*label.words[0].middle)
        if cell and not (label.rest and label.rest[0].left < cell[2] - 1):
            return list(self._in_cells(cell)) if self._fills(label, cell) else []
        return self._unruled.options(label, cell)

    def below(self, label: Label) -> list[Line]:
        """Return the lines of the ruled cell below the label's."""
        cell = self.page.cell(*label.words[0].middle)
        under = self.page.cell(label.words[0].middle[0], cell[1] - 1) if cell else None
        if not cell or not under or not _level(cell, under, 0) or not self._fills(label, cell):
            return []
        return self._in_cell(under)

    def lone_lines(self) -> Iterator[list[Word]]:
        """Yield the lines without any label."""
        labelled = {word for label in self.labels for word in label.words}
        yield from (line for line in self.page.lines if labelled.isdisjoint(line))

    @cached_property
    def free_standing(self) -> list[list[Word]]:
        """The texts that are no label and no label's value."""
        taken = set(self._unruled.taken)
        for label in self.labels:
            taken |= {word for line in self.beside(label, sure=True) for word in line.words}
        return [phrase.words for line in self.page.phrases for phrase in line if taken.isdisjoint(phrase.words)]

    def _fills(self, label: Label, cell: Box) -> bool:
        """Whether the label is all that its cell says."""
        others = [word for word in self.page.inside(cell) if word not in label.words and word != label.colon]
        return not any(letter.isalpha() for word in others for letter in word.text)

    def _in_cell(self, cell: Box) -> list[Line]:
        words = self.page.inside(cell)
        if key_of(words) in self._label_keys:
            return []
        return [Line(line, (cell[0], cell[2]), ruled=True) for line in lines(words)]

    def _in_cells(self, label: Box) -> Iterator[Line]:
        """Yield the lines of the cell right of a label's, or what each of several says with the cell below it."""
        middle = (label[1] + label[3]) / 2
        beside = self.page.cell(label[2] + 1, middle)
        if beside and _level(label, beside, 1):
            while beside and _level(label, beside, 1) and (found := self._in_cell(beside)):
                yield from found
                beside = self.page.cell(beside[2] + 1, middle)
            return
        over = self.page.cell(label[2] + 1, label[3] - 1)
        while over:
            under = self.page.cell((over[0] + over[2]) / 2, over[1] - 1)
            if not under or not _level(over, under, 0) or abs(under[1] - label[1]) > _LEVEL:
                return
            yield Line([*self.page.inside(over), *self.page.inside(under)])
            over = self.page.cell(over[2] + 1, label[3] - 1)


def _level(one: Box, other: Box, axis: int) -> bool:
    """Whether two cells begin and end at the same places along an axis: 0 across, 1 up."""
    return abs(one[axis] - other[axis]) <= _LEVEL and abs(one[axis + 2] - other[axis + 2]) <= _LEVEL
