"""Reading a certificate by its template: words with boxes in, values with provenance out. Pure.

A value that cannot be read without doubt is left out; nothing is guessed, no place on the page taken for granted.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pydantic import JsonValue

from services.extraction.cells import read_rows
from services.extraction.fields import Form, Found
from services.extraction.layout import Box, Page
from services.extraction.normalise import mask_rrn
from services.extraction.tables import find_grid
from services.extraction.titles import find_kind
from shared.catalog.templates import OWN_FIELDS, CertificateKind
from shared.facts import Certificate, CertificateProvenance, Provenance, Source, UnreadableReason


class Reading(NamedTuple):
    """What was read, and where it stood."""

    certificate: Certificate
    provenance: CertificateProvenance


def read(pages: Sequence[Page], kind: CertificateKind, kinds: Mapping[str, CertificateKind], part: int = 0) -> Reading:
    """Return `pages` read as a certificate of `kind`, which was declared; `kinds` are all there are, for their titles.

    Unreadable with `no_text_layer` when there are no words, `wrong_certificate` when the title is another's, and
    `reader_failed` when the title is right but a required value cannot be read.
    """
    if not any(page.words for page in pages):
        return unreadable("no_text_layer", kind.id, part, pages)
    if find_kind(pages, kinds) != kind.id:
        return unreadable("wrong_certificate", kind.id, part, pages)
    values, own, stood = _values(pages, kind)
    if any(name not in values and name not in own for name in kind.required):
        return unreadable("reader_failed", kind.id, part, pages)
    issued_on = own.get("issued_on")
    certificate = Certificate(
        part=part,
        kind=kind.id,
        issuer=_as_text(own.get("issuer")),
        number=_as_text(own.get("number")),
        issued_on=date.fromisoformat(issued_on) if isinstance(issued_on, str) else None,
        values=values,
    )
    return Reading(certificate, CertificateProvenance(part=part, pages=_sizes(pages), fields=stood))


def unreadable(reason: UnreadableReason, kind: str, part: int, pages: Sequence[Page] = ()) -> Reading:
    """Return the reading of a certificate that could not be read."""
    return Reading(
        Certificate(part=part, kind=kind, unreadable=reason), CertificateProvenance(part=part, pages=_sizes(pages))
    )


def _values(
    pages: Sequence[Page], kind: CertificateKind
) -> tuple[dict[str, JsonValue], dict[str, JsonValue], dict[str, Provenance]]:
    """Return the values by name, the certificate's own fields, and where each stood."""
    grids = {table.name: find_grid(pages, table) for table in kind.tables}
    areas: dict[int, list[Box]] = {}
    for grid in grids.values():
        for number, box in (grid.areas if grid else {}).items():
            areas.setdefault(number, []).append(box)
    form = Form(pages, kind, areas)
    issued = next((form.find(field, None) for field in kind.fields if field.name == "issued_on"), None)
    on = date.fromisoformat(str(issued.value.value)) if issued else None

    found: dict[str, JsonValue] = {}
    stood: dict[str, Provenance] = {}
    for field in kind.fields:
        again = found.get(field.repeats) if field.repeats else None
        place = form.find_again(str(again)) if again else form.find(field, on)
        if place and field.name not in found:
            found[field.name] = place.value.value
            stood[field.name] = _provenance(place, field.type)
            if field.until:
                found[field.until] = place.value.end
                stood[field.until] = stood[field.name]
    for table in kind.tables:
        grid = grids[table.name]
        rows = read_rows(grid, table, on) if grid else None
        if rows is not None:
            types = {part.name: part.type for column in table.columns for part in column.parts}
            found[table.name] = [*rows[0]]
            stood |= {name: _provenance(place, types[name.rsplit(".", 1)[1]]) for name, place in rows[1].items()}
    own = {name: value for name, value in found.items() if name in OWN_FIELDS}
    return {name: found[name] for name in kind.value_names if name in found}, own, stood


def _provenance(found: Found, normaliser: str, source: Source = "text") -> Provenance:
    left, bottom, right, top = found.box
    return Provenance(
        page=found.page,
        box=(round(left, 2), round(bottom, 2), round(right, 2), round(top, 2)),
        raw=mask_rrn(found.raw),
        normaliser=normaliser,
        source=source,
        confidence=found.confidence,
    )


def _sizes(pages: Sequence[Page]) -> tuple[tuple[float, float], ...]:
    return tuple((round(page.width, 2), round(page.height, 2)) for page in pages)


def _as_text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
