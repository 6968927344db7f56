"""What happens to a good file on its way: a page added, the end lost, a password put on, a print and a scan."""

import io
from datetime import datetime
from random import Random

import pypdfium2
from PIL import Image
from pypdf import PdfReader, PdfWriter

from services.wallet_simulator.samples.pdf import body, stream, tail, update

_SCAN_PIXELS_PER_INCH = 150
_ADDED = b"BT /F1 14 Tf 60 700 Td (This page was appended after signing.) Tj ET"


def appended(pdf: bytes) -> bytes:
    """`pdf` with one more page, by an incremental update: whatever was signed before still checks."""
    end = tail(pdf)
    pages = int(body(pdf, end.root).split(b"/Pages ", 1)[1].split(b" ", 1)[0])
    tree = body(pdf, pages)
    count = int(tree.split(b"/Count ", 1)[1].split(b"/", 1)[0])
    page, content = end.size, end.size + 1
    grown = tree.replace(b"/Count %d" % count, b"/Count %d" % (count + 1))
    grown = grown.replace(b"]", b" %d 0 R]" % page, 1)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    leaf = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 %s>>>>/Contents %d 0 R>>"
    return update(pdf, {pages: grown, page: leaf % (pages, font, content), content: stream(_ADDED)})


def truncated(pdf: bytes) -> bytes:
    """The first tenth of `pdf`: no page's content is in it."""
    return pdf[: len(pdf) // 10]


def encrypted(pdf: bytes, rng: Random) -> bytes:
    """`pdf` behind a password of six digits (AES-256), as a wallet app offers on download."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user_password=f"{rng.randrange(1_000_000):06d}", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scan(pdf: bytes, rng: Random, scanned_at: datetime) -> bytes:
    """The pages of `pdf` as grey pictures, each turned by up to one degree, at 150 to the inch."""
    document = pypdfium2.PdfDocument(pdf)
    turned = [
        page.render(scale=_SCAN_PIXELS_PER_INCH / 72, grayscale=True)
        .to_pil()
        .rotate(rng.uniform(-1, 1), Image.Resampling.BILINEAR, fillcolor=255)
        for page in document
    ]
    document.close()
    out = io.BytesIO()
    when = scanned_at.timetuple()
    turned[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=turned[1:],
        resolution=_SCAN_PIXELS_PER_INCH,
        quality=60,
        creationDate=when,
        modDate=when,
    )
    return out.getvalue()
