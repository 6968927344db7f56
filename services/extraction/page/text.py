"""The text layer of a hostile PDF, with geometry, through PDFium; only ever called inside the jail.

What is taken is what a person would see: text that is invisible, turned, or outside the page is not.
"""

import ctypes
import math
import unicodedata
from collections.abc import Iterator

import pypdfium2.raw as pdfium

from services.extraction.page.layout import Page, Word
from services.extraction.page.ruling import drawn_rules
from services.extraction.page.sheet import Budget, Frame

_NEW_WORD = 0.25
"""A gap of more than this part of the letters' height begins a new word even without a space character."""
_UPRIGHT = 0.05
"""Radians that a line of text may lean."""
_INVISIBLE = 3  # text rendering mode, ISO 32000-1 table 106
_MARKS = ("Mn", "Mc")
_LAST_CODE = 0x10FFFF
_BLANKS = frozenset(map(chr, (*range(0x21), *range(0x7F, 0xA1), 0x3000, 0xFFFE, 0xFFFF)))
"""Spaces, controls, PDFium's soft hyphen mark and non-characters end a word and are not kept."""
_LINE_ENDS = frozenset("\r\n")
"""PDFium's own, and between any two letters where it takes a page for one that is written downwards: not relied on."""


def read_page(document: pdfium.FPDF_DOCUMENT, index: int, budget: Budget) -> tuple[Page, str] | None:
    """Return page `index` (from 0) with its visible words and rules, and all its text, that which is invisible too.

    None if PDFium cannot load it.
    """
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return None
    text = pdfium.FPDFText_LoadPage(page)
    try:
        frame = Frame(page)
        count = max(pdfium.FPDFText_CountChars(text), 0) if text else 0
        budget.take(letters=count)
        letters = _letters(text, count)
        words = _words(text, letters, frame)
        return Page.of(index + 1, frame.size, words, drawn_rules(page, frame, budget)), letters
    finally:
        pdfium.FPDFText_ClosePage(text)
        pdfium.FPDF_ClosePage(page)


def _letters(text: pdfium.FPDF_TEXTPAGE, count: int) -> str:
    """Return the text, each letter at its index; asking for all at once is much faster than for one at a time."""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    pdfium.FPDFText_GetText(text, 0, count, buffer)
    letters = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    if len(letters) == count:
        return letters
    codes = (pdfium.FPDFText_GetUnicode(text, index) for index in range(count))  # where some take two places, or none
    return "".join("\ufffd" if 0xD800 <= code <= 0xDFFF or code > _LAST_CODE else chr(code) for code in codes)


def _words(text: pdfium.FPDF_TEXTPAGE, letters: str, frame: Frame) -> Iterator[Word]:
    for first, word, box in _runs(text, letters):
        if not _visible(text, first) or not _upright(text, first, frame.quarter_turns):
            continue
        found = Word(unicodedata.normalize("NFC", word), *frame.place(*box))
        if found.text and frame.shows(found):
            yield found


def _runs(text: pdfium.FPDF_TEXTPAGE, letters: str) -> Iterator[tuple[int, str, tuple[float, float, float, float]]]:
    """Yield letters that stand together: the index of the first, all of them, and the box around them."""
    # This loop runs once per letter of every certificate, hence the local names.
    box_of, blanks = pdfium.FPDFText_GetLooseCharBox, _BLANKS
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    word: list[str] = []
    first, left, bottom, right, top = 0, 0.0, 0.0, 0.0, 0.0
    for index, letter in enumerate(letters):
        if letter in _LINE_ENDS:
            continue
        if letter in blanks or not box_of(text, index, pointer):
            if word:
                yield first, "".join(word), (left, bottom, right, top)
                word = []
            continue
        x, y, x_end, y_end = box.left, box.bottom, box.right, box.top
        if word and not _belongs(letter, x, y, y_end, (left, bottom, right, top)):
            yield first, "".join(word), (left, bottom, right, top)
            word = []
        if not word:
            first, left, bottom, right, top = index, x, y, x_end, y_end
        word.append(letter)
        right = max(x_end, right)
    if word:
        yield first, "".join(word), (left, bottom, right, top)


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
