"""From an opened submission to what stands on the screen: values beside the places they were read from. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from services.dashboard.pages import words
from services.dashboard.rules import without_rrn
from shared.catalog import Catalog, CertificateKind
from shared.facts import Certificate, CertificateProvenance, Provenance
from shared.gate import Opened

NOT_DRAWN = frozenset({"not_a_pdf", "damaged", "encrypted", "time_limit", "memory_limit", "reader_failed"})
"""Unreadable for a reason that leaves no page to show either."""


@dataclass(frozen=True)
class Value:
    """One value that was read. `anchor` names its box on a page; empty where it has none."""

    path: str
    label: str
    text: str
    raw: str
    page: int
    source: str
    anchor: str


@dataclass(frozen=True)
class Group:
    """Values that stand together: a certificate's own, or one row of a table."""

    title: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle on a page, in PDF points from the upper left corner, as SVG has it."""

    anchor: str
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Page:
    """One page with its boxes; without a size where the reader gave none."""

    number: int
    width: float | None
    height: float | None
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Paper:
    """One certificate on the screen."""

    part: int
    title: str
    unreadable: str
    authenticity: str
    authenticity_word: str
    evidence: str
    groups: tuple[Group, ...]
    pages: tuple[Page, ...]


def papers(opened: Opened, catalog: Catalog) -> list[Paper]:
    """Give every certificate of an opened submission; before it was read, as it was declared."""
    declared = [Certificate(part=part, kind=held.kind) for part, held in enumerate(opened.case.certificates)]
    certificates = opened.facts.certificates if opened.facts else tuple(declared)
    places = {place.part: place for place in opened.provenance.certificates} if opened.provenance else {}
    return [
        _paper(one, places.get(one.part, CertificateProvenance(part=one.part)), catalog.certificates.get(one.kind))
        for one in certificates
    ]


def anchor(part: int, path: str) -> str:
    """Name the box of a value, as an element's id."""
    return f"box-{part}-" + "".join(char if char.isalnum() else "-" for char in path)


def _paper(certificate: Certificate, places: CertificateProvenance, kind: CertificateKind | None) -> Paper:
    groups = tuple(_groups(certificate, places.fields, kind))
    labels = {value.path: value.label for group in groups for value in group.values}
    pages = tuple(_page(number, size, places, labels) for number, size in enumerate(places.pages, 1))
    if not pages and certificate.unreadable not in NOT_DRAWN:
        pages = (Page(1, None, None, ()),)
    return Paper(
        part=certificate.part,
        title=kind.title if kind else certificate.kind,
        unreadable=words.of(words.UNREADABLE, certificate.unreadable) if certificate.unreadable else "",
        authenticity=certificate.authenticity,
        authenticity_word=words.of(words.AUTHENTICITY, certificate.authenticity),
        evidence=words.of(words.EVIDENCE, certificate.evidence),
        groups=groups,
        pages=pages,
    )


def _groups(
    certificate: Certificate, places: Mapping[str, Provenance], kind: CertificateKind | None
) -> Iterator[Group]:
    labels = _labels(kind)
    own = {"number": certificate.number, "issuer": certificate.issuer, "issued_on": certificate.issued_on}
    single = {name: str(value) for name, value in own.items() if value is not None}
    single |= {name: _text(value) for name, value in certificate.values.items() if not isinstance(value, list)}
    if single:
        shown = (_value(certificate.part, name, labels, text, places.get(name)) for name, text in single.items())
        yield Group("증명서 내용", tuple(shown))
    labels = _cell_labels(kind)
    for table, rows in certificate.values.items():
        for place, row in enumerate(rows if isinstance(rows, list) else ()):
            cells = row if isinstance(row, dict) else {"": row}
            paths = ((f"{table}[{place}].{name}".rstrip("."), value) for name, value in cells.items())
            shown = (_value(certificate.part, path, labels, _text(value), places.get(path)) for path, value in paths)
            yield Group(f"{words.of(words.FIELD, table)} {place + 1}", tuple(shown))


def _value(part: int, path: str, labels: Mapping[str, str], text: str, place: Provenance | None) -> Value:
    name = path.rpartition(".")[2]
    return Value(
        path=path,
        label=labels.get(name, name),
        text=without_rrn(text),
        raw=without_rrn(place.raw) if place else "",
        page=place.page if place else 0,
        source=words.of(words.SOURCE, place.source) if place else "",
        anchor=anchor(part, path) if place and place.box and place.page else "",
    )


def _page(number: int, size: tuple[float, float], places: CertificateProvenance, labels: Mapping[str, str]) -> Page:
    width, height = size
    boxes = tuple(
        Box(
            anchor(places.part, path),
            labels.get(path, path),
            round(max(left - 2, 0), 1),
            round(max(height - top - 2, 0), 1),
            round(min(right + 2, width) - max(left - 2, 0), 1),
            round(min(top + 2, height) - max(bottom - 2, 0), 1),
        )
        for path, place in places.fields.items()
        if place.page == number and place.box
        for left, bottom, right, top in [place.box]
    )
    return Page(number, width, height, boxes)


def _labels(kind: CertificateKind | None) -> dict[str, str]:
    """What each value is called on this kind of certificate."""
    labels: dict[str, str] = {}
    for field in kind.fields if kind else ():
        for name in (field.name, field.until):
            if name and field.labels:
                labels.setdefault(name, field.labels[0] + (" 끝" if name == field.until else ""))
    return labels | words.FIELD


def _cell_labels(kind: CertificateKind | None) -> dict[str, str]:
    """What each cell of its tables is called."""
    columns = [column for table in kind.tables for column in table.columns] if kind else []
    alone = {column.parts[0].name: column.labels[0] for column in reversed(columns) if len(column.parts) == 1}
    return words.FIELD | alone | words.CELL


def _text(value: JsonValue) -> str:
    return "—" if value is None else str(value)
