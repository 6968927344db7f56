"""Changes to what a signed file shows that leave its signature as it is: each is one incremental update.

The classes of attack of pdf-insecurity.org (2019 and 2021), as far as they need no accomplice before the signing.
"""

from services.wallet_simulator.samples.pdf import body, entries, stream, tail, update, with_entry
from services.wallet_simulator.samples.signature import first_page

_COVER = b"1 g 0 0 240 24 re f 0 g BT /F1 12 Tf 4 8 Td (Shown after signing.) Tj ET"
_FONTS = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"


def overlaid(pdf: bytes) -> bytes:
    """Signed `pdf` with an annotation over its first page, white and with a text of its own."""
    end = tail(pdf)
    page = first_page(pdf, body(pdf, end.root))
    note, look = end.size, end.size + 1
    annotation = b"<</Type/Annot/Subtype/Stamp/F 4/Rect[60 60 300 84]/AP<</N %d 0 R>>>>" % look
    return update(
        pdf,
        {
            note: annotation,
            look: stream(_COVER, b"/Type/XObject/Subtype/Form/BBox[0 0 240 24]" + _FONTS),
            page: _annotated(body(pdf, page), note),
        },
    )


def _annotated(page: bytes, note: int) -> bytes:
    annotations = entries(page).get(b"/Annots")
    if annotations is None:
        return with_entry(page, b"/Annots", b"[%d 0 R]" % note)
    return page.replace(annotations, b"%s %d 0 R]" % (annotations[:-1], note), 1)
