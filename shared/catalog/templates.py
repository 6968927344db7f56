"""What a kind of certificate looks like, as data: adding a kind is adding a YAML file, never code."""

import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

ValueType = Literal[
    "text",
    "number",
    "name",
    "address",
    "date",
    "period",
    "month",
    "month_period",
    "year",
    "rrn",
    "business_number",
    "workplace_number",
    "integer",
    "won",
    "choice",
    "ticks",
]
"""How the printed text of a value is normalised: see `services.extraction.normalise`, one function for each.

`rrn` is a 주민등록번호 (resident registration number), masked or not; only the birth date is ever taken from it.
`period` is `2021년 3월 2일 ~ 현재` and gives two values, the second null for 현재 (to the present); `month_period` is
`2022.01 ~ 2022.06`. `workplace_number` is a 사업장관리번호: the business number and one digit more. `choice` is the
code of one printed option, `ticks` the codes of all that are ticked, in the template's order.
"""

Name = Field(pattern=r"^[a-z][a-z_]*$")
OWN_FIELDS = ("number", "issued_on", "issuer", "valid_until")
"""Names that go to the `Certificate` itself rather than among its `values`."""

_DOTS = frozenset("\u318d\u119e\u2022\u2027\u2219\u22c5\u30fb\uff65")
_MIDDLE_DOTS = str.maketrans(dict.fromkeys(_DOTS, "\u00b7"))
"""ㆍ and its lookalikes, which keyboards and typesetters give for one and the same dot."""

_FOLDED = re.compile(r"[가-힣!-~]*")
"""Hangul syllables and plain signs, of which nothing is left to fold: most of what is printed."""


def fold(text: str) -> str:
    """Return `text` with full and half width alike (NFKC), and with one kind of middle dot."""
    return unicodedata.normalize("NFKC", text if _DOTS.isdisjoint(text) else text.translate(_MIDDLE_DOTS))


def key(text: str) -> str:
    """Return `text` as titles and labels are compared: folded, and without any space."""
    return text if _FOLDED.fullmatch(text) else "".join(fold(text).split())


class _Template(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Value(_Template):
    name: str = Name
    type: ValueType = "text"
    codes: dict[str, str] = {}
    """For `choice` and `ticks`: the code of each option by its printed text; several texts may have one code."""

    @model_validator(mode="after")
    def _options_are_coded(self) -> Self:
        if bool(self.codes) != (self.type in ("choice", "ticks")):
            raise ValueError(f"{self.name}: codes go with choice and ticks, and these with codes")
        return self


class LabelledField(_Value):
    """A value that stands right of its label, or in the cell below it."""

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


class Part(_Value):
    """One value of a table cell."""

    required: bool = False
    """Whether a blank here makes the whole table unreadable."""
    strict: bool = False
    """Whether a text that cannot be read makes the whole table unreadable, because null would say something else."""


class Column(_Template):
    """A column of a table, known by its header cell."""

    labels: tuple[str, ...] = Field(min_length=1)
    """Every spelling of the header cell; a header on two lines is written as one text."""
    group: tuple[str, ...] = ()
    """Every spelling of the header cell that stands above this column and its neighbours: 고지보험료 over 건강 and
    장기요양. A column with a group is only ever read under it, or where one cell says both: 고지보험료 건강."""
    parts: tuple[Part, ...]
    """The values of one cell from top to bottom, such as a name above a resident registration number; may be empty."""


class Table(_Template):
    """A table, known by a header row in which every cell is one of `columns`, in any order.

    Its rows are told apart by a `serial` that numbers them from 1, by an `anchor`, or by either, as it is printed.
    """

    name: str = Name
    columns: tuple[Column, ...]
    serial: str | None = None
    """The part that numbers the rows. Where there is no `anchor`, the table is not read without it."""
    anchor: str | None = None
    """The part that begins every row of a print without serial numbers: best of a type whose text proves itself."""
    headings: tuple[str, ...] = ()
    """Texts one of which must stand directly above the header, where another table has the same columns."""
    blank: tuple[str, ...] = ()
    """Texts that say in place of rows that there are none."""
    totals: tuple[str, ...] = ()
    """What begins a last row of sums, such as 합계; it is no row, and every sum printed there must be right."""
    inline: bool = False
    """Whether it is no list: its one row holds values of the certificate itself, each under its label."""
    counted: str | None = None
    """A regular expression for the text above the table that says in its one group how many rows there are; it is
    compared on `key`, so without spaces. A number that is printed must be right."""

    @cached_property
    def column_by_label(self) -> dict[str, Column]:
        """The columns by each spelling of their header cell, that of the group before it, as `key` gives it."""
        return {
            key(group + label): column
            for column in self.columns
            for group in column.group or ("",)
            for label in column.labels
        }

    @cached_property
    def group_keys(self) -> frozenset[str]:
        """Every spelling of a header cell that stands above several columns, as `key` gives it."""
        return frozenset(key(group) for column in self.columns for group in column.group)

    @cached_property
    def totals_keys(self) -> frozenset[str]:
        """What begins a row of sums, as `key` gives it."""
        return frozenset(map(key, self.totals))

    @property
    def has_amounts(self) -> bool:
        """Whether any of its values is an amount of money."""
        return any(part.type == "won" for column in self.columns for part in column.parts)

    @cached_property
    def count(self) -> re.Pattern[str] | None:
        """`counted` without spaces."""
        return re.compile("".join(self.counted.split())) if self.counted else None

    @cached_property
    def label_letters(self) -> str:
        """Every spelling of a header cell, one after another: what is not in it is in no header."""
        return "\n".join(self.column_by_label)

    @model_validator(mode="after")
    def _rows_can_be_told_apart(self) -> Self:
        names = {part.name for column in self.columns for part in column.parts}
        if not (self.serial or self.anchor) or not {self.serial or self.anchor, self.anchor or self.serial} <= names:
            raise ValueError(f"{self.name} has neither a serial nor an anchor among its columns")
        if self.counted and re.compile(self.counted).groups != 1:
            raise ValueError(f"{self.name} is counted by an expression without its one group: {self.counted}")
        return self


_ONE_END: dict[ValueType, ValueType] = {"period": "date", "month_period": "month"}
_ON_ANY_CERTIFICATE = """
    용도 사용용도 용도및목적 사용목적 발급용도 발급목적 증명용도 제출처 제출기관 비고 특이사항 등록기준지 국적 성별 나이
    담당자 담당부서 담당공무원 전화 전화번호 연락처 휴대전화 팩스 팩스번호 이메일 우편번호
    신청인 신청자 신청인성명 신청일 신청일자 신청번호 접수번호 접수일 접수일자 민원번호
    처리기관 처리부서 처리기간 처리일 처리일자 출력자 출력일시
    발급자 발급담당자 발급시각 발급일시 발급부수 발급매수 수수료 발급번호 문서확인번호 문서번호 관리번호
"""
"""Labels that any certificate may bear and whose values are not taken, unless a kind's own fields name them."""


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
    refused_by: tuple[str, ...] = ()
    """Texts that stand only on another document under the same title: where one is printed, the title is another's."""
    valid_days: int | None = Field(default=None, ge=1)
    """For how many days after its issue it may be handed in, where that is known; a printed day comes first."""
    required: tuple[str, ...] = Field(min_length=1)
    """Names without which the document does not count as read."""
    required_any: tuple[str, ...] = ()
    """Names of which one is needed, too."""
    fields: tuple[LabelledField, ...]
    tables: tuple[Table, ...] = ()
    other_labels: tuple[str, ...] = ()
    """Printed labels whose values are not taken: known so that they are never read as part of a neighbour's value."""

    @cached_property
    def label_keys(self) -> frozenset[str]:
        """Every label that may stand beside a value, as `key` gives it."""
        named = (label for field in self.fields for label in field.labels)
        return frozenset(key(label) for label in (*named, *self.other_labels, *_ON_ANY_CERTIFICATE.split()))

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
        for table in self.tables:
            names += [part.name for column in table.columns for part in column.parts] if table.inline else [table.name]
        return tuple(dict.fromkeys(names))

    @cached_property
    def types(self) -> dict[str, ValueType]:
        """The type of every value by its name, the certificate's own too; in a table as `employments[].lost_on`.

        Each end of a period is a date, or a month: a value is named here, not the text that it is read from.
        """
        found: dict[str, ValueType] = {}
        for field in self.fields:
            each = _ONE_END.get(field.type, field.type)
            found |= {name: each for name in (field.name, field.until) if name and name not in found}
        for table in self.tables:
            before = "" if table.inline else f"{table.name}[]."
            parts = (part for column in table.columns for part in column.parts)
            found |= {before + part.name: part.type for part in parts if before + part.name not in found}
        return found

    @cached_property
    def codes(self) -> dict[str, dict[str, str]]:
        """The options of each value that has any, by its name: printed text to code."""
        return {field.name: field.codes for field in self.fields if field.codes}

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        unknown = {*self.required, *self.required_any} - {*self.value_names, *OWN_FIELDS}
        if unknown:
            raise ValueError(f"{self.id} requires what it does not read: {sorted(unknown)}")
        return self


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The faster of the two safe ones, where there is a choice: every worker of the jail reads the templates."""


def load_certificates(folder: Path) -> dict[str, CertificateKind]:
    """Read every `*.yaml` of `folder` and return the kinds by id, in the order of their file names.

    Raises ValueError for a file that is not a template, is not named after its id, or shares a title with another.
    """
    kinds: dict[str, CertificateKind] = {}
    titles: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        kind = CertificateKind.model_validate(yaml.load(path.read_text(encoding="utf-8"), _LOADER))  # noqa: S506 - safe
        if kind.id != path.stem:
            raise ValueError(f"{path.name} holds the kind {kind.id}")
        for title in kind.titles:
            if titles.setdefault(title, kind.id) != kind.id:
                raise ValueError(f"{kind.id} and {titles[title]} share the title {title}")
        kinds[kind.id] = kind
    return kinds
