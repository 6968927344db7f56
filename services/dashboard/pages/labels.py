"""What each value of a certificate is called, and how it is written out: all from its kind's template. Pure."""

import re
from collections.abc import Mapping
from datetime import date

from pydantic import JsonValue

from services.dashboard.pages.language import WORDS
from services.dashboard.pages.language import gettext as _
from services.dashboard.rules import without_rrn
from shared.catalog import CertificateKind

_FIELD = WORDS | {
    "number": "발급번호",
    "issuer": "발급기관",
    "issued_on": "발급일",
    "valid_until": "유효기간",
    "holder_name": "성명",
    "birth_date": "생년월일",
    "name": "성명",
    "address": "주소",
}
"""Names whose label on a certificate would mislead (a birth date stands under 주민등록번호), or that have none."""
_CELL = WORDS | {"birth_date": "생년월일", "name": "성명"}
"""The same in the rows of a table."""
_TABLE = WORDS | {
    "members": "세대 구성원",
    "employments": "자격 이력",
    "addresses": "주소 이력",
    "changes": "변경 이력",
    "spells": "자격 득실",
    "payments": "납부 내역",
    "taxes": "과세 내역",
}
"""Tables that are printed without a heading; any other such is called 내역 (particulars)."""
_ROW = re.compile(r"^(\w+)\[(\d+)\](?:\.(\w+))?$")


class Labels:
    """The words of one kind; of a kind that is not in the catalogue, names as they are."""

    def __init__(self, kind: CertificateKind | None) -> None:
        """Take the kind's template."""
        self._types: Mapping[str, str] = kind.types if kind else {}
        self._options = {name: _spelled(codes) for name, codes in kind.codes.items()} if kind else {}
        self._names = _names(kind) | dict(_FIELD)
        self._cells = _cells(kind)
        self._tables = {table.name: next(iter(table.headings), _("내역")) for table in kind.tables} if kind else {}

    def of(self, path: str) -> str:
        """Give what a value is called that stands alone, or beside the others of its row."""
        row = _ROW.match(path)
        if row is None:
            return self._names.get(path) or _TABLE.get(path) or self._tables.get(path, path)
        return self.row(path) if row[3] is None else _CELL.get(row[3]) or self._cells.get((row[1], row[3]), row[3])

    def row(self, path: str) -> str:
        """Give what a row is called: its table, and its place from 1."""
        row = _ROW.match(path)
        return f"{self.of(row[1])} {int(row[2]) + 1}" if row else path

    def full(self, path: str) -> str:
        """Give what a value is called by itself: that of a row with its row."""
        return f"{self.row(path)} · {self.of(path)}" if "." in path else self.of(path)

    def write(self, path: str, value: JsonValue) -> str:
        """Write a value out for a person, without the back part of a resident registration number."""
        if value is None:
            return "—"
        kind, name = self._types.get(re.sub(r"\[\d+\]", "[]", path)), path.rpartition(".")[2]
        if isinstance(value, list):
            return " · ".join(self.write(path, one) for one in value) or "—"
        if isinstance(value, dict):
            return ", ".join(self.write(f"{path}[0].{part}", cell) for part, cell in value.items() if cell is not None)
        if name in self._options:
            return self._options[name].get(str(value), str(value))
        if kind == "won" and isinstance(value, int):
            return _("{amount}원").format(amount=f"{value:,}")
        text = without_rrn(str(value))
        return _("{year}년").format(year=text) if kind == "year" else text


def validity(until: date | None, as_of: date) -> tuple[str, str]:
    """Give until when a certificate may be handed in, in a word (`in_time`, `expired`, `unknown`) and in a sentence."""
    if until is None:
        return "unknown", _("알려진 기한 없음")
    left = (until - as_of).days
    if left < 0:
        return "expired", _("{until}까지 (기준일에 {days}일 지남)").format(until=until, days=-left)
    told = _("{until}까지 (기준일에 {days}일 남음)") if left else _("{until}까지 (기준일이 마지막 날)")
    return "in_time", told.format(until=until, days=left)


_SOON = 30
"""Days from which on it is said how many are left."""


def soon(until: date | None, today: date) -> int | None:
    """Give the days that are left of a term that ends soon; None of any other."""
    left = (until - today).days if until else None
    return left if left is not None and 0 <= left <= _SOON else None


def _spelled(codes: Mapping[str, str]) -> dict[str, str]:
    """Each code's first spelling."""
    return {code: text for text, code in reversed([*codes.items()])}


def _names(kind: CertificateKind | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in kind.fields if kind else ():
        for name in (field.name, field.until):
            if name and field.labels:
                found.setdefault(
                    name, _("{label} 끝").format(label=field.labels[0]) if name == field.until else field.labels[0]
                )
    return found


def _cells(kind: CertificateKind | None) -> dict[tuple[str, str], str]:
    """Of a cell with several values the header names none, so those are called as where they stand alone, if ever."""
    found: dict[tuple[str, str], str] = {}
    for table in kind.tables if kind else ():
        for column in sorted(table.columns, key=lambda column: len(column.parts) > 1):
            for part in column.parts:
                found.setdefault((table.name, part.name), " ".join((*column.group[:1], column.labels[0])))
    return found
