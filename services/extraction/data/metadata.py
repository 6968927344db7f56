"""What a document of data says of a certificate: known by a schema, its values normalised as printed ones are. Pure.

A value that cannot be understood beyond doubt is not said; a table with a row in doubt is not said at all.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from pydantic import JsonValue

from services.extraction.data.trees import Node, Tree, at, rows_at, stands_at
from services.extraction.normalise import mask_rrn, normalise
from services.extraction.sources import Account
from shared.catalog.metadata import KindPlaces, MetadataSchema, Place, Rows
from shared.catalog.templates import CertificateKind, Table, ValueType, key
from shared.facts import Provenance, Source

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d|\d{8})[T ]?\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:\+09:?00)?")
_IN_DATA: Mapping[ValueType, re.Pattern[str]] = {
    "date": _INSTANT,  # 2022-12-12T09:00:00+09:00 or 20221212090000: Korean time, of which the day is taken
    "month": re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])"),
    "rrn": re.compile(r"(\d{6})([\d*]{7})"),
}
_MOST_ROWS = 500
_NOT_ENDED = frozenset({"", "현재", "현재까지", "재직중"})
_CONFIDENCE: Mapping[Source, float] = {"metadata": 0.8, "embedded": 0.9}
"""Of what no page shows: the certificate's own signature covers the second, and none the first."""
_OWN_TYPES: Mapping[str, ValueType] = {"number": "number", "issued_on": "date", "valid_until": "date", "issuer": "text"}
"""Where a kind's template does not read them from the page."""


class _Read(NamedTuple):
    value: JsonValue
    stood: Provenance


def schema_of(tree: Tree, schemas: Iterable[MetadataSchema]) -> MetadataSchema | None:
    """Return the schema that `tree` is a document of."""
    return next((schema for schema in schemas if _is_of(tree, schema)), None)


def _is_of(tree: Tree, schema: MetadataSchema) -> bool:
    match tree.form:
        case "json":
            return schema.in_json is not None and at(tree.node, schema.in_json.at) == schema.in_json.says
        case "xml":
            mark = schema.in_xml
            return mark is not None and (mark.namespace, mark.root) == (tree.namespace, tree.root)
        case "fields":
            return schema.in_form == tree.root


def kind_of(node: Node, schema: MetadataSchema, kinds: Iterable[CertificateKind]) -> str | None:
    """Return the kind of certificate that a document is about; None where it does not say, or says two."""
    mark, said = schema.kind, set[str | None]()
    code = at(node, mark.code) if mark.code else None
    if isinstance(code, str) and code in mark.codes:
        said.add(mark.codes[code])
    title = at(node, mark.title) if mark.title else None
    if isinstance(title, str):
        said |= {kind.id for kind in kinds if key(title) in kind.titles} or {None}
    return said.pop() if len(said) == 1 else None


def account_of(node: Node, schema: MetadataSchema, kind: CertificateKind, source: Source) -> Account:
    """Return what a document says of a certificate of `kind`."""
    places = schema.kinds.get(kind.id, KindPlaces())
    reader = _Reader(node, kind, source)
    reader.read_values({**schema.common, **places.values})
    for table in kind.tables:
        if table.name in places.tables:
            reader.read_table(table, places.tables[table.name])
    return Account(source, reader.values, reader.stood)


class _Reader:
    """One document while it is read as a certificate of one kind."""

    def __init__(self, node: Node, kind: CertificateKind, source: Source) -> None:
        self._node, self._kind, self._source = node, kind, source
        self._on: date | None = None
        self.values: dict[str, JsonValue] = {}
        self.stood: dict[str, Provenance] = {}

    def read_values(self, places: Mapping[str, Place]) -> None:
        """Read the values that stand by themselves."""
        ends = {field.until for field in self._kind.fields if field.until}
        # The day of issue comes first: birth years of two digits are read by it.
        for name in sorted(places, key=lambda name: name != "issued_on"):
            place = places[name]
            as_type = place.type or self._kind.types.get(name) or _OWN_TYPES[name]
            written = at(self._node, place.at)
            if name in ends and stands_at(self._node, place.at) and _goes_on(written):
                self.values[name] = None
            elif read := self._read(written, place, as_type, self._kind.codes.get(name, {})):
                self.values[name] = read.value
                self.stood[name] = read.stood
                if name == "issued_on":
                    self._on = date.fromisoformat(str(read.value))

    def read_table(self, table: Table, places: Rows) -> None:
        """Read a table, unless a row of it is in doubt."""
        rows = rows_at(self._node, places.rows)
        if rows is None or len(rows) > _MOST_ROWS:
            return
        parts = {part.name: part for column in table.columns for part in column.parts}
        named = [name for name, place in places.columns.items() if any(stands_at(row, place.at) for row in rows)]
        values: list[JsonValue] = []
        stood: dict[str, Provenance] = {}
        for number, row in enumerate(rows):
            cells: dict[str, JsonValue] = {}
            for name in named:
                place, part = places.columns[name], parts.get(name)
                written = at(row, place.at)
                read = self._read(written, place, part.type if part else place.type or "text", {})
                if read is None and part and part.strict and written:
                    return
                cells[name] = read.value if read else None
                if read:
                    stood[f"{table.name}[{number}].{name}"] = read.stood
            if table.serial and parts[table.serial].required:
                cells.setdefault(table.serial, number + 1)
            if any(part.required and cells.get(part.name) is None for part in parts.values()):
                return
            values.append(cells)
        self.values[table.name] = values
        self.stood |= stood

    def _read(self, written: Node, place: Place, as_type: ValueType, codes: Mapping[str, str]) -> _Read | None:
        if as_type == "ticks":
            return self._ticks(written, place, codes)
        if not isinstance(written, str) or (place.codes and written not in place.codes):
            return None
        value = normalise(_as_printed(place.codes.get(written, written), as_type), as_type, self._on, codes)
        return _Read(value.value, self._stood(written, as_type)) if value else None

    def _ticks(self, written: Node, place: Place, codes: Mapping[str, str]) -> _Read | None:
        """Return the options that a list names, or a text with commas, in the template's order; all of them or none."""
        named = written if isinstance(written, list) else written.split(",") if isinstance(written, str) else []
        texts = [one.strip() for one in named if isinstance(one, str)]
        ticked = [read.value for one in texts if (read := self._read(one, place, "choice", codes))]
        if not named or len(ticked) < len(named):
            return None
        order = dict.fromkeys(codes.values())
        return _Read([code for code in order if code in ticked], self._stood(", ".join(texts), "ticks"))

    def _stood(self, written: str, normaliser: ValueType) -> Provenance:
        return Provenance(
            page=0,
            box=None,
            raw=mask_rrn(written),
            normaliser=normaliser,
            source=self._source,
            confidence=_CONFIDENCE[self._source],
        )


def _goes_on(written: Node) -> bool:
    """Whether the end of a period says that there is none yet."""
    return written is None or (isinstance(written, str) and "".join(written.split()) in _NOT_ENDED)


def _as_printed(text: str, as_type: ValueType) -> str:
    """Return `text` as a page would have it: a day without its time, a month and an RRN with the dash in the middle."""
    pattern = _IN_DATA.get(as_type)
    match = pattern.fullmatch(text) if pattern else None
    return "-".join(match.groups()) if match else text
