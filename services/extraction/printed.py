"""What the pages of one certificate say, value by value: labelled values and tables, each where it stood. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from services.extraction.labelled.fields import Form, Found
from services.extraction.normalise import mask_rrn
from services.extraction.page.layout import Box, Page, key_of
from services.extraction.page.wrapping import Breaks
from services.extraction.tables.cells import blocks_of, read_rows
from services.extraction.tables.grids import find_grids
from shared.catalog.templates import CertificateKind, LabelledField, Table, ValueType
from shared.facts import Provenance

_LARGER_UNIT = re.compile(r"단위:?(?:천|만|십만|백만|천만|억)원")
"""What says that amounts are not in 원 (won): they would come out too small."""


def values_of(pages: Sequence[Page], kind: CertificateKind) -> tuple[dict[str, JsonValue], dict[str, Provenance]]:
    """Return what the pages say, the certificate's own fields among it, and where each value stood."""
    grids = find_grids(pages, kind)
    areas: dict[int, list[Box]] = {}
    for grid in grids.values():
        for number, box in grid.areas.items():
            areas.setdefault(number, []).append(box)
    form = Form(pages, kind, areas)
    breaks = Breaks(form.blocks, *map(blocks_of, grids.values()), whole=form.whole_texts)
    issued = next((form.find(field, None, breaks) for field in kind.fields if field.name == "issued_on"), None)
    on = date.fromisoformat(str(issued.value.value)) if issued else None
    said = _Said(kind)
    for field in kind.fields:
        again = said.values.get(field.repeats) if field.repeats else None
        said.take(field, form.find_again(str(again)) if again else form.find(field, on, breaks))
    in_won = not any(_LARGER_UNIT.search(key_of(line)) for page in pages for line in page.lines)
    for table in kind.tables:
        there = table.name in grids and (in_won or not table.has_amounts)
        rows = read_rows(grids[table.name], table, on, breaks) if there else None
        if rows:
            said.take_table(table, *rows)
    return said.values, said.stood


class _Said:
    """What was found so far."""

    def __init__(self, kind: CertificateKind) -> None:
        self._types = kind.types
        self.values: dict[str, JsonValue] = {}
        self.stood: dict[str, Provenance] = {}

    def take(self, field: LabelledField, found: Found | None) -> None:
        """Take a labelled value, and the end of its period, unless there is one of that name."""
        if not found or field.name in self.values:
            return
        self.values[field.name] = found.value.value
        self.stood[field.name] = _provenance(found, field.type)
        if field.until:
            self.values[field.until] = found.value.end
            self.stood[field.until] = self.stood[field.name]

    def take_table(self, table: Table, rows: list[dict[str, JsonValue]], stood: Mapping[str, Found]) -> None:
        """Take a table, or, where it is no list, the values of its one row."""
        if not table.inline:
            self.values[table.name] = [*rows]
            for path, found in stood.items():
                self.stood[path] = _provenance(found, self._types[f"{table.name}[].{path.rsplit('.', 1)[1]}"])
        elif len(rows) == 1:
            for path, found in stood.items():
                self._take_cell(path.rsplit(".", 1)[1], found)

    def _take_cell(self, name: str, found: Found) -> None:
        if self.values.setdefault(name, found.value.value) != found.value.value:
            del self.values[name], self.stood[name]
            return
        self.stood.setdefault(name, _provenance(found, self._types[name]))


def _provenance(found: Found, normaliser: ValueType) -> Provenance:
    left, bottom, right, top = found.box
    return Provenance(
        page=found.page,
        box=(round(left, 2), round(bottom, 2), round(right, 2), round(top, 2)),
        raw=mask_rrn(found.raw),
        normaliser=normaliser,
        source="text",
        confidence=found.confidence,
    )
