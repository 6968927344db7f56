"""A copy of a certificate without the back parts of resident registration numbers (주민등록번호, RRN); inside the jail.

Each page becomes a picture in which those seven digits are black before anything is compressed, and the pictures become
a PDF with pages of the same size: no text, no attachments, no metadata, not a byte of the original. So a number that
stands anywhere but on a page is not in the copy either. One that is drawn with no text behind it cannot be found.
"""

import base64
import ctypes
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw

from services.extraction.page.layout import Box
from services.extraction.page.sheet import Budget, Frame
from services.extraction.rrn import back_parts

Image.preinit()  # Pillow would look its plugins up with the first picture, when files may be out of reach

MOST_BYTES = 1_400_000
"""Of all pictures: in Base64 they must fit into what a worker may answer (`shared.sandbox.Limits.output_bytes`)."""
_DPI = 150
_LEAST_PART = 0.3
"""Of that resolution: below it nobody could read a page, and it is taken as it is."""
_MOST_PIXELS = 8_000_000
_QUALITY = 75
_PADDING = 0.5
"""Points around a digit: what a renderer smooths runs over its box."""
_NEXT_TO = 0.25
"""A wider gap, in heights, is a space."""


class Letter(NamedTuple):
    """One character of a page, its box in PDFium's coordinates, and the quarters its line is turned to the left."""

    text: str
    box: Box | None = None
    """None for a space or a break."""
    turns: int = 0


class Picture(NamedTuple):
    """A page as JPEG, its size in points and in pixels."""

    size: tuple[float, float]
    pixels: tuple[int, int]
    jpeg: bytes


def redact(document: bytes, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the copy: `pdf` in Base64, and how many numbers were `blacked_out` on its pages.

    Raises PDFium's error for a file that cannot be opened, TooMuchText for more letters than any certificate has.
    """
    with pypdfium2.PdfDocument(document) as opened:
        budget, left = Budget(), MOST_BYTES
        pictures: list[Picture] = []
        blacked_out = 0
        for index in range(len(opened)):
            page = _flattened(opened, index)
            frame = Frame(page.raw)
            numbers = _numbers(list(_letters(page.raw, budget)))
            blacked_out += len(numbers)
            image = _drawn(page, frame, [frame.place(*box) for boxes in numbers for box in boxes])
            pictures.append(_compressed(image, frame, max(left // (len(opened) - index), 1)))
            left -= len(pictures[-1].jpeg)
            page.close()
    return {"pdf": base64.b64encode(_pdf(pictures)).decode("ascii"), "blacked_out": blacked_out}


def _flattened(opened: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """Return a page whose annotations have become a part of it, since their text could not be found otherwise."""
    page = opened[index]
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return opened[index]


def _letters(page: pdfium.FPDF_PAGE, budget: Budget) -> Iterator[Letter]:
    """Yield every character in the order of the file, the invisible ones too: pictures have such text behind them."""
    text = pdfium.FPDFText_LoadPage(page)
    try:
        count = max(pdfium.FPDFText_CountChars(text), 0)
        budget.take(letters=count)
        for index in range(count):
            code = pdfium.FPDFText_GetUnicode(text, index)
            letter = chr(code) if code <= 0x10FFFF else " "
            box = None if letter.isspace() else _box(text, index)
            yield Letter(letter, box, _turns(text, index) if box else 0)
    finally:
        pdfium.FPDFText_ClosePage(text)


def _box(text: pdfium.FPDF_TEXTPAGE, index: int) -> Box | None:
    """Return the box around a character's ink and around the room its font gives it."""
    loose = pdfium.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetLooseCharBox(text, index, loose):
        return None
    if not pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top):
        return loose.left, loose.bottom, loose.right, loose.top
    return (
        min(loose.left, left.value),
        min(loose.bottom, bottom.value),
        max(loose.right, right.value),
        max(loose.top, top.value),
    )


def _turns(text: pdfium.FPDF_TEXTPAGE, index: int) -> int:
    angle = pdfium.FPDFText_GetCharAngle(text, index)
    return 0 if angle == -1 else round(angle / (math.pi / 2)) % 4


def _numbers(letters: Sequence[Letter]) -> list[list[Box]]:
    """Return the boxes to black out, number by number: found in the order of the file, and in that of the eye."""
    found: dict[Box, list[Box]] = {}
    for order in (letters, list(_as_seen(letters))):
        text = "".join(letter.text for letter in order)
        for start, end in back_parts(text):
            digits = [letter.box for letter in order[start:end] if letter.box]
            if digits:
                found.setdefault(digits[-1], _joined(digits))
    return list(found.values())


def _as_seen(letters: Sequence[Letter]) -> Iterator[Letter]:
    """Yield the printed characters line by line, each as its line is turned, with spaces and breaks between."""
    rows: list[list[tuple[Box, Letter]]] = []
    printed = [(_turned(letter.box, letter.turns), letter) for letter in letters if letter.box]
    for box, letter in sorted(printed, key=lambda one: (one[1].turns, -one[0][1] - one[0][3])):
        if rows and rows[-1][0][1].turns == letter.turns and _level(rows[-1][0][0], box):
            rows[-1].append((box, letter))
        else:
            rows.append([(box, letter)])
    for row in rows:
        right = math.inf
        for box, letter in sorted(row, key=lambda one: one[0][0]):
            if box[0] - right > _NEXT_TO * (box[3] - box[1]):
                yield Letter(" ")
            yield letter
            right = box[2]
        yield Letter("\n")


def _turned(box: Box, turns: int) -> Box:
    for _ in range(turns):
        left, bottom, right, top = box
        box = bottom, -right, top, -left
    return box


def _level(one: Box, other: Box) -> bool:
    return one[1] <= (other[1] + other[3]) / 2 <= one[3]


def _joined(digits: Sequence[Box]) -> list[Box]:
    """Return one box for digits that stand in one line: the widths of single ones would tell them apart."""
    lefts, bottoms, rights, tops = zip(*digits, strict=True)
    joint = min(lefts), min(bottoms), max(rights), max(tops)
    wide, high = (max(box[end] - box[start] for box in digits) for start, end in ((0, 2), (1, 3)))
    in_line = joint[2] - joint[0] < 2 * wide or joint[3] - joint[1] < 2 * high
    return [joint] if in_line else list(digits)


def _drawn(page: pypdfium2.PdfPage, frame: Frame, boxes: Sequence[Box]) -> Image.Image:
    """Return the page as a picture, with the boxes black."""
    width, height = frame.size
    scale = min(_DPI / 72, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
    image: Image.Image = page.render(scale=scale, draw_annots=False).to_pil().convert("RGB")
    pen = ImageDraw.Draw(image)
    across, down = image.width / width, image.height / height
    for left, bottom, right, top in boxes:
        corners = (left - _PADDING) * across, (height - top - _PADDING) * down
        pen.rectangle((*corners, (right + _PADDING) * across, (height - bottom + _PADDING) * down), fill="black")
    return image


def _compressed(image: Image.Image, frame: Frame, share: int) -> Picture:
    """Return the picture in `share` bytes, or as small as it may be."""
    part, smaller = 1.0, image
    while True:
        out = io.BytesIO()
        smaller.save(out, "JPEG", quality=_QUALITY)
        if out.tell() <= share or part <= _LEAST_PART:
            return Picture(frame.size, smaller.size, out.getvalue())
        # The bytes of a page of text grow with the resolution to the power of about 1.5.
        part = max(part * 0.95 * (share / out.tell()) ** (1 / 1.5), _LEAST_PART)
        smaller = image.resize((max(round(image.width * part), 1), max(round(image.height * part), 1)))


def _pdf(pictures: Sequence[Picture]) -> bytes:
    """Return a PDF 1.4 of these pages and nothing else, the same bytes for the same pictures."""
    pages = " ".join(f"{3 * number + 3} 0 R" for number in range(len(pictures)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(pictures)}/Kids[{pages}]>>".encode()]
    for number, ((width, height), pixels, jpeg) in enumerate(pictures):
        size, content, image = f"{width:.2f} {height:.2f}", 3 * number + 4, 3 * number + 5
        drawing = f"{width:.2f} 0 0 {height:.2f} 0 0 cm/I Do".encode()
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size}]/Resources<</XObject<</I {image} 0 R>>>>"
            f"/Contents {content} 0 R>>".encode(),
            _stream("", drawing),
            _stream(
                f"/Type/XObject/Subtype/Image/Width {pixels[0]}/Height {pixels[1]}/ColorSpace/DeviceRGB"
                "/BitsPerComponent 8/Filter/DCTDecode",
                jpeg,
            ),
        ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode())
    out.write(f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def _stream(entries: str, content: bytes) -> bytes:
    return f"<<{entries}/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"
