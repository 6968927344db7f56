"""What may follow a seal in its file: validation material, timestamps and, where vouched for, signature fields.

No page, no annotation, no form value; and nothing that another reader could take for more than pyHanko does.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ReferenceUpdate,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel

_HEADER = re.compile(rb"(?<!\d)\d{1,10}[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj\b")
# The last two are white space to PDFium.
_OBJ = re.compile(rb"[\0\t\n\f\r \x80\xff]obj\b")
_DATES = re.compile(rb"(?:ModifyDate|MetadataDate)(?:=\"[^\"]*\"|>[^<]*<)")


class _Redated(MetadataUpdateRule):
    """Allows a new XMP packet in which nothing but the dates is new: values may be read from it."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        return super().apply(old, new) if _undated(old) == _undated(new) else ()


def _undated(file: HistoricalResolver) -> bytes:
    packet: Any = file.root.get_value_as_reference("/Metadata", optional=True)
    return _DATES.sub(b"", packet.get_object().data) if packet else b""


def policy() -> StandardDiffPolicy:
    """Return pyHanko's own policy less form values, object streams and objects that nothing refers to.

    New metadata counts as new content does: somebody has to vouch for it.
    """
    catalogue: Any = CatalogModificationRule
    metadata: Any = MetadataUpdateRule
    harmless: tuple[Any, ...] = (DocInfoRule, XrefStreamRule, DSSCompareRule, _Redated)
    fields: tuple[Any, ...] = (SigFieldCreationRule, SigFieldModificationRule)
    return StandardDiffPolicy(
        global_rules=[
            catalogue(),
            *(rule().as_qualified(ModificationLevel.LTA_UPDATES) for rule in harmless),
            metadata().as_qualified(ModificationLevel.FORM_FILLING),
        ],
        form_rule=FormUpdatingRule([rule() for rule in fields]),
        ignore_orphaned_objects=False,
    )


def allowed(status: Any, *, vouched: bool) -> bool:
    """Whether pyHanko, by that policy, found no more than may follow a seal over a whole revision."""
    most = ModificationLevel.FORM_FILLING if vouched else ModificationLevel.LTA_UPDATES
    level: ModificationLevel | None = status.modification_level
    within = level is not None and level <= most and status.docmdp_ok is not False
    return within and bool(status.coverage == SignatureCoverageLevel.ENTIRE_REVISION)


def accounted(reader: PdfFileReader, document: bytes, revision: int, end: int) -> bool:
    """Whether what follows `revision`, which ends at `end`, is just the objects that its tables list, and the tables.

    A reader that repairs a file, as PDFium does over tables that pyHanko accepts, takes whatever looks like an object.
    """
    xrefs, later = reader.xrefs, range(revision + 1, reader.xrefs.total_revisions)
    last_words: dict[Any, bytes] = {
        xrefs.get_historical_ref(reference, update): b"endobj"
        for update in later
        for reference in xrefs.explicit_refs_in_revision(update)
    }
    sections = [xrefs.get_xref_container_info(update) for update in later]
    last_words |= {section.declared_startxref: b"%%EOF" for section in sections}
    tables = {section.declared_startxref for section in sections if not section.stream_ref}
    rest = document[end:]
    found = {end + match.start() for match in _HEADER.finditer(rest)}
    if not sections or found != last_words.keys() - tables or len(_OBJ.findall(rest)) != len(found):
        return False
    starts = [*sorted(last_words), len(document)]
    whole = all(document[start:stop].rstrip().endswith(last_words[start]) for start, stop in pairwise(starts))
    return whole and not document[end : starts[0]].strip() and rest.count(b"trailer") == len(tables)
