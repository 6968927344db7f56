"""Small charts as SVG: where each bar stands. Colours are the style sheet's; each chart has its table beside it.

A chart shows at a glance what its table tells exactly, and is hidden from who cannot see it: the table is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 160.0
_GAP = 0.25
"""Of a column's width that stays empty."""


@dataclass(frozen=True)
class Bar:
    """One rectangle. `kind` names its colour."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True)
class Chart:
    """Bars in a frame of `width` by `height`; `top` is what its upper edge stands for."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    top: int
    width: float = WIDTH
    height: float = HEIGHT


def columns(heights: Sequence[tuple[str, Sequence[tuple[str, int]]]], *, side_by_side: bool = False) -> Chart:
    """Draw labelled columns, each of parts (kind, number), one upon another or beside each other."""
    reach = [max(sizes, default=0) if side_by_side else sum(sizes) for sizes in _sizes(heights)]
    top = max(reach, default=0)
    step = WIDTH / max(len(heights), 1)
    bars: list[Bar] = []
    for place, (label, parts) in enumerate(heights):
        left, width = step * (place + _GAP / 2), step * (1 - _GAP)
        below = 0.0
        for order, (kind, number) in enumerate(parts):
            height = HEIGHT * number / max(top, 1)
            part = width / len(parts) if side_by_side else width
            x = left + part * order if side_by_side else left
            if number:
                y = HEIGHT - height - (0 if side_by_side else below)
                bars.append(_bar(kind, x, y, part, height, f"{label}: {number:,}"))
            below += height
    every = max(1, -(-len(heights) // 7))
    labels = tuple(
        (round(step * (place + 0.5), 1), label) for place, (label, _) in enumerate(heights) if place % every == 0
    )
    return Chart(tuple(bars), labels, top)


def _sizes(heights: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> list[list[int]]:
    return [[number for _, number in parts] for _, parts in heights]


def line(parts: Mapping[str, int], height: float = 28.0) -> Chart:
    """Draw one bar of parts that sum to its whole length."""
    whole, left, bars = sum(parts.values()), 0.0, []
    for kind, number in parts.items():
        width = WIDTH * number / max(whole, 1)
        if number:
            bars.append(_bar(kind, left, 0, width, height, f"{number:,}"))
        left += width
    return Chart(tuple(bars), (), whole, height=height)


def _bar(kind: str, x: float, y: float, width: float, height: float, says: str) -> Bar:
    return Bar(kind, round(x, 2), round(y, 2), round(width, 2), round(height, 2), says)
