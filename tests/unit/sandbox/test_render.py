import base64
import io

import pytest
from PIL import Image

from shared.sandbox import Done, Jail, Stopped
from tests.unit.extraction.papers import NEW_PAGE, paper


@pytest.fixture
async def painter():
    async with Jail("shared.sandbox.render:page_image") as jail:
        yield jail


async def test_a_page_becomes_a_picture_of_its_size(painter):
    outcome = await painter.run(paper([(40, 700, "재직증명서"), NEW_PAGE, (40, 700, "둘째")]), {"page": 2, "dpi": 72})
    assert isinstance(outcome, Done)
    with Image.open(io.BytesIO(base64.b64decode(outcome.result["png"]))) as image:
        assert image.size == (outcome.result["width"], outcome.result["height"]) == (595, 842)
        assert image.convert("L").getextrema()[0] < 128
    assert outcome.result["pages"] == 2


async def test_a_page_there_is_not_is_a_failed_reading(painter):
    assert await painter.run(paper([(40, 700, "하나")]), {"page": 2}) == Stopped("reader_failed")


async def test_a_resolution_beyond_reason_is_brought_down(painter):
    outcome = await painter.run(paper([(40, 700, "하나")]), {"page": 1, "dpi": 100_000})
    assert outcome.result["width"] * outcome.result["height"] <= 8_100_000


def dark(outcome, box):
    """How much of a box of the page, in points from its upper left corner, is painted over."""
    with Image.open(io.BytesIO(base64.b64decode(outcome.result["png"]))) as image:
        part = image.convert("L").crop(box)
        return sum(pixel < 90 for pixel in part.get_flattened_data()) / (part.width * part.height)


async def test_what_is_covered_is_not_in_the_picture_by_box_by_text_and_by_what_numbers_look_like(painter):
    document = paper(
        [(40, 700, "성명 김가상"), (40, 650, "신청인 김 가 상"), (40, 600, "주민등록번호 900101-1234567"),
         (40, 550, "전화 010-1234-5678"), (40, 500, "재직 중")]
    )  # fmt: skip
    plain = await painter.run(document, {"page": 1, "dpi": 72})
    cover = {"boxes": [[40, 495, 100, 515]], "texts": ["김가상"]}
    covered = await painter.run(document, {"page": 1, "dpi": 72, "cover": cover})
    rows = {top: (40, 842 - top - 12, 180, 842 - top + 3) for top in (700, 650, 600, 550, 500)}
    for top, box in rows.items():
        assert dark(covered, box) > dark(plain, box) + 0.1, top
    assert dark(covered, (300, 50, 500, 120)) == dark(plain, (300, 50, 500, 120))
    only = await painter.run(document, {"page": 1, "dpi": 72, "cover": {"boxes": [], "texts": []}})
    assert dark(only, rows[700]) == dark(plain, rows[700])
    assert dark(only, rows[600]) > dark(plain, rows[600])
