"""Opening one hostile PDF and reading it: the task inside the jail, and the only place that opens one to read.

What it returns is small JSON, `{"certificate": …, "provenance": …, "whole_rrn": …}`, which `reading` validates as
hostile.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from services.extraction import rules, signatures
from services.extraction.data.documents import Data, understood
from services.extraction.data.embedded import documents_in
from services.extraction.data.envelope import form_of
from services.extraction.data.trees import Tree
from services.extraction.page.layout import Page
from services.extraction.page.sheet import Budget, TooMuchText
from services.extraction.page.text import read_page
from services.extraction.rrn import back_parts
from services.extraction.structure import Structure, Unsound
from services.extraction.titles import find_kind
from shared.catalog.metadata import MetadataSchema, load_schemas
from shared.catalog.templates import CertificateKind, load_certificates
from shared.facts import UnreadableReason

_COLOUR_PROFILE = re.compile(rb"/ICCBased(?=\s+\d+\s+\d+\s+R)")
"""A colour space by profile. PDFium builds a transform for each, which takes it longer than all the rest of a page."""

_kinds: dict[str, CertificateKind] = {}
_schemas: list[MetadataSchema] = []


class _Unreadable(Exception):
    def __init__(self, reason: UnreadableReason) -> None:
        self.reason = reason
        super().__init__(reason)


class _Contents(NamedTuple):
    """What is in a file: its pages, all text on them, and the documents of data inside it, whole and not."""

    pages: list[Page]
    text: str
    documents: list[Tree]
    malformed: bool

    @property
    def seen(self) -> str:
        """The visible text, in the order in which it is seen."""
        return "\n".join(" ".join(word.text for word in line) for page in self.pages for line in page.lines)


def prepare(setup: dict[str, Any]) -> None:
    """Load the templates, before the jail closes, from the folder `setup["certificates"]`.

    The schemas of metadata are in the folder `metadata` beside it, if there is one.
    """
    folder = Path(setup["certificates"])
    _kinds.update(load_certificates(folder))
    _schemas[:] = load_schemas(folder.parent / "metadata", _kinds)


def read(document: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return `document` read as the certificate it was declared to be.

    `arguments`: `kind` its id, or null to go by its title; `pages` the most it may have; `part` its place in the
    submission (0); `metadata` the data handed in beside it, in Base64 (none); `trust_roots` certificates in PEM (none:
    integrity alone is checked); `moment` the ISO instant at which certificates must be valid (now). Raises KeyError for
    an unknown kind: a caller's mistake, not the document's.
    """
    part, declared = arguments.get("part", 0), arguments.get("kind")
    try:
        contents = _contents(document, arguments["pages"])
    except _Unreadable as end:
        return _as_json(rules.unreadable(end.reason, declared or "", part))
    metadata = b64decode(arguments["metadata"]) if arguments.get("metadata") is not None else None
    data = understood(metadata, contents.documents, contents.malformed, schemas=_schemas, kinds=_kinds)
    reading = _read(contents.pages, data, declared, part)
    if reading.certificate.unreadable is None:
        moment = arguments.get("moment")
        verdict = signatures.check(
            document, arguments.get("trust_roots", ""), datetime.fromisoformat(moment) if moment else datetime.now(UTC)
        )
        signed = {"authenticity": verdict.authenticity, "evidence": verdict.evidence}
        reading = reading._replace(certificate=reading.certificate.model_copy(update=signed))
    return _as_json(reading._replace(whole_rrn=any(map(back_parts, (contents.text, contents.seen, data.text)))))


def _read(pages: list[Page], data: Data, declared: str | None, part: int) -> rules.Reading:
    printed = any(page.words for page in pages)
    kind = declared or find_kind(pages, _kinds) or (None if printed else data.kind)
    if kind is None:
        return rules.unreadable("wrong_certificate" if printed else "no_text_layer", "", part, pages)
    return rules.read(pages, _kinds[kind], _kinds, part, data)


def _as_json(reading: rules.Reading) -> dict[str, Any]:
    return {
        "certificate": reading.certificate.model_dump(mode="json"),
        "provenance": reading.provenance.model_dump(mode="json"),
        "whole_rrn": reading.whole_rrn,
    }


def _contents(document: bytes, most: int) -> _Contents:
    """Return what is in `document`; raises _Unreadable when it is not a PDF alone, encrypted, damaged or too long."""
    if reason := form_of(document):
        raise _Unreadable(reason)
    # No colour is read, so the spaces that need a profile are made unknown, by a name of the same length.
    with _opened(_COLOUR_PROFILE.sub(b"/Skipped_", document)) as opened:
        count = pdfium.FPDF_GetPageCount(opened)
        if count < 1:
            raise _Unreadable("damaged")
        if count > most:
            raise _Unreadable("too_many_pages")
        documents, malformed = _below_the_pages(document)
        budget = Budget()
        try:
            pages = [read_page(opened, index, budget) for index in range(count)]
        except TooMuchText:
            raise _Unreadable("output_limit") from None
    found = [page for page in pages if page]
    if len(found) < count:
        raise _Unreadable("damaged")
    return _Contents([page for page, _ in found], "\n".join(text for _, text in found), documents, malformed)


def _below_the_pages(document: bytes) -> tuple[list[Tree], bool]:
    """Return the documents of data in a file; raises _Unreadable where anything in it acts or cannot be known."""
    try:
        structure = Structure(document)
        if structure.acts():
            raise _Unreadable("active_content")
        return documents_in(structure, _schemas)
    except Unsound:
        raise _Unreadable("damaged") from None


@contextmanager
def _opened(document: bytes) -> Iterator[pdfium.FPDF_DOCUMENT]:
    opened = pdfium.FPDF_LoadMemDocument64(document, len(document), None)
    if not opened:
        locked = pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise _Unreadable("encrypted" if locked else "damaged")
    try:
        yield opened
    finally:
        pdfium.FPDF_CloseDocument(opened)
