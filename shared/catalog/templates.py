"""What a kind of certificate looks like, as data: adding a kind is adding a YAML file, never code."""

import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

ValueType = Literal["text", "number", "name", "address", "date", "period", "rrn", "business_number", "integer"]
"""How the printed text of a value is normalised: see `services.extraction.normalise`, one function for each.

`rrn` is a 주민등록번호 (resident registration number), masked or not; only the birth date is ever taken from it.
`period` is `2021년 3월 2일 ~ 현재` and gives two values, the second null for 현재 (to the present).
"""

Name = Field(pattern=r"^[a-z][a-z_]*$")
OWN_FIELDS = ("number", "issued_on", "issuer")
"""Names that go to the `Certificate` itself rather than among its `values`."""


def key(text: str) -> str:
    """Return `text` as titles and labels are compared: full and half width alike (NFKC), without any space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class _Template(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LabelledField(_Template):
    """A value that stands right of its label, or in the cell below it."""

    name: str = Name
    type: ValueType = "text"
    labels: tuple[str, ...] = ()
    """Every spelling of the label, most usual first. Empty where the value is found by `alone` or `endings` only."""
    until: str | None = None
    """The name of a `period`'s end. On a plain `date` the end is null: the document itself says that it goes on."""
    below: bool = False
    """Whether the value may stand in the cell below the label when nothing stands right of it."""
    alone: bool = False
    """Whether an unlabelled line that is nothing but one such value will do, where exactly one such line exists."""
    endings: tuple[str, ...] = ()
    """Unlabelled: the value is the one cell or free-standing text that ends so, such as `구청장` for an issuer."""
    repeats: str | None = None
    """Unlabelled: the value is that of another field, where it stands again by itself, as a firm's name at the foot."""


class Part(_Template):
    """One value of a table cell."""

    name: str = Name
    type: ValueType = "text"
    required: bool = False
    """Whether a blank here makes the whole table unreadable."""
    strict: bool = False
    """Whether a text that cannot be read makes the whole table unreadable, because null would say something else."""


class Column(_Template):
    """A column of a table, known by its header cell."""

    labels: tuple[str, ...] = Field(min_length=1)
    """Every spelling of the header cell; a header on two lines is written as one text."""
    parts: tuple[Part, ...]
    """The values of one cell from top to bottom, such as a name above a resident registration number; may be empty."""


class Table(_Template):
    """A table, known by a header row in which every cell is one of `columns`; its rows are numbered from 1."""

    name: str = Name
    columns: tuple[Column, ...]
    serial: str
    """The part that numbers the rows; it is the first of its header's columns."""
    blank: tuple[str, ...] = ()
    """Texts that say in place of rows that there are none."""

    @cached_property
    def column_by_label(self) -> dict[str, Column]:
        """The columns by each spelling of their header cell, as `key` gives it."""
        return {key(label): column for column in self.columns for label in column.labels}

    @cached_property
    def label_letters(self) -> str:
        """Every spelling of a header cell, one after another: what is not in it is in no header."""
        return "\n".join(self.column_by_label)


class CertificateKind(_Template):
    """One kind of certificate: what it is called, how it is recognised, and where its values stand."""

    id: str = Field(pattern=r"^[A-Z][A-Z_]*$")
    title: str
    """As it is printed."""
    english: str
    title_variants: tuple[str, ...] = ()
    """Other printed titles; like `title` they are matched exactly, on `key`."""
    near_misses: tuple[str, ...] = ()
    """Titles of other documents that are easily mistaken for this one, and are refused."""
    aliases: tuple[str, ...] = ()
    """What people call it; for searching, never for recognising."""
    issued_by: str
    form: str | None = None
    """The statutory form, where there is one."""
    doc_kind: str | None = Field(default=None, pattern=r"^\d{11}$")
    """The 11-digit 문서종류코드 (document-kind code) of the distribution network, where it is known."""
    required: tuple[str, ...] = Field(min_length=1)
    """Names without which the document does not count as read."""
    fields: tuple[LabelledField, ...]
    tables: tuple[Table, ...] = ()
    other_labels: tuple[str, ...] = ()
    """Printed labels whose values are not taken: known so that they are never read as part of a neighbour's value."""

    @cached_property
    def label_keys(self) -> frozenset[str]:
        """Every label that may stand beside a value, as `key` gives it."""
        named = (label for field in self.fields for label in field.labels)
        return frozenset(key(label) for label in (*named, *self.other_labels))

    @cached_property
    def label_starts(self) -> frozenset[str]:
        """Every beginning of a label: where a text is none of these, no label goes on."""
        return frozenset(label[:end] for label in self.label_keys for end in range(1, len(label) + 1))

    @property
    def titles(self) -> frozenset[str]:
        """Every printed title, as `key` gives it."""
        return frozenset(key(title) for title in (self.title, *self.title_variants))

    @property
    def value_names(self) -> tuple[str, ...]:
        """The names that `Certificate.values` may have, in the order of the template."""
        names = [name for field in self.fields for name in (field.name, field.until) if name and name not in OWN_FIELDS]
        return tuple(dict.fromkeys([*names, *(table.name for table in self.tables)]))

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        unknown = set(self.required) - {*self.value_names, *OWN_FIELDS}
        if unknown:
            raise ValueError(f"{self.id} requires what it does not read: {sorted(unknown)}")
        for table in self.tables:
            if table.serial not in {part.name for column in table.columns for part in column.parts}:
                raise ValueError(f"{self.id}.{table.name} is numbered by a column it does not have: {table.serial}")
        return self


def load_certificates(folder: Path) -> dict[str, CertificateKind]:
    """Read every `*.yaml` of `folder` and return the kinds by id, in the order of their file names.

    Raises ValueError for a file that is not a template, is not named after its id, or shares a title with another.
    """
    kinds: dict[str, CertificateKind] = {}
    titles: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        kind = CertificateKind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        if kind.id != path.stem:
            raise ValueError(f"{path.name} holds the kind {kind.id}")
        for title in kind.titles:
            if titles.setdefault(title, kind.id) != kind.id:
                raise ValueError(f"{kind.id} and {titles[title]} share the title {title}")
        kinds[kind.id] = kind
    return kinds
