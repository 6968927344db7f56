"""The straight lines drawn along a page's axes: what tables and cells are made of; only ever called inside the jail."""

import ctypes
from collections.abc import Iterator

import pypdfium2.raw as pdfium

from services.extraction.page.layout import Box, Rule, Rules
from services.extraction.page.sheet import Budget, Frame

_MOST_SEGMENTS = 4_000
_THIN = 2.5
"""Points: a path that is at most so wide or high is a ruled line."""


def drawn_rules(page: pdfium.FPDF_PAGE, frame: Frame, budget: Budget) -> Rules:
    """Return the straight lines drawn along the axes: thin paths, and the edges of larger ones."""
    found = Rules([], [])
    count = pdfium.FPDFPage_CountObjects(page)
    budget.take(objects=max(count, 0))
    sides = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(side) for side in sides]
    for index in range(count):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if pdfium.FPDFPageObj_GetBounds(item, *pointers):
            left, bottom, right, top = (side.value for side in sides)
            for box in _edges(item, (left, bottom, right, top)):
                _add(found, frame.place(*box))
    return found


def _edges(item: pdfium.FPDF_PAGEOBJECT, box: Box) -> Iterator[Box]:
    left, bottom, right, top = box
    if right - left <= _THIN or top - bottom <= _THIN:
        yield box
        return
    count = pdfium.FPDFPath_CountSegments(item)
    if count <= 5:  # a rectangle
        yield from ((left, bottom, left, top), (right, bottom, right, top))
        yield from ((left, bottom, right, bottom), (left, top, right, top))
        return
    yield from _segments(item, min(count, _MOST_SEGMENTS))


def _segments(item: pdfium.FPDF_PAGEOBJECT, count: int) -> Iterator[Box]:
    """Yield each straight segment of a path, such as a whole grid drawn at once."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    before = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if before and pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_LINETO:
            (x0, x1), (y0, y1) = sorted((before[0], here[0])), sorted((before[1], here[1]))
            yield x0, y0, x1, y1
        before = here


def _add(found: Rules, box: Box) -> None:
    left, bottom, right, top = box
    if right - left <= _THIN < top - bottom:
        found.vertical.append(Rule((left + right) / 2, bottom, top))
    elif top - bottom <= _THIN < right - left:
        found.horizontal.append(Rule((bottom + top) / 2, left, right))
