"""What both readers of a page need: how the page is turned, and how much a document may still hold; inside the jail."""

import pypdfium2.raw as pdfium

from services.extraction.page.layout import Box, Word

MOST_LETTERS = 200_000
"""In one document; a certificate has a few thousand."""
_MOST_OBJECTS = 50_000


class TooMuchText(Exception):
    """The document has more letters or objects than any certificate."""


class Budget:
    """What is left of the letters and objects one document may have."""

    def __init__(self) -> None:
        self.letters, self.objects = MOST_LETTERS, _MOST_OBJECTS

    def take(self, *, letters: int = 0, objects: int = 0) -> None:
        """Spend; raises TooMuchText when there is not so much left."""
        self.letters, self.objects = self.letters - letters, self.objects - objects
        if self.letters < 0 or self.objects < 0:
            raise TooMuchText


class Frame:
    """The visible part of a page, and how it is turned: from PDFium's coordinates to those of the page as shown."""

    def __init__(self, page: pdfium.FPDF_PAGE) -> None:
        area = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, area)
        self.left, self.bottom = area.left, area.bottom
        self.width, self.height = area.right - area.left, area.top - area.bottom
        self.quarter_turns = pdfium.FPDFPage_GetRotation(page) % 4
        self.size = (self.width, self.height) if self.quarter_turns % 2 == 0 else (self.height, self.width)

    def place(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a box of PDFium's page as a box of the page as shown."""
        left, right, bottom, top = left - self.left, right - self.left, bottom - self.bottom, top - self.bottom
        if self.quarter_turns == 1:
            return bottom, self.width - right, top, self.width - left
        if self.quarter_turns == 2:
            return self.width - right, self.height - top, self.width - left, self.height - bottom
        if self.quarter_turns == 3:
            return self.height - top, left, self.height - bottom, right
        return left, bottom, right, top

    def shows(self, word: Word) -> bool:
        """Whether the middle of `word` is on the page."""
        (x, y), (width, height) = word.middle, self.size
        return bool(0 <= x <= width and 0 <= y <= height)
