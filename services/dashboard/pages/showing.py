"""From an opened submission to what stands on the screen: values beside the places they were read from. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import JsonValue

from services.dashboard.pages import words
from services.dashboard.pages.hand import ByHand, by_hand
from services.dashboard.pages.labels import Labels, soon, validity
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.language import titled
from services.dashboard.pages.notes import Note, anchor, claimed, notes
from services.dashboard.rules import without_rrn
from shared.catalog import Catalog
from shared.catalog.templates import OWN_FIELDS
from shared.facts import Certificate, CertificateProvenance, Provenance
from shared.gate import HeldCertificate, Opened

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
    confidence: str
    anchor: str
    was: str = ""
    """What the machine had read, where an official has said otherwise; "—" where it had read nothing."""
    why: str = ""
    """By whom, when and why it was corrected."""

    @property
    def name(self) -> str:
        """Its own name, as an element's id, that its box leads to; empty where it has no box."""
        return self.anchor.replace("box-", "value-", 1)


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
    """What the value is called."""
    x: float
    y: float
    width: float
    height: float
    claimed: bool = False
    """Whether it holds what one source says of a value on which another differs."""


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
    number: str
    issuer: str
    issued_on: str
    validity: str
    """`in_time`, `expired` or `unknown`."""
    validity_says: str
    days_left: int | None
    """Until it can no longer be handed in, counted from today; None where that is not known, or not near."""
    authenticity: str
    evidence: str
    unreadable: str
    picture_says: str
    """Why its pages are not as they were sent, or why there are none; empty where they are."""
    notes: tuple[Note, ...]
    groups: tuple[Group, ...]
    pages: tuple[Page, ...]

    @property
    def anchors(self) -> frozenset[str]:
        """The names of its boxes."""
        return frozenset(box.anchor for page in self.pages for box in page.boxes)


def papers(opened: Opened, catalog: Catalog, as_of: date, today: date | None = None) -> list[Paper]:
    """Give every certificate of an opened submission; before it was read, as it was declared.

    From `today` it is counted how long each may still be handed in.
    """
    held = opened.case.certificates
    declared = tuple(Certificate(part=part, kind=one.kind) for part, one in enumerate(held))
    certificates = opened.facts.certificates if opened.facts else declared
    places = {place.part: place for place in opened.provenance.certificates} if opened.provenance else {}
    of_certificates: Any = (opened.screening or {}).get("of_certificates") or {}
    return [
        _paper(
            one,
            places.get(one.part, CertificateProvenance(part=one.part)),
            held[one.part],
            of_certificates.get(str(one.part), ()),
            catalog,
            as_of,
            today or as_of,
            by_hand(opened, one.part),
        )
        for one in certificates
    ]


def _paper(
    certificate: Certificate,
    places: CertificateProvenance,
    held: HeldCertificate,
    found: Collection[str],
    catalog: Catalog,
    as_of: date,
    today: date,
    said: ByHand,
) -> Paper:
    kind = catalog.certificates.get(certificate.kind)
    labels = Labels(kind)
    pages = _pages(certificate, places, labels) if held.blob_id else ()
    boxes = {box.anchor for page in pages for box in page.boxes}
    term, term_says = validity(certificate.valid_until, as_of)
    return Paper(
        part=certificate.part,
        title=titled(kind) if kind else certificate.kind,
        number=without_rrn(certificate.number or "—"),
        issuer=without_rrn(certificate.issuer or "—"),
        issued_on=str(certificate.issued_on or "—"),
        validity=term,
        validity_says=term_says,
        days_left=soon(certificate.valid_until, today),
        authenticity=certificate.authenticity,
        evidence=words.evidence(certificate.evidence),
        unreadable=words.of(words.UNREADABLE, certificate.unreadable) if certificate.unreadable else "",
        picture_says=_picture_says(held, bool(pages)),
        notes=notes(certificate, found, labels, boxes),
        groups=tuple(_groups(certificate, places.fields, labels, said)),
        pages=pages,
    )


def _picture_says(held: HeldCertificate, drawn: bool) -> str:
    if held.blob_id is None:
        return _("가려야 할 주민등록번호를 가릴 수 없어 파일을 보관하지 않습니다. 그래서 그림이 없습니다.")
    if held.redacted_at and drawn:
        return _("주민등록번호 뒷자리를 가린 사본입니다. 가리지 않은 원본은 보관하지 않습니다.")
    return "" if drawn else _("그림으로 보여 줄 쪽이 없습니다.")


def _pages(certificate: Certificate, places: CertificateProvenance, labels: Labels) -> tuple[Page, ...]:
    if not places.pages:
        return () if certificate.unreadable in NOT_DRAWN else (Page(1, None, None, ()),)
    return tuple(_page(number, size, certificate, places, labels) for number, size in enumerate(places.pages, 1))


def _groups(
    certificate: Certificate, places: Mapping[str, Provenance], labels: Labels, said: ByHand
) -> Iterator[Group]:
    own = {name: getattr(certificate, name) for name in OWN_FIELDS if name != "valid_until" or name in places}
    single: dict[str, JsonValue] = {name: str(value) for name, value in own.items() if value is not None}
    single |= {name: value for name, value in certificate.values.items() if not _is_table(value)}
    if single:
        shown = (_value(certificate.part, name, value, labels, places, said) for name, value in single.items())
        yield Group(_("증명서 내용"), tuple(shown))
    for table, rows in certificate.values.items():
        for number, row in enumerate(rows if isinstance(rows, list) and _is_table(rows) else ()):
            path = f"{table}[{number}]"
            cells = {f"{path}.{name}": cell for name, cell in row.items()} if isinstance(row, dict) else {path: row}
            shown = (_value(certificate.part, name, cell, labels, places, said) for name, cell in cells.items())
            yield Group(labels.row(path), tuple(shown))
    if unknown := [name for name in said.unknown if name not in single]:
        yield Group(
            _("알 수 없다고 적은 값"),
            tuple(_value(certificate.part, name, None, labels, places, said) for name in unknown),
        )


def _is_table(value: JsonValue) -> bool:
    """A list of rows; a list of words is one value."""
    return isinstance(value, list) and (not value or isinstance(value[0], dict))


def _value(
    part: int, path: str, value: JsonValue, labels: Labels, places: Mapping[str, Provenance], said: ByHand
) -> Value:
    place = places.get(path)
    why = said.why.get(path, "")
    return Value(
        path=path,
        label=labels.of(path),
        text=labels.write(path, value),
        raw=without_rrn(place.raw) if place else "",
        page=place.page if place else 0,
        source=words.of(words.SOURCE, place.source) if place else "",
        confidence=f"{place.confidence:.0%}" if place else "",
        anchor=anchor(part, path) if place and place.box and place.page else "",
        was=labels.write(path, said.read(path)) if why else "",
        why=why,
    )


def _page(
    number: int, size: tuple[float, float], certificate: Certificate, places: CertificateProvenance, labels: Labels
) -> Page:
    read = [
        (anchor(places.part, path), labels.full(path), place.box, False)
        for path, place in places.fields.items()
        if place.page == number and place.box
    ]
    said = [
        (name, f"{labels.full(finding.names[0])} ({words.of(words.SOURCE, claim.source)})", claim.box, True)
        for finding in certificate.findings
        for claim, name in claimed(places.part, finding)
        if name and claim.page == number and claim.box
    ]
    return Page(number, *size, tuple(_box(size, *one) for one in (*read, *said)))


def _box(
    size: tuple[float, float], name: str, label: str, place: tuple[float, float, float, float], claimed: bool
) -> Box:
    """Leave two points of air around what was read."""
    (width, height), (left, bottom, right, top) = size, place
    return Box(
        name,
        label,
        round(max(left - 2, 0), 1),
        round(max(height - top - 2, 0), 1),
        round(min(right + 2, width) - max(left - 2, 0), 1),
        round(min(top + 2, height) - max(bottom - 2, 0), 1),
        claimed,
    )
