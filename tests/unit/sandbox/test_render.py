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
