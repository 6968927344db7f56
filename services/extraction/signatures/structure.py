"""Every seal of a file, found by reading its structure, and the verdict on each: the check that understands updates."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, extract_contents

from services.extraction.signatures import updates
from services.extraction.signatures.judging import by_bytes, of_signature, of_token
from services.extraction.signatures.seals import FINDINGS, GOVERNMENT, Kind, cover, kind_by_bytes, signed_data, stamped
from services.extraction.signatures.trust import context, finish
from services.extraction.signatures.verdicts import WHOLE_FILE, WHOLE_REVISION, Verdict

_POLICY = updates.policy()


class Seal(NamedTuple):
    """A signature or timestamp dictionary, and the form field it is the value of (None where it is not)."""

    kind: Kind
    dictionary: DictionaryObject
    name: str = ""
    field: Any = None

    @property
    def end(self) -> int:
        """Where the bytes that it says it covers end; 0 if it does not say so properly."""
        numbers = _entry(self.dictionary, "/ByteRange")
        return int(numbers[2] + numbers[3]) if isinstance(numbers, ArrayObject) and len(numbers) == 4 else 0


def read(document: bytes) -> tuple[PdfFileReader, list[Seal]]:
    """Return a reader of `document` and its seals in their order; raises whatever pyHanko does of a malformed file."""
    reader = PdfFileReader(io.BytesIO(document))
    seals = []
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        dictionary = value.get_object()
        seals.append(Seal(_kind(dictionary), dictionary, name, field))
    if document.count(b"/ByteRange") > len(seals):
        known = {id(seal.dictionary) for seal in seals}
        seals += [Seal(_kind(found), found) for found in _byte_ranged(reader) if id(found) not in known]
    return reader, sorted(seals, key=lambda seal: seal.end)


def judge(
    seal: Seal, reader: PdfFileReader, document: bytes, trust_roots: str, moment: datetime, *, vouched: bool
) -> Verdict:
    """Return the verdict on one seal of a file; raises whatever pyHanko does of a malformed one.

    `vouched`: a signature or a government timestamp, whose issuer answers for what it adds, covers more than this one.
    """
    findings = FINDINGS[seal.kind]
    # What pyHanko takes for a signature of the entire file may leave a gap for other content beside /Contents (0.38).
    covered = cover(document, seal.dictionary["/ByteRange"])
    if covered is None or covered.value != extract_contents(seal.dictionary):
        return findings.broken
    whole = covered.end == len(document)
    if seal.kind == "government" or seal.field is None:
        if not whole:
            return findings.appended
        kind = seal.kind if seal.kind == "government" else kind_by_bytes(document, covered)
        return (kind and by_bytes(covered, kind, trust_roots, moment)) or findings.unreadable
    if signed_data(covered) is None:
        return findings.unreadable
    if by_bytes(covered, seal.kind, trust_roots, moment) == findings.broken:
        return findings.broken  # even where pyHanko could not read its dictionary
    embedded = EmbeddedPdfSignature(reader, seal.field, seal.name)
    status: Any
    if seal.kind == "signature":
        status = finish(async_validate_pdf_signature(embedded, context(trust_roots, moment), diff_policy=_POLICY))
        verdict = of_signature(status, WHOLE_FILE if whole else WHOLE_REVISION, trust_roots)
    else:
        if (info := stamped(embedded.signed_data)) is None:
            return findings.unreadable
        status = finish(async_validate_pdf_timestamp(embedded, context(trust_roots, moment), diff_policy=_POLICY))
        verdict = of_token(status, info, seal.kind, trust_roots)
    if whole or verdict == findings.broken:
        return verdict
    harmless = updates.allowed(status, vouched=vouched)
    listed = harmless and updates.accounted(reader, document, embedded.signed_revision, covered.end)
    return verdict if listed else findings.appended


def _kind(dictionary: DictionaryObject) -> Kind:
    if str(_entry(dictionary, "/Filter")).removeprefix("/") == GOVERNMENT:
        return "government"
    return "document" if _entry(dictionary, "/Type") == "/DocTimeStamp" else "signature"


def _entry(dictionary: DictionaryObject, key: str) -> Any:
    return dictionary.get_and_apply(key, lambda value: value)  # which follows a reference, as `get` does not


def _byte_ranged(reader: PdfFileReader) -> Iterator[DictionaryObject]:
    """Yield every dictionary with a byte range, wherever it hangs."""
    xrefs = reader.xrefs
    references = {
        reference
        for revision in range(xrefs.total_revisions)
        for reference in xrefs.explicit_refs_in_revision(revision)
        if xrefs[reference] is not None
    }
    get_object: Any = reader.get_object
    values = [get_object(reference) for reference in sorted(references, key=lambda each: each.idnum)]
    while values:
        value = values.pop()
        if isinstance(value, DictionaryObject):
            if "/ByteRange" in value:
                yield value
            values += [value.raw_get(key) for key in value]
        elif isinstance(value, ArrayObject):
            values += [value.raw_get(index) for index in range(len(value))]
