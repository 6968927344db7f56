"""Certificates drawn by another hand than the sample maker's, so that templates are not fitted to one producer."""

import io
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from itertools import zip_longest
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

import shared.catalog
from services.extraction.pdf import prepare, read
from shared.catalog.templates import CertificateKind, load_certificates

CERTIFICATES = Path(shared.catalog.__file__).parent / "certificates"
WIDTH, HEIGHT = 595, 842
NEW_PAGE = (0.0, 0.0, "")

Text = tuple[float, float, str] | tuple[float, float, str, float]
"""left, baseline, text, and its size where that is not 10."""
Stroke = tuple[float, float, float, float]


@cache
def kinds() -> dict[str, CertificateKind]:
    return load_certificates(CERTIFICATES)


@cache
def font() -> str:
    files = metadata.files("koreanize-matplotlib") or []
    (path,) = (file.locate() for file in files if file.name == "NanumGothic.ttf")
    pdfmetrics.registerFont(TTFont("Nanum", str(path)))
    return "Nanum"


def paper(texts: Sequence[Text], strokes: Sequence[Stroke] = (), *, mode: int = 0, turned: int = 0) -> bytes:
    """A PDF of those texts and strokes; `mode` is the text rendering mode, `turned` the page's /Rotate.

    NEW_PAGE ends a page among the texts, and among the strokes.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    for written, drawn in zip_longest(_by_page(texts), _by_page(strokes), fillvalue=()):
        canvas.setPageRotation(turned)
        for stroke in drawn:
            canvas.line(*stroke)
        for left, baseline, text, *size in written:
            letters = canvas.beginText(left, baseline)
            letters.setTextRenderMode(mode)
            letters.setFont(font(), size[0] if size else 10)
            letters.textOut(text)
            canvas.drawText(letters)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _by_page(drawn: Sequence) -> list[list]:
    pages: list[list] = [[]]
    for each in drawn:
        if each == NEW_PAGE:
            pages.append([])
        else:
            pages[-1].append(each)
    return pages


@cache
def _prepared() -> None:
    prepare({"certificates": str(CERTIFICATES)})


def read_paper(pdf: bytes, kind: str | None = None) -> tuple[dict, dict]:
    """What the task inside the jail makes of it: the certificate and its provenance, as JSON."""
    _prepared()
    result = read(pdf, {"kind": kind, "pages": 30})
    return result["certificate"], result["provenance"]


HISTORY_HEAD: list[Text] = [
    (150, 780, "고용보험 자격이력 내역서 (피보험자용)", 18),
    (40, 720, "발급번호 : 2022-0000-000001"),
    (40, 700, "성명 : 김가상    주민등록번호 : 900101-1******"),
    (40, 600, "일련번호"),
    (90, 600, "직종명(코드)"),
    (220, 600, "사업장 명칭"),
    (330, 600, "취득일/전근일"),
    (420, 600, "상실일"),
    (490, 600, "비고"),
]
HISTORY_FOOT: list[Text] = [(40, 400, "발급일 2022-12-12"), (400, 400, "근로복지공단")]


def history_row(
    baseline: float,
    serial: int,
    workplace: str = "미소식당",
    acquired: str = "2021-03-02",
    lost: str = "",
    occupation: str = "사무원",
) -> list[Text]:
    cells = [(40, str(serial)), (90, occupation), (220, workplace), (330, acquired), (420, lost), (490, "근로자")]
    return [(left, baseline, text) for left, text in cells if text]


EMPLOY_TITLE: Text = (230, 760, "재직증명서", 20)
