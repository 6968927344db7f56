"""Forms of labelled values, set in the three usual ways, and what is read of them."""

from collections.abc import Iterable, Sequence

from tests.unit.extraction.grids import Setting, Sheet, table
from tests.unit.extraction.papers import Stroke, Text, paper, read_paper

STYLES = ("ruled", "colon", "gap")
ROW = 22.0
_LABELS, _VALUES, _RIGHT = 40.0, 190.0, 550.0


def form(
    title: str,
    entries: Sequence[tuple[str, str]],
    style: str = "gap",
    *,
    tables: Iterable[tuple[str, Sequence[float], Sequence[str], Sequence[Sequence[str]]]] = (),
    foot: Sequence[Text] = (),
    strokes: Sequence[Stroke] = (),
) -> bytes:
    """A PDF with that title, labelled values one below the other, ruled tables under their headings, and a foot."""
    texts: list[Text] = [(180, 780, title, 20)]
    drawn = list(strokes)
    top = 720.0
    for label, value in entries:
        texts.append((_LABELS + 5, top - 15, f"{label} : {value}" if style == "colon" else label))
        if style != "colon" and value:
            texts.append((_VALUES + 5, top - 15, value))
        top -= ROW
    if style == "ruled":
        drawn += [(_LABELS, 720 - ROW * place, _RIGHT, 720 - ROW * place) for place in range(len(entries) + 1)]
        drawn += [(x, 720, x, top) for x in (_LABELS, _VALUES, _RIGHT)]
    for heading, widths, header, rows in tables:
        texts.append((_LABELS, top - 30, heading))
        sheet: Sheet = table(Setting(top=top - 40), widths, header, rows)
        texts += sheet.texts
        drawn += sheet.strokes
        top = sheet.bottom
    return paper([*texts, *foot], drawn)


def read_form(kind: str, pdf: bytes) -> dict:
    """The certificate read of it, declared to be of that kind."""
    return read_paper(pdf, kind)[0]
