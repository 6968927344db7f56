"""Forms that would make a reader take one thing for another: it takes nothing, or the right one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.labelled.fields import Form
from services.extraction.page.layout import Page, Rule, Rules, Word
from services.extraction.page.wrapping import Breaks
from tests.unit.extraction.papers import EMPLOY_TITLE, kinds, paper, read_paper

WHO = [(40, 690, "성명"), (120, 690, "김가상"), (40, 670, "회사명"), (120, 670, "한빛")]
"""Labels and values in two columns."""


def read(*texts, strokes=()) -> dict:
    return read_paper(paper([EMPLOY_TITLE, *texts], strokes))[0]


def values(*texts, strokes=()) -> dict:
    return read(*texts, strokes=strokes)["values"]


def ruled(levels, xs, left=35, right=500):
    return [(x, levels[0], x, levels[-1]) for x in (left, *xs, right)] + [(left, y, right, y) for y in levels]


def test_an_unknown_label_after_a_value_ends_it():
    found = values(*WHO, (40, 650, "부서"), (120, 650, "개발팀"), (300, 650, "처리번호"), (380, 650, "가1"))
    assert found["department"] == "개발팀"


def test_an_unknown_label_after_a_blank_is_not_its_value():
    found = values(
        *WHO, (40, 650, "부서"), (300, 650, "처리번호"), (380, 650, "가1"), (40, 630, "직위"), (120, 630, "과장")
    )
    assert "department" not in found
    assert found["position"] == "과장"


def test_an_unknown_label_where_others_begin_is_not_a_value():
    found = values(
        *WHO,
        (300, 690, "생년월일"),
        (380, 690, "1990. 1. 1."),
        (40, 650, "소속부서명칭"),
        (40, 630, "부서"),
        (300, 630, "처리"),
    )
    assert "department" not in found


@pytest.mark.parametrize("gap", [" ", "   "])
def test_an_unknown_label_with_a_colon_is_no_part_of_a_value(gap):
    texts = [(40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛"), (40, 650, f"부서 : 개발팀{gap}처리자 : 박처리")]
    assert values(*texts).get("department") in (None, "개발팀")


def test_a_blank_before_an_unknown_label_with_a_colon_stays_blank():
    found = values((40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛"), (40, 650, "부서 :        처리자 : 박처리"))
    assert "department" not in found


def test_the_value_of_an_unknown_label_below_is_not_the_rest_of_the_one_above():
    found = values(*WHO, (40, 656, "사내전화"), (120, 656, "내선"), (40, 640, "부서"), (120, 640, "개발팀"))
    assert (found["workplace"], found["department"]) == ("한빛", "개발팀")


def test_nor_is_the_value_of_one_that_begins_further_left():
    texts = [
        (70, 690, "성명"),
        (120, 690, "김가상"),
        (60, 670, "회사명"),
        (120, 670, "한빛"),
        (70, 650, "부서"),
        (120, 650, "개발팀"),
    ]
    found = values(*texts, (35, 637, "비상연락처"), (120, 637, "내선 12"), (70, 620, "직위"), (120, 620, "과장"))
    assert (found["department"], found["position"]) == ("개발팀", "과장")


def test_both_of_two_values_beside_each_other_go_on_below():
    found = values(
        (40, 690, "성명"),
        (120, 690, "김가상"),
        (300, 690, "생년월일"),
        (380, 690, "1990. 1. 1."),
        (40, 670, "소재지"),
        (120, 670, "서울시 중구 가상로 1,"),
        (120, 657, "한빛빌딩 2층"),
        (300, 670, "회사명"),
        (380, 670, "한빛가상,"),
        (380, 657, "제2공장"),
        (40, 640, "부서"),
        (120, 640, "개발팀"),
        (300, 640, "직위"),
        (380, 640, "과장"),
    )
    assert found["workplace"] == "한빛가상, 제2공장"
    assert found["workplace_address"] == "서울시 중구 가상로 1, 한빛빌딩 2층"
    assert (found["department"], found["position"]) == ("개발팀", "과장")


def test_a_value_goes_on_beside_the_next_label_of_the_other_column():
    found = values(
        (40, 690, "성명"),
        (120, 690, "김가상"),
        (300, 690, "회사명"),
        (380, 690, "주식회사 한빛가상,"),
        (40, 677, "부서"),
        (120, 677, "개발팀"),
        (380, 677, "제2공장"),
    )
    assert (found["workplace"], found["department"]) == ("주식회사 한빛가상, 제2공장", "개발팀")


def test_running_text_goes_on_where_its_label_begins():
    texts = [
        (40, 690, "성명 : 김가상"),
        (40, 670, "회사명 : 한빛"),
        (40, 650, "소재지 : 서울특별시 중구 가상대로12길 123, 가상빌딩 12층 1203호 (가상동1가, 가상마을 하늘채,"),
        (40, 637, "푸른숲)"),
        (40, 617, "부서 : 개발팀"),
    ]
    address = "서울특별시 중구 가상대로12길 123, 가상빌딩 12층 1203호 (가상동1가, 가상마을 하늘채, 푸른숲)"
    assert values(*texts)["workplace_address"] == address


def test_a_line_that_may_go_on_somewhere_else_leaves_the_value_out():
    texts = [
        (40, 690, "성명 : 김가상"),
        (40, 670, "소재지 : 서울특별시 중구"),
        (60, 658, "가상대로 1"),
        (40, 630, "회사명 : 한빛"),
    ]
    assert "workplace_address" not in values(*texts)


@pytest.mark.parametrize("after", ["연락처", "비고사항", "직원번호"])
def test_a_row_of_labels_has_no_values_beside_them(after):
    header = [(40, 600, "소속"), (140, 600, "직위"), (240, 600, "담당업무"), (340, 600, after)]
    found = values(*WHO, *header, (40, 580, "개발팀"), (140, 580, "과장"), (240, 580, "설계"), (340, 580, "없음"))
    assert found.keys().isdisjoint({"department", "position"})


def test_a_label_over_two_lines_of_its_cell_is_one():
    levels = (700, 680, 660, 630)
    texts = [(40, 686, "성명"), (120, 686, "김가상"), (40, 666, "회사명"), (120, 666, "한빛")]
    found = values(
        *texts, (40, 648, "사업자"), (40, 635, "등록번호"), (120, 641, "120-81-47521"), strokes=ruled(levels, [115])
    )
    assert found["business_number"] == "120-81-47521"


def test_words_of_a_longer_label_are_not_labels():
    levels = (700, 680, 660, 630)
    texts = [(40, 686, "성명"), (120, 686, "김가상"), (40, 666, "회사명"), (120, 666, "한빛")]
    found = values(
        *texts, (40, 648, "비상연락망"), (40, 635, "부서"), (120, 641, "총무팀"), strokes=ruled(levels, [115])
    )
    assert "department" not in found


def test_a_value_in_the_cell_of_a_whole_row_is_not_below_one_of_its_labels():
    box = [(35, y, 500, y) for y in (640, 620, 600)] + [(x, 640, x, 600) for x in (35, 500)]
    register = [
        (200, 760, "주민등록표(등본)", 20),
        (40, 690, "세대주 성명(한자)"),
        (160, 690, "김가상(金假想)"),
        (40, 626, "현주소"),
        (300, 626, "전입일/변동일"),
        (420, 626, "변동사항"),
        (40, 606, "서울특별시 중구 가상대로 1"),
        (300, 606, "2016. 9. 8."),
        (420, 606, "전입"),
    ]
    certificate, provenance = read_paper(paper(register, box))
    assert certificate["values"].get("address") in (None, "서울특별시 중구 가상대로 1")
    assert all("전입" not in place["raw"] for place in provenance["fields"].values())


def test_a_label_is_not_found_in_the_middle_of_an_address():
    found = values(*WHO, (40, 650, "소재지"), (120, 650, "서울특별시 중구 성명로 1, 부서빌딩 2층"))
    assert found["workplace_address"] == "서울특별시 중구 성명로 1, 부서빌딩 2층"
    assert "department" not in found


def test_far_apart_words_are_not_one_label():
    texts = [
        (40, 690, "성명 : 김가상"),
        (40, 670, "회사명 : 한빛 회사"),
        (300, 670, "소재지 : 서울특별시 중구 가상대로 1"),
    ]
    found = values(*texts)
    assert (found["workplace"], found["workplace_address"]) == ("한빛 회사", "서울특별시 중구 가상대로 1")


@pytest.mark.parametrize("day", ["08.09.2016", "09/08/2016", "16-09-08", "2016-09", "2016. 9. 8. 까지 유효"])
def test_a_date_that_may_be_read_in_two_ways_is_left_out(day):
    assert "hired_on" not in values(*WHO, (40, 650, "입사일"), (120, 650, day))


def test_digits_alone_are_a_date_only_behind_a_label():
    texts = [*WHO, (40, 650, "입사일"), (120, 650, "20160908")]
    certificate = read(*texts, (240, 450, "20221212"))
    assert certificate["values"]["hired_on"] == "2016-09-08"
    assert certificate["issued_on"] is None
    assert read(*texts, (240, 450, "발급일 : 20221212"))["issued_on"] == "2022-12-12"


def test_two_lone_dates_that_differ_are_no_day_of_issue():
    assert read(*WHO, (240, 450, "2022. 12. 12."), (240, 430, "2022. 12. 13."))["issued_on"] is None


@pytest.mark.parametrize("seal", ["", " (직인)", "(인)", " 직인 생략", "(직인생략)", " [관인]", "㊞"])
def test_the_place_of_a_seal_is_no_part_of_the_issuer(seal):
    assert read(*WHO, (240, 400, f"한빛{seal}"))["issuer"] == "한빛"


def test_brackets_of_a_name_are_not_taken_for_a_seal():
    texts = [(40, 690, "성명"), (120, 690, "김가상"), (40, 670, "회사명"), (120, 670, "산학협력단(한빛센터)")]
    assert read(*texts, (240, 400, "산학협력단(한빛센터)"))["issuer"] == "산학협력단(한빛센터)"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("SMITH JOHN PAUL", "SMITH JOHN PAUL"),
        ("KIM-SMITH MARY ANN", "KIM-SMITH MARY ANN"),
        ("마리아·가상", "마리아·가상"),
        ("남궁 가상(南宮假想)", "남궁가상"),
        ("王 小明", "王 小明"),
    ],
)
def test_a_name_is_read_as_it_is_printed(printed, name):
    found = values((40, 690, "성명(한자)"), (120, 690, printed), (40, 670, "회사명"), (120, 670, "한빛"))
    assert found["holder_name"] == name


def test_a_name_and_an_unknown_word_far_behind_it_are_not_one_name():
    assert "holder_name" not in values(
        (40, 690, "성명"), (120, 690, "김가상"), (168, 690, "박대리"), (40, 670, "회사명")
    )


ADDRESS = [
    (40, 690, "성명"),
    (120, 690, "김가상"),
    (40, 670, "소재지"),
    (120, 670, "서울특별시 중구"),
    (120, 657, "가상대로12길 176, 지하층"),
    (120, 644, "113호 (가상동)"),
]
WHOLE = "서울특별시 중구 가상대로12길 176, 지하층 113호 (가상동)"


def test_the_last_line_of_a_value_is_not_the_first_of_the_next():
    found = values(*ADDRESS, (40, 626, "부서"), (120, 626, "개발팀"), (40, 606, "회사명"), (120, 606, "한빛"))
    assert (found["workplace_address"], found["department"]) == (WHOLE, "개발팀")


def test_a_heading_below_a_value_takes_none_of_its_lines():
    found = values(*ADDRESS, (40, 624, "부서"), (40, 590, "회사명"), (120, 590, "한빛"))
    assert found["workplace_address"] == WHOLE
    assert "department" not in found


def test_a_name_that_wraps_is_spaced_as_where_it_stands_on_one_line():
    found = read(
        (40, 690, "성명"),
        (120, 690, "김가상"),
        (40, 670, "회사명"),
        (120, 670, "사회복지법인 바른가상복지재단"),
        (120, 657, "가상노인종합복지관"),
        (300, 670, "직위"),
        (380, 670, "과장"),
        (40, 630, "부서"),
        (120, 630, "개발팀"),
        (100, 400, "사회복지법인 바른가상복지재단 가상노인종합복지관", 16),
    )
    assert found["values"]["workplace"] == found["issuer"] == "사회복지법인 바른가상복지재단 가상노인종합복지관"


def test_a_business_number_that_fails_its_check_digit_is_kept_and_noted():
    wrong = read(*WHO, (40, 650, "사업자등록번호"), (120, 650, "120-81-47522"))
    assert wrong["values"]["business_number"] == "120-81-47522"
    assert wrong["findings"] == [{"code": "business_number_check", "names": ["business_number"], "claims": []}]
    assert read(*WHO, (40, 650, "사업자등록번호"), (120, 650, "120-81-47521"))["findings"] == []


VOCABULARY = [
    "성명",
    "성",
    "명",
    "회사명",
    "소재지",
    "부서",
    ":",
    "1.",
    "○",
    "김가상",
    "한빛",
    "서울특별시",
    "2016.",
    "9.",
    "8.",
    "주식회사",
]


@given(
    st.lists(st.tuples(st.sampled_from(VOCABULARY), st.integers(0, 25), st.integers(0, 40)), max_size=40),
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 40), st.integers(0, 40)), max_size=6),
)
def test_no_arrangement_of_words_and_rules_makes_the_reader_fail(placed, drawn):
    words = [Word(text, 20.0 * x, 15.0 * y, 20.0 * x + 10 * len(text), 15.0 * y + 11) for text, x, y in placed]
    upright = [Rule(20.0 * x - 3, *sorted((15.0 * low, 15.0 * high))) for x, low, high in drawn]
    level = [Rule(15.0 * y - 2, *sorted((20.0 * low, 20.0 * high))) for y, low, high in drawn]
    kind = kinds()["EMPLOY"]
    form = Form([Page.of(1, (595, 842), words, Rules(upright, level))], kind, {})
    for field in kind.fields:
        found = form.find(field, None, Breaks(form.blocks))
        assert found is None or found.box[0] <= found.box[2]
