"""A PDF signed the way PAdES does it, in one incremental update: invisible field, signature dictionary, ByteRange.

Kept apart from the signing itself: `prepare` lays out the file and says what to digest, `Prepared.filled` puts a
signature in. So a forgery is easy to make: prepare two files, fill one with the other's signature.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.pdf import body, tail, update, with_entry

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
    """Append to `pdf`, made by typst and unsigned, the field and the dictionary of a signature.

    `signed_at` (with its offset from UTC) is the time the signer claims, `/M`.
    """
    end = tail(pdf)
    catalogue = body(pdf, end.root)
    page = _first_page(pdf, catalogue)
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
            page: with_entry(body(pdf, page), b"/Annots[%d 0 R]" % field),
            end.root: with_entry(catalogue, b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % field),
        },
    )
    start = made.index(_HOLE, len(pdf))
    after = start + len(_HOLE)
    ranges = _RANGE % (start, after, len(made) - after)
    return Prepared(made[:start].replace(_RANGE_HOLE, ranges), made[after:])


def sign(pdf: bytes, issuer: Issuer, signed_at: datetime) -> bytes:
    """`pdf`, made by typst and unsigned, signed by `issuer` so that the signature covers the whole file."""
    prepared = prepare(pdf, signed_at)
    return prepared.filled(issuer.sign(prepared.digest))


def _first_page(pdf: bytes, catalogue: bytes) -> int:
    number = _reference(catalogue, b"/Pages ")
    while b"/Type/Pages" in (node := body(pdf, number)):
        number = _reference(node, b"/Kids[")
    return number


def _reference(dictionary: bytes, entry: bytes) -> int:
    return int(dictionary.split(entry, 1)[1].split(b" ", 1)[0])
