"""Labelled values: found by the label's words and where the value stands to it, never by fixed places. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from services.extraction.labelled.blocks import Blocks
from services.extraction.labelled.labels import Label
from services.extraction.labelled.marks import marked
from services.extraction.normalise import Value, normalise
from services.extraction.page.layout import Box, Page, Word, around, key_of, text_of
from services.extraction.page.wrapping import Breaks, Line
from shared.catalog.templates import CertificateKind, LabelledField, ValueType, key

_CHECKED: frozenset[ValueType] = frozenset(
    {"date", "period", "month", "month_period", "year", "rrn", "business_number", "workplace_number", "integer", "won"}
)
"""Types whose text proves itself: their value may follow a label without a colon or a gap."""
_PLAIN_NUMBER = re.compile(r"제?[A-Z0-9][A-Z0-9./-]*\d호?", re.ASCII)
"""A document's number that can be nothing else."""
_SEAL = re.compile(
    r"\s*(?:[(\[〔]\s*(?:직\s*인|관\s*인|인)?\s*(?:생\s*략)?(?<![(\[〔\s])\s*[)\]〕]|(?:직\s*인|관\s*인)(?:\s*생\s*략)?|㊞)$"
)
"""The place of a seal behind a name."""


class Found(NamedTuple):
    """One value and where it stood."""

    value: Value
    page: int
    box: Box
    raw: str
    confidence: float = 1.0


class _Stood(NamedTuple):
    """The lines beside a label of a field."""

    field: LabelledField
    page: Page
    block: list[Line]


class Form:
    """The pages of one certificate without its tables, with every label in them found once."""

    def __init__(self, pages: Sequence[Page], kind: CertificateKind, tables: dict[int, list[Box]]) -> None:
        """Find the labels of `kind`; `tables` are the areas of each page that its tables take up."""
        self._pages = [Blocks(page.without(tables.get(page.number, [])), kind) for page in pages]
        self._stood = [stood for field in kind.fields for stood in self._beside(field)]

    @property
    def blocks(self) -> list[list[Line]]:
        """The lines of every value that stands beside a label."""
        return [stood.block for stood in self._stood]

    @property
    def whole_texts(self) -> list[str]:
        """The texts that stand by themselves, each on one line."""
        return [_without_seal(words) for blocks in self._pages for words in blocks.free_standing]

    def find(self, field: LabelledField, on: date | None, breaks: Breaks) -> Found | None:
        """Return the value of `field`, or None where there is none, or more than one that differ."""
        beside = (stood for stood in self._stood if stood.field is field)
        labelled = [found for stood in beside if (found := _read(stood.block, stood.page, field, on, breaks))]
        return _only(labelled or list(self._alone(field, on)) + list(self._ending(field)))

    def find_again(self, text: str) -> Found | None:
        """Return where `text` stands by itself, the lowest place if there are several."""
        found = None
        for blocks in self._pages:
            for words in blocks.free_standing:
                if key(_without_seal(words)) == key(text):
                    found = Found(Value(_without_seal(words)), blocks.page.number, around(words), text_of(words))
        return found

    def _beside(self, field: LabelledField) -> Iterator[_Stood]:
        wanted = {key(label) for label in field.labels}
        for blocks in self._pages:
            for label in blocks.labels:
                if label.key in wanted and (block := _block(blocks, label, field)):
                    yield _Stood(field, blocks.page, block)

    def _alone(self, field: LabelledField, on: date | None) -> Iterator[Found]:
        for blocks in self._pages if field.alone else ():
            for words in blocks.lone_lines():
                # Digits alone are a date only where a label says so: they may be a number.
                block = [Line(words)]
                if not key_of(words).isdigit() and (found := _read(block, blocks.page, field, on, Breaks())):
                    yield found

    def _ending(self, field: LabelledField) -> Iterator[Found]:
        endings = tuple(key(ending) for ending in field.endings)
        for blocks in self._pages if endings else ():
            for words in blocks.free_standing:
                text = _without_seal(words)
                if key(text).endswith(endings) and (value := normalise(text, field.type, None)):
                    yield Found(value, blocks.page.number, around(words), text_of(words))


def _block(blocks: Blocks, label: Label, field: LabelledField) -> list[Line]:
    """Return the lines of the value that stands to `label` as `field` allows."""
    sure = field.type in _CHECKED or (field.type == "number" and bool(_PLAIN_NUMBER.fullmatch(key_of(label.after))))
    block = blocks.beside(label, sure=sure or bool(field.codes))
    if field.codes and not (block and normalise(marked(block), field.type, None, field.codes)):
        return blocks.options(label)
    return block or (blocks.below(label) if field.below else [])


def _read(block: list[Line], page: Page, field: LabelledField, on: date | None, breaks: Breaks) -> Found | None:
    text, confidence = (marked(block), 1.0) if field.codes else breaks.unwrap(block)
    value = normalise(text, field.type, on, field.codes)
    if not value:
        return None
    return Found(value, page.number, around([word for line in block for word in line.words]), text, confidence)


def _without_seal(words: Sequence[Word]) -> str:
    return _SEAL.sub("", text_of(words))


def _only(found: list[Found]) -> Found | None:
    return found[0] if found and all(other.value == found[0].value for other in found) else None
