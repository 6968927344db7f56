"""A PDF signed the way PAdES does it, in one incremental update: invisible field, signature dictionary, ByteRange.

Kept apart from the signing itself: `prepare` lays out the file and says what to digest, `Prepared.filled` puts a
signature in. So a forgery is easy to make: prepare two files, fill one with the other's signature.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.pdf import (
    NotPlain,
    body,
    dictionary,
    entries,
    reference,
    tail,
    update,
    with_entry,
)

# Room for the DER signature: one P-256 certificate and signature take about 1,000 bytes.
_ROOM = 2_048
_HOLE = b"<" + b"0" * (2 * _ROOM) + b">"
_RANGE = b"[0 %-10d%-10d%-10d]"
_RANGE_HOLE = _RANGE % (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file but for its signature: all before the `/Contents` string, and all after it."""

    before: bytes
    after: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of what the signature covers: everything but the hole for the signature."""
        covered = sha256(self.before)
        covered.update(self.after)
        return covered.digest()

    def filled(self, signature: bytes) -> bytes:
        """The file with that CMS signature (DER) in its hole."""
        if len(signature) > _ROOM:
            raise ValueError(f"a signature of {len(signature)} bytes does not fit in {_ROOM}")
        return self.before + b"<" + signature.hex().encode().ljust(2 * _ROOM, b"0") + b">" + self.after


def prepare(pdf: bytes, signed_at: datetime) -> Prepared:
    """Append to `pdf`, unsigned, the field and the dictionary of a signature.

    `signed_at` (with its offset from UTC) is the time the signer claims, `/M`. The same arguments give the same bytes
    where the file is plain (`samples.pdf`); another is left to pyHanko, which is slow and writes a random `/ID`.
    Raises pyHanko's `PdfReadError` for what is no PDF.
    """
    try:
        return _appended(pdf, signed_at)
    except NotPlain:
        return _appended_by_pyhanko(pdf, signed_at)


def sign(pdf: bytes, issuer: Issuer, signed_at: datetime) -> bytes:
    """`pdf`, unsigned, signed by `issuer` so that the signature covers the whole file."""
    prepared = prepare(pdf, signed_at)
    return prepared.filled(issuer.sign(prepared.digest))


def _appended(pdf: bytes, signed_at: datetime) -> Prepared:
    end = tail(pdf)
    catalogue = body(pdf, end.root)
    page = first_page(pdf, catalogue)
    field = end.size + 1
    offset = f"{signed_at:%z}"
    claimed = f"D:{signed_at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'".encode()
    signature = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%s)/ByteRange%s/Contents%s>>" % (
        claimed,
        _RANGE_HOLE,
        _HOLE,
    )
    widget = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>" % (
        page,
        end.size,
    )
    made = update(
        pdf,
        {
            end.size: signature,
            field: widget,
            page: with_entry(body(pdf, page), b"/Annots", b"[%d 0 R]" % field),
            end.root: with_field(catalogue, field),
        },
    )
    start = made.index(_HOLE, len(pdf))
    after = start + len(_HOLE)
    ranges = _RANGE % (start, after, len(made) - after)
    return Prepared(made[:start].replace(_RANGE_HOLE, ranges), made[after:])


def _appended_by_pyhanko(pdf: bytes, signed_at: datetime) -> Prepared:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    room = SignatureObject(signed_at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * _ROOM)
    writing = PdfCMSEmbedder().write_cms("Signature", IncrementalPdfFileWriter(io.BytesIO(pdf)))
    next(writing)
    writing.send(SigObjSetup(sig_placeholder=room))
    digest, output = writing.send(SigIOSetup(md_algorithm="sha256"))
    made = output.getvalue()
    return Prepared(made[: digest.reserved_region_start], made[digest.reserved_region_end :])


def with_field(catalogue: bytes, field: int) -> bytes:
    """`catalogue` with one more form field, a signature, in the form that it has or in a new one."""
    found = entries(catalogue)
    form = entries(found.get(b"/AcroForm", b"<<>>"))
    fields = form.get(b"/Fields", b"[]")
    if not fields.endswith(b"]"):
        raise NotPlain("form fields that are listed elsewhere")
    form |= {b"/Fields": b"%s %d 0 R]" % (fields[:-1], field), b"/SigFlags": b"3"}
    return dictionary({**found, b"/AcroForm": dictionary(form)})


def first_page(pdf: bytes, catalogue: bytes) -> int:
    """The number of the first page's object, of a plain file by its catalogue."""
    number = reference(entries(catalogue).get(b"/Pages", b""))
    while kids := entries(body(pdf, number)).get(b"/Kids"):
        number = reference(kids)
    return number
