"""Opening one hostile PDF and reading it: the task inside the jail, and the only place that opens one to read.

What it returns is small JSON, `{"certificate": …, "provenance": …}`, which `reading` validates as hostile.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from services.extraction import rules, signatures
from services.extraction.layout import Page
from services.extraction.sheet import Budget, TooMuchText
from services.extraction.text import read_page
from services.extraction.titles import find_kind
from shared.catalog.templates import CertificateKind, load_certificates
from shared.facts import UnreadableReason

_TRAILING_BYTES = 1024
"""After the last `%%EOF`; more than that is another file's business (a polyglot)."""

_COLOUR_PROFILE = re.compile(rb"/ICCBased(?=\s+\d+\s+\d+\s+R)")
"""A colour space by profile. PDFium builds a transform for each, which takes it longer than all the rest of a page."""

_kinds: dict[str, CertificateKind] = {}


class _Unreadable(Exception):
    def __init__(self, reason: UnreadableReason) -> None:
        self.reason = reason
        super().__init__(reason)


def prepare(setup: dict[str, Any]) -> None:
    """Load the templates, from the folder `setup["certificates"]`, before the jail closes."""
    _kinds.update(load_certificates(Path(setup["certificates"])))


def read(document: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return `document` read as the certificate it was declared to be.

    `arguments`: `kind` its id, or null to go by its title; `pages` the most it may have; `part` its place in the
    submission (0); `trust_roots` certificates in PEM (none: integrity alone is checked); `moment` the ISO instant at
    which certificates must be valid (now). Raises KeyError for an unknown kind: a caller's mistake, not the document's.
    """
    part = arguments.get("part", 0)
    declared = arguments.get("kind")
    try:
        pages = _pages(document, arguments["pages"])
    except _Unreadable as end:
        return _as_json(rules.unreadable(end.reason, declared or "", part))
    kind = declared or find_kind(pages, _kinds)
    if kind is None:
        reason: UnreadableReason = "wrong_certificate" if any(page.words for page in pages) else "no_text_layer"
        return _as_json(rules.unreadable(reason, "", part, pages))
    reading = rules.read(pages, _kinds[kind], _kinds, part)
    moment = arguments.get("moment")
    verdict = signatures.check(
        document, arguments.get("trust_roots", ""), datetime.fromisoformat(moment) if moment else datetime.now(UTC)
    )
    certificate = reading.certificate.model_copy(
        update={"authenticity": verdict.authenticity, "evidence": verdict.evidence}
    )
    return _as_json(reading._replace(certificate=certificate))


def _as_json(reading: rules.Reading) -> dict[str, Any]:
    return {
        "certificate": reading.certificate.model_dump(mode="json"),
        "provenance": reading.provenance.model_dump(mode="json"),
    }


def _pages(document: bytes, most: int) -> list[Page]:
    """Return every page of the document; raises _Unreadable when it is not a PDF, encrypted, damaged or too long."""
    if not document.startswith(b"%PDF-"):
        raise _Unreadable("not_a_pdf")
    end = document.rfind(b"%%EOF")
    if end < 0 or len(document) - end > _TRAILING_BYTES:
        raise _Unreadable("damaged")
    # No colour is read, so the spaces that need a profile are made unknown, by a name of the same length.
    with _opened(_COLOUR_PROFILE.sub(b"/Skipped_", document)) as opened:
        count = pdfium.FPDF_GetPageCount(opened)
        if count < 1:
            raise _Unreadable("damaged")
        if count > most:
            raise _Unreadable("too_many_pages")
        budget = Budget()
        try:
            pages = [read_page(opened, index, budget) for index in range(count)]
        except TooMuchText:
            raise _Unreadable("output_limit") from None
    found = [page for page in pages if page]
    if len(found) < count:
        raise _Unreadable("damaged")
    return found


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
