"""Certificates of employment, which have no fixed form, and titles that are nearly right."""

import pytest

from tests.unit.extraction.papers import EMPLOY_TITLE, paper, read_paper

TWO_COLUMNS = [
    (230, 760, "재 직 증 명 서", 20),
    (40, 690, "성   명"),
    (120, 690, "김가상"),
    (300, 690, "생년월일"),
    (380, 690, "1990. 1. 1."),
    (40, 670, "회 사 명"),
    (120, 670, "주식회사 한빛가상"),
    (300, 670, "사업자등록번호"),
    (380, 670, "120-81-47522"),
    (40, 650, "소 재 지"),
    (120, 650, "서울특별시 중구 가상대로 1,"),
    (120, 636, "한빛빌딩 3층"),
    (40, 616, "부   서"),
    (120, 616, "개발팀"),
    (300, 616, "직위"),
    (380, 616, "과장"),
    (40, 596, "재직기간"),
    (120, 596, "2021년 3월 2일 ~ 현재"),
    (180, 500, "위와 같이 재직하고 있음을 증명합니다."),
    (240, 450, "2022년 12월 12일"),
    (230, 420, "주식회사 한빛가상"),
    (230, 400, "대표이사 성명 : 박대표 (직인)"),
]


def values(*texts, strokes=()):
    return read_paper(paper([EMPLOY_TITLE, *texts], strokes))[0]["values"]


def test_two_columns_of_letter_spaced_labels_are_read():
    certificate, _ = read_paper(paper(TWO_COLUMNS))
    assert certificate["values"] == {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "workplace": "주식회사 한빛가상",
        "business_number": "120-81-47522",
        "workplace_address": "서울특별시 중구 가상대로 1, 한빛빌딩 3층",
        "department": "개발팀",
        "position": "과장",
        "hired_on": "2021-03-02",
        "employed_until": None,
    }
    assert (certificate["issued_on"], certificate["issuer"]) == ("2022-12-12", "주식회사 한빛가상")


def test_numbered_lines_with_colons_are_read():
    found = values(
        (40, 690, "1. 성 명 : 김가상"),
        (40, 670, "2. 회사명：(주)한빛가상"),
        (40, 650, "3. 입사일:2021/03/02"),
        (40, 630, "4. 부서:"),
        (40, 610, "5. 직위: 대리"),
    )
    assert found == {
        "holder_name": "김가상",
        "workplace": "(주)한빛가상",
        "hired_on": "2021-03-02",
        "employed_until": None,
        "position": "대리",
    }


def test_a_blank_field_does_not_take_its_neighbours_value():
    found = values(
        (40, 690, "성명 : 김가상"),
        (40, 670, "회사명 : 한빛"),
        (40, 650, "소속"),
        (300, 650, "직위"),
        (380, 650, "과장"),
    )
    assert "department" not in found
    assert found["position"] == "과장"


def test_two_names_that_differ_are_no_name():
    certificate, _ = read_paper(
        paper([EMPLOY_TITLE, (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛"), (40, 500, "성명 : 박가상")])
    )
    assert certificate["unreadable"] == "reader_failed"


def test_a_word_that_only_begins_like_a_label_is_none():
    found = values((40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛"), (40, 650, "직위 해제 사실 없음"))
    assert "position" not in found


TWO_LINES = [
    (40, 690, "성명"),
    (120, 690, "김가상"),
    (40, 670, "회사명"),
    (120, 670, "한빛"),
    (120, 650, "서울특별시 중구 가상대로 1,"),
    (120, 636, "한빛빌딩 3층"),
]


def test_a_label_in_the_middle_of_two_lines_has_both():
    found = values(*TWO_LINES, (40, 643, "소재지"))
    assert found["workplace"] == "한빛"
    assert found["workplace_address"] == "서울특별시 중구 가상대로 1, 한빛빌딩 3층"


@pytest.mark.parametrize("baseline", [657, 640])
def test_a_line_is_never_given_to_the_wrong_one_of_two_labels(baseline):
    found = values(*TWO_LINES, (40, baseline, "소재지"))
    assert found.get("workplace") in (None, "한빛")
    assert "workplace_address" not in found


def test_a_value_wrapped_in_a_ruled_cell_is_read_whole():
    cells = [(x, 700, x, 620) for x in (35, 115, 500)] + [(35, y, 500, y) for y in (700, 680, 660, 620)]
    found = values(
        (40, 686, "성명"),
        (120, 686, "김가상"),
        (40, 666, "회사명"),
        (120, 666, "한빛"),
        (40, 636, "소재지"),
        (120, 643, "서울특별시 중구 가상대로 1,"),
        (120, 629, "한빛빌딩 3층"),
        strokes=cells,
    )
    assert found["workplace_address"] == "서울특별시 중구 가상대로 1, 한빛빌딩 3층"


@pytest.mark.parametrize(
    ("title", "beside"),
    [
        ("퇴직증명서", "재직증명서"),
        ("경력증명서", ""),
        ("경력(재직)증명서", ""),
        ("재직증명서 신청서", ""),
        ("급여확인서", "재직증명서"),
        ("고용보험 자격이력 내역서", "재직증명서"),
    ],
)
def test_a_near_title_is_refused_even_with_the_right_one_beside_it(title, beside):
    texts = [(200, 760, title, 20), (400, 700, beside), (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛")]
    certificate, _ = read_paper(paper(texts), "EMPLOY")
    assert certificate["unreadable"] == "wrong_certificate"


@pytest.mark.parametrize("title", ["재직증명서", "재 직 증 명 서", "재직 증명서", "［재직증명원］".strip("［］")])
def test_a_title_is_the_same_however_it_is_spaced(title):
    texts = [(200, 760, title, 20), (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛")]
    certificate, _ = read_paper(paper(texts))
    assert (certificate["kind"], certificate["unreadable"]) == ("EMPLOY", None)
