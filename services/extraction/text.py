"""The text layer of a hostile PDF, with geometry, through PDFium; only ever called inside the jail.

What is taken is what a person would see: text that is invisible, turned, or outside the page is not.
"""

import ctypes
import math
import unicodedata
from collections.abc import Iterator

import pypdfium2.raw as pdfium

from services.extraction.layout import Page, Word
from services.extraction.ruling import drawn_rules
from services.extraction.sheet import Budget, Frame

_NEW_WORD = 0.25
"""A gap of more than this part of the letters' height begins a new word even without a space character."""
_UPRIGHT = 0.05
"""Radians that a line of text may lean."""
_INVISIBLE = 3  # text rendering mode, ISO 32000-1 table 106
_MARKS = ("Mn", "Mc")


def read_page(document: pdfium.FPDF_DOCUMENT, index: int, budget: Budget) -> Page | None:
    """Return page `index` (from 0) with its visible words and rules, or None if PDFium cannot load it."""
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return None
    try:
        frame = Frame(page)
        return Page.of(index + 1, frame.size, _words(page, frame, budget), drawn_rules(page, frame, budget))
    finally:
        pdfium.FPDF_ClosePage(page)


def _words(page: pdfium.FPDF_PAGE, frame: Frame, budget: Budget) -> Iterator[Word]:
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return
    try:
        count = pdfium.FPDFText_CountChars(text)
        budget.take(letters=max(count, 0))
        for first, letters, box in _runs(text, count):
            if not _visible(text, first) or not _upright(text, first, frame.quarter_turns):
                continue
            word = Word(unicodedata.normalize("NFC", letters), *frame.place(*box))
            if word.text and frame.shows(word):
                yield word
    finally:
        pdfium.FPDFText_ClosePage(text)


def _runs(text: pdfium.FPDF_TEXTPAGE, count: int) -> Iterator[tuple[int, str, tuple[float, float, float, float]]]:
    """Yield letters that stand together: the index of the first, all of them, and the box around them."""
    # This loop runs once per letter of every certificate, hence the local names.
    letter_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    letters: list[str] = []
    first, left, bottom, right, top = 0, 0.0, 0.0, 0.0, 0.0
    for index in range(count):
        code = letter_of(text, index)
        # Spaces, controls, PDFium's soft hyphen mark, surrogates and non-characters end a word and are not kept.
        blank = code <= 0x20 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF
        if blank or 0x7F <= code < 0xA0 or not box_of(text, index, pointer):
            if letters:
                yield first, "".join(letters), (left, bottom, right, top)
                letters = []
            continue
        x, y, x_end, y_end = box.left, box.bottom, box.right, box.top
        letter = chr(code)
        if letters and not _belongs(letter, x, y, y_end, (left, bottom, right, top)):
            yield first, "".join(letters), (left, bottom, right, top)
            letters = []
        if not letters:
            first, left, bottom, right, top = index, x, y, x_end, y_end
        letters.append(letter)
        right = max(x_end, right)
    if letters:
        yield first, "".join(letters), (left, bottom, right, top)


def _belongs(letter: str, x: float, y: float, y_end: float, word: tuple[float, float, float, float]) -> bool:
    """Whether a letter continues the word before it."""
    if "\u0300" <= letter < "\uac00" and ("\u1160" <= letter <= "\u11ff" or unicodedata.category(letter) in _MARKS):
        return True  # a conjoining vowel, final consonant or mark stands on its syllable
    left, bottom, right, top = word
    height = top - bottom
    level = abs(y - bottom) + abs(y_end - top) < 0.6 * height
    return level and left <= x and -0.5 * height < x - right < _NEW_WORD * height


def _visible(text: pdfium.FPDF_TEXTPAGE, index: int) -> bool:
    item = pdfium.FPDFText_GetTextObject(text, index)
    return not item or bool(pdfium.FPDFTextObj_GetTextRenderMode(item) != _INVISIBLE)


def _upright(text: pdfium.FPDF_TEXTPAGE, index: int, quarter_turns: int) -> bool:
    """Whether a letter stands level on the page as it is shown; PDFium gives -1 where it cannot say."""
    angle = pdfium.FPDFText_GetCharAngle(text, index)
    away = (angle - quarter_turns * math.pi / 2) % math.tau
    return bool(angle == -1 or min(away, math.tau - away) < _UPRIGHT)
