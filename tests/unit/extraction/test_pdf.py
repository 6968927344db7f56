"""What becomes of a file before anything is read in it, and what of its text counts as printed."""

import io
import json

import pypdf
import pytest

from services.extraction.page import sheet
from services.extraction.pdf import prepare, read
from tests.unit.extraction.papers import CERTIFICATES, EMPLOY_TITLE, NEW_PAGE, paper, read_paper

LETTER = [EMPLOY_TITLE, (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛")]


@pytest.fixture(scope="module", autouse=True)
def _templates():
    prepare({"certificates": str(CERTIFICATES)})


def reason(document, **arguments):
    result = read(document, {"kind": "EMPLOY", "pages": 30, **arguments})
    assert json.loads(json.dumps(result)) == result
    return result["certificate"]["unreadable"]


def encrypted(document, password):
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(document)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("document", [b"", b"GIF89a", b"\n%PDF-1.7\n%%EOF"])
def test_a_file_that_does_not_begin_as_a_pdf_is_none(document):
    assert reason(document) == "not_a_pdf"


def test_a_file_cut_short_is_damaged():
    whole = paper(LETTER)
    assert {reason(whole[:size]) for size in (9, len(whole) // 2, len(whole) - 12)} == {"damaged"}


def test_another_file_before_or_after_it_makes_it_a_polyglot():
    assert reason(b"PK\x03\x04" + paper(LETTER)) == "polyglot"
    assert reason(paper(LETTER) + b"PK\x03\x04" + bytes(2000)) == "polyglot"


def test_a_file_that_needs_a_password_is_encrypted():
    assert reason(encrypted(paper(LETTER), "123456")) == "encrypted"


def test_a_file_encrypted_without_a_password_is_read():
    assert reason(encrypted(paper(LETTER), "")) is None


def test_more_pages_than_allowed_are_too_many():
    pages = paper([*LETTER, NEW_PAGE, (40, 700, "별첨"), NEW_PAGE, (40, 700, "별첨")])
    assert reason(pages, pages=2) == "too_many_pages"
    assert reason(pages, pages=3) is None


def test_more_text_than_any_certificate_has_is_stopped(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_LETTERS", 20)
    assert reason(paper(LETTER)) == "output_limit"


def test_a_page_without_words_has_no_text_layer():
    assert reason(paper([], [(10, 10, 500, 500)])) == "no_text_layer"


def test_invisible_text_does_not_count_as_printed():
    assert reason(paper(LETTER, mode=3)) == "no_text_layer"


def test_text_outside_the_page_does_not_count_as_printed():
    certificate, _ = read_paper(paper([*LETTER, (40, 5000, "직위 : 이사"), (-900, 650, "소속 : 이사회")]))
    assert certificate["values"].keys() == {"holder_name", "workplace"}


def test_without_a_declared_kind_the_title_decides():
    assert read(paper(LETTER), {"kind": None, "pages": 30})["certificate"]["kind"] == "EMPLOY"
    assert (
        read(paper([(40, 700, "안내문")]), {"kind": None, "pages": 30})["certificate"]["unreadable"]
        == "wrong_certificate"
    )


def test_an_unknown_kind_is_the_callers_mistake():
    with pytest.raises(KeyError):
        read(paper(LETTER), {"kind": "NONE_SUCH", "pages": 30})
