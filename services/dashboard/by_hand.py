"""What an official types for a value, read as that value; and which values of a certificate can be typed. Pure.

Its forms are those of `services.extraction.normalise`, but nothing is guessed from spelling: a form field says what it
wants.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import JsonValue

from services.dashboard.rules import without_rrn
from shared.catalog import CertificateKind
from shared.catalog.templates import ValueType
from shared.corrections import NOT_BY_HAND
from shared.facts import Certificate

_MOST_ROWS = 60


class Mistyped(ValueError):
    """A text that is no value of its type."""


@dataclass(frozen=True)
class Field:
    """One value that can be typed: what it is called by the machine, its type, and what stands there now."""

    path: str
    type: ValueType
    now: JsonValue
    options: Mapping[str, str]
    """Printed text to code, of a choice or of ticks."""
    blank_says: bool
    """Whether a blank says something by itself, as in a table; elsewhere it is not known what stands there."""

    @property
    def text(self) -> str:
        """What the form shows to begin with."""
        return "" if self.now is None else str(self.now)


@dataclass(frozen=True)
class Typed:
    """What an official changed."""

    values: dict[str, JsonValue]
    unknown: tuple[str, ...]

    @property
    def anything(self) -> bool:
        """Whether that is anything."""
        return bool(self.values or self.unknown)


def fields_of(certificate: Certificate, kind: CertificateKind) -> list[Field]:
    """Give every value that can be typed, in the template's order; of each table one row more than there is."""
    ends = {field.until for field in kind.fields if field.until}
    found = [_field(name, kind, getattr(certificate, name)) for name in ("issued_on", "valid_until")]
    tables = {table.name for table in kind.tables if not table.inline}
    for name in kind.value_names:
        if name in tables:
            found += _rows(name, kind, certificate.values.get(name))
        elif name not in NOT_BY_HAND:
            found.append(_field(name, kind, certificate.values.get(name), blank_says=name in ends))
    return found


def _rows(table: str, kind: CertificateKind, now: JsonValue) -> Iterator[Field]:
    rows = [row for row in now if isinstance(row, dict)] if isinstance(now, list) else []
    columns = [name.removeprefix(f"{table}[].") for name in kind.types if name.startswith(f"{table}[].")]
    for number, row in enumerate([*rows, {}][:_MOST_ROWS]):
        for column in columns:
            path = f"{table}[{number}].{column}"
            yield _field(path, kind, row.get(column), blank_says=True, name=f"{table}[].{column}")


def _field(path: str, kind: CertificateKind, now: Any, *, blank_says: bool = False, name: str = "") -> Field:
    current = now.isoformat() if isinstance(now, date) else now
    default: ValueType = "date" if path in ("issued_on", "valid_until") else "text"
    options = kind.codes.get(path, {})
    return Field(path, kind.types.get(name or path, default), current, options, blank_says)


def typed(form: Mapping[str, list[str]], fields: list[Field], kind: CertificateKind, certificate: Certificate) -> Typed:
    """Give what a form changes, by path. Raises `Mistyped` with the path of the first text that is no value.

    A term that was not printed but follows from the day of issue follows a corrected day.
    """
    values: dict[str, JsonValue] = {}
    unknown: list[str] = []
    for field in fields:
        if field.path not in form:
            continue
        said = _read(field, form[field.path])
        if said == field.now or (said is None and field.now is None):
            continue
        if said is None and not field.blank_says:
            unknown.append(field.path)
        else:
            values[field.path] = said
    values |= _blanks_of_new_rows(values, fields)
    issued = values.get("issued_on")
    if kind.valid_days and isinstance(issued, str) and "valid_until" not in values and _follows(certificate, kind):
        values["valid_until"] = (date.fromisoformat(issued) + timedelta(days=kind.valid_days)).isoformat()
    return Typed(values, tuple(unknown))


def _follows(certificate: Certificate, kind: CertificateKind) -> bool:
    if certificate.issued_on is None or certificate.valid_until is None:
        return certificate.valid_until is None
    return certificate.valid_until == certificate.issued_on + timedelta(days=kind.valid_days or 0)


def _blanks_of_new_rows(values: Mapping[str, JsonValue], fields: list[Field]) -> dict[str, JsonValue]:
    """A row that is typed anew is typed whole: what is left blank in it is blank on the certificate."""
    begun = {path.partition("].")[0] for path in values if "]." in path}
    known = {field.path.partition("].")[0] for field in fields if field.now is not None}
    new = begun - known
    return {
        field.path: None
        for field in fields
        if field.path.partition("].")[0] in new and "]." in field.path and field.path not in values
    }


def _read(field: Field, texts: list[str]) -> JsonValue:
    if field.type == "ticks":
        chosen = [text for text in texts if text]
        if any(text not in field.options.values() for text in chosen):
            raise Mistyped(field.path)
        return [*dict.fromkeys(chosen)] if chosen or field.now is not None else None
    text = texts[0].strip() if texts else ""
    if not text:
        return None
    if field.type == "choice":
        if text not in field.options.values():
            raise Mistyped(field.path)
        return text
    try:
        return _READ.get(field.type, _text)(text)
    except ValueError:
        raise Mistyped(field.path) from None


def _text(text: str) -> str:
    if without_rrn(text) != text:
        raise ValueError("a resident registration number is not kept")
    return text


def _date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _month(text: str) -> str:
    return date.fromisoformat(f"{text}-01").isoformat()[:7]


def _year(text: str) -> int:
    return date(int(text), 1, 1).year


def _integer(text: str) -> int:
    return int(text.replace(",", "").removesuffix("원"))


def _like(pattern: str) -> Callable[[str], str]:
    form = re.compile(pattern)

    def read(text: str) -> str:
        found = form.fullmatch(text)
        if found is None:
            raise ValueError
        return "-".join(found.groups())

    return read


_READ: Mapping[ValueType, Callable[[str], JsonValue]] = {
    "date": _date,
    "rrn": _date,
    "month": _month,
    "year": _year,
    "integer": _integer,
    "won": _integer,
    "business_number": _like(r"(\d{3})-?(\d{2})-?(\d{5})"),
    "workplace_number": _like(r"(\d{3})-?(\d{2})-?(\d{5})-?(\d)"),
}
