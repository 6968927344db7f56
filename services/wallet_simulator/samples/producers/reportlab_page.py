"""What a page set by reportlab is made of: its frame and mark, lines of text, and the foot with the seal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from services.wallet_simulator.samples.paper import MARK, Paper

WIDTH, HEIGHT = A4
MARGIN = 58.0
_SMALL = 7.5
INK = HexColor("#1c2733")
_RED = HexColor("#b3261e")


class Sheet(Canvas):  # type: ignore[misc]
    """Pages that get their frame, mark and number when it is known how many there are."""

    def __init__(self, paper: Paper, font: str, created_at: datetime, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._paper, self._font, self._laid = paper, font, list[dict[str, Any]]()
        offset = f"{created_at:%z}"
        self.setDateFormatter(lambda *_: f"D:{created_at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'")

    def showPage(self) -> None:  # noqa: N802
        """Lay the page aside."""
        self._laid.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Finish every page, then the file."""
        laid = self._laid
        for number, page in enumerate(laid, start=1):
            self.__dict__.update(page)
            self._furnish(f"{number} / {len(laid)}" if self._paper.numbered else "")
            super().showPage()
        super().save()

    def _furnish(self, number: str) -> None:
        self.setStrokeColor(INK)
        for inset, width in ((30.0, 2.0), (34.0, 0.5)):
            self.setLineWidth(width)
            self.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
        self.setFillColor(_RED)
        self.setFont(self._font, 8)
        self.drawString(MARGIN, HEIGHT - 60, MARK)
        self.setLineWidth(0.8)
        self.line(MARGIN, HEIGHT - 67, WIDTH - MARGIN, HEIGHT - 67)
        self.setFillColor(INK)
        self.drawRightString(WIDTH - MARGIN, 44, number)


class Lines(Flowable):  # type: ignore[misc]
    """Lines of one size, aligned alike, perhaps doubly underlined or with a bar before them."""

    def __init__(
        self, text: str, font: str, size: float, align: str, *, underlined: bool = False, bar: bool = False
    ) -> None:
        super().__init__()
        self._text, self._font, self._size, self._align = text, font, size, align
        self._underlined, self._bar = underlined, bar

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """As wide as the room, as high as its lines."""
        self.width, self._lines = width, broken(self._text, self._font, self._size, width - 8).split("\n")
        self.height = 1.5 * self._size * len(self._lines)
        return width, self.height

    def draw(self) -> None:
        """Draw from the lower left corner."""
        at = {"left": 8.0 if self._bar else 0.0, "center": self.width / 2, "right": self.width}[self._align]
        drawn = {"left": "drawString", "center": "drawCentredString", "right": "drawRightString"}[self._align]
        self.canv.setFillColor(INK)
        self.canv.setFont(self._font, self._size)
        for place, line in enumerate(self._lines, start=1):
            getattr(self.canv, drawn)(at, self.height - 1.5 * self._size * place + 0.45 * self._size, line)
        if self._underlined:
            half = max(stringWidth(line, self._font, self._size) for line in self._lines) / 2 + 6
            for below, width in ((1.0, 1.2), (3.5, 0.4)):
                self.canv.setLineWidth(width)
                self.canv.line(at - half, -below, at + half, -below)
        if self._bar:
            self.canv.rect(0, 0.15 * self._size, 3, 1.1 * self._size, stroke=0, fill=1)


class Foot(Flowable):  # type: ignore[misc]
    """Date, issuer, signatory and, below them, notes, at the bottom of the page that has room for them."""

    def __init__(self, lines: Sequence[tuple[str, float]], notes: str, font: str) -> None:
        super().__init__()
        self._text, self._notes, self._font = lines, notes, font

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """All the room that is left, or more than that where it is too little."""
        self._small = broken(self._notes, self._font, _SMALL, width).split("\n") if self._notes else []
        self.width, least = width, self._lowest() + sum(2.2 * size for _, size in self._text) + 8
        return width, max(least, height)

    def draw(self) -> None:
        """Draw from the lower left corner."""
        self.canv.setFillColor(INK)
        lowest = self._lowest()
        at = lowest + sum(2.2 * size for _, size in self._text[1:])
        for line, size in self._text:
            self.canv.setFont(self._font, size)
            self.canv.drawCentredString(self.width / 2, at, line)
            at -= 2.2 * size
        self.canv.setFont(self._font, _SMALL)
        for place, line in enumerate(reversed(self._small)):
            self.canv.drawString(0, 4 + 1.4 * _SMALL * place, line)
        if self._small:
            self.canv.setLineWidth(0.35)
            self.canv.line(0, lowest - 22, self.width, lowest - 22)
        line, size = self._text[-1]
        self._seal(self.width / 2 + stringWidth(line, self._font, size) / 2 + 10, lowest + size / 3)

    def _lowest(self) -> float:
        """How high above the bottom the last line stands."""
        return 16 + (1.4 * _SMALL * len(self._small) + 20 if self._small else 0)

    def _seal(self, left: float, middle: float) -> None:
        """Without words, so that nothing but the name stands in its line."""
        self.canv.setStrokeColor(_RED)
        self.canv.setLineWidth(1.6)
        self.canv.circle(left + 15, middle, 15)
        self.canv.setLineWidth(0.7)
        self.canv.grid([left + 8, left + 15, left + 22], [middle - 7, middle, middle + 7])


def broken(text: str, font: str, size: float, room: float) -> str:
    """`text` with its lines broken between words, and inside one only where it is wider than the room."""
    lines = list[str]()
    for line in text.split("\n"):
        now = ""
        for word in line.split(" "):
            longer = f"{now} {word}" if now else word
            if stringWidth(longer, font, size) <= room:
                now = longer
                continue
            if now:
                lines.append(now)
            now = word
            while stringWidth(now, font, size) > room and len(now) > 1:
                fitting = next(
                    n for n in range(len(now) - 1, 0, -1) if n == 1 or stringWidth(now[:n], font, size) <= room
                )
                lines.append(now[:fitting])
                now = now[fitting:]
        lines.append(now)
    return "\n".join(lines)
