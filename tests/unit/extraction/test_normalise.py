import unicodedata
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.normalise import Value, check_digit_fits, date_of, mask_rrn, normalise, only_name, tidy
from shared.catalog.templates import ValueType

ISSUED = date(2022, 12, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2016-09-08",
        "2016.09.08",
        "2016. 9. 8.",
        "2016/09/08",
        "2016년 9월 8일",
        "2016년09월08일",
        "２０１６.９.８",
        " 2016 . 9 . 8 ",
        "20160908",
    ],
)
def test_every_usual_spelling_of_a_date_is_read(text):
    assert date_of(text) == date(2016, 9, 8)


@pytest.mark.parametrize(
    "text",
    [
        "2016/09",
        "2021-02-30",
        "2021-13-01",
        "16-09-08",
        "2016-09.08",
        "2016-09-08 까지",
        "08.09.2016",
        "08/09/2016",
        "08092016",
        "20101232",
        "160908",
        "",
    ],
)
def test_half_or_impossible_dates_are_left_out(text):
    assert date_of(text) is None


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["-", ".", "/"]))
def test_a_date_read_back_is_the_date_printed(day, mark):
    assert date_of(f"{day.year}{mark}{day.month}{mark}{day.day}") == day


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("900101-1******", "1990-01-01"),
        ("900101-*******", "1990-01-01"),
        ("900101-1234567", "1990-01-01"),
        ("０３０２１１－３＊＊＊＊＊＊", "2003-02-11"),
        ("030211-●●●●●●●", "2003-02-11"),
        ("900101 - 5xxxxxx", "1990-01-01"),
        ("1990년 1월 1일", "1990-01-01"),
    ],
)
def test_a_birth_date_is_read_from_every_mask(text, born):
    assert normalise(text, "rrn", ISSUED) == Value(born)


@pytest.mark.parametrize("text", ["901301-1******", "900101", "900101-1****", "100101-*******", "900101-1******* 외"])
def test_a_birth_date_in_doubt_is_left_out(text):
    assert normalise(text, "rrn", ISSUED) is None


def test_a_masked_century_needs_the_day_of_issue():
    assert normalise("900101-*******", "rrn", None) is None


@given(st.text(alphabet="0123456789-가나 *", max_size=12), st.from_regex(r"\A[0-9]{6}-[1-8][0-9]{6}\Z"))
def test_the_back_of_a_resident_registration_number_never_leaves(around, number):
    masked = mask_rrn(f"{around} {number} {around}")
    assert number not in masked
    assert f"{number[:6]}-*******" in masked


def test_a_number_without_its_dash_is_masked_too():
    assert mask_rrn("주민 9001011234567") == "주민 900101-*******"


@pytest.mark.parametrize(
    "text", ["김가상", "김 가 상", "김가상(金假想)", "김가상 (金假想)", unicodedata.normalize("NFD", "김가상")]
)
def test_a_name_comes_out_composed_and_without_chinese_characters(text):
    assert normalise(text, "name", ISSUED) == Value("김가상")


def test_a_foreign_name_keeps_its_spaces():
    assert only_name("O'NEIL GASANG") == "O'NEIL GASANG"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021년 3월 2일 ~ 현재", Value("2021-03-02", None)),
        ("2021.03.02 ～ 2022.11.30", Value("2021-03-02", "2022-11-30")),
        ("2021. 3. 2.부터 ~ 2022. 11. 30.까지", Value("2021-03-02", "2022-11-30")),
        ("2022-11-30 ~ 2021-03-02", None),
        ("2021-03-02 ~", None),
        ("2021-03-02", None),
    ],
)
def test_a_period_has_a_beginning_and_perhaps_an_end(text, value):
    assert normalise(text, "period", ISSUED) == value


@pytest.mark.parametrize("text", ["120-81-47521", "1208147521", "120 - 81 - 47521", "１２０-８１-４７５２１"])
def test_a_business_number_is_written_one_way(text):
    assert normalise(text, "business_number", ISSUED) == Value("120-81-47521")


@pytest.mark.parametrize(("text", "number"), [("제 2022-001 호", "2022-001"), ("2022-0000-000001", "2022-0000-000001")])
def test_the_frame_of_a_document_number_is_dropped(text, number):
    assert normalise(text, "number", ISSUED) == Value(number)


def test_controls_and_odd_spaces_do_not_survive():
    assert tidy("주식회사\u200b\u3000\x07한빛\n가상\u202e") == "주식회사 한빛 가상"


@pytest.mark.parametrize(
    "text",
    [
        "2022-05",
        "2022.05",
        "2022. 5.",
        "2022. 5",
        "2022/05",
        "2022년 5월",
        "2022년05월",
        "2022년 5월분",
        "２０２２.０５",
    ],
)
def test_every_usual_spelling_of_a_month_is_read(text):
    assert normalise(text, "month", ISSUED) == Value("2022-05")


@pytest.mark.parametrize("text", ["202205", "2022-13", "2022-00", "2022. 5. 1.", "05/2022", "22.05", "0212-05", "5월"])
def test_a_day_or_half_a_month_is_no_month(text):
    assert normalise(text, "month", ISSUED) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2022.01 ~ 2022.06", Value("2022-01", "2022-06")),
        ("2022년 1월부터 ～ 2022년 6월까지", Value("2022-01", "2022-06")),
        ("2022/01~2022/01", Value("2022-01", "2022-01")),
        ("2022.06 ~ 2022.01", None),
        ("2022.01 ~ 06", None),
        ("2022.01 ~", None),
        ("2022.01.01 ~ 2022.06.30", None),
        ("2022.01", None),
    ],
)
def test_a_period_of_months_has_both_its_ends(text, value):
    assert normalise(text, "month_period", ISSUED) == value


@pytest.mark.parametrize("text", ["2021", "2021년", "2021년 귀속", "2021 귀속", "2021년도", "２０２１"])
def test_a_year_is_a_number(text):
    assert normalise(text, "year", ISSUED) == Value(2021)


@pytest.mark.parametrize("text", ["21", "21년", "12021", "2021.01", "3021", "2021년 상반기", "20 21"])
def test_what_may_be_no_year_is_left_out(text):
    assert normalise(text, "year", ISSUED) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234,000", 1_234_000),
        ("1,234,000원", 1_234_000),
        ("1,234,000 원", 1_234_000),
        ("₩1,234,000", 1_234_000),
        ("１,２３４원", 1_234),
        ("1234000", 1_234_000),
        ("0", 0),
        ("-1,000", -1_000),
        ("\u22121,000원", -1_000),
    ],
)
def test_an_amount_is_whole_won(text, amount):
    assert normalise(text, "won", ISSUED) == Value(amount)


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "–",
        "",
        "1,23,000",
        "12,34",
        "1,234천원",
        "120만원",
        "1.234",
        "1,234.5",
        "0123",
        "1,234 5",
        "약 1,000원",
        "1 000",
    ],
)
def test_no_amount_is_guessed(text):
    assert normalise(text, "won", ISSUED) is None


@pytest.mark.parametrize("text", ["120-81-47521-0", "12081475210", "120 - 81 - 47521 - 0", "１２０-８１-４７５２１-０"])
def test_a_workplace_number_is_written_one_way(text):
    assert normalise(text, "workplace_number", ISSUED) == Value("120-81-47521-0")


@pytest.mark.parametrize("text", ["120-81-47521", "120-8147521-0", "120-81-47521-00", "1208147521"])
def test_what_is_no_workplace_number_is_left_out(text):
    assert normalise(text, "workplace_number", ISSUED) is None


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("120-81-47521", True),
        ("120-81-47522", False),
        ("123-45-67891", True),
        ("101-01-01013", True),
        ("999-99-99997", True),
        ("220-81-70002", True),
        ("120-81-47521-0", True),
        ("120-81-47522-0", False),
    ],
)
def test_the_tenth_digit_of_a_business_number_follows_from_the_nine_before_it(number, fits):
    assert check_digit_fits(number) is fits


BENEFITS = {"생계급여": "livelihood", "의료급여": "medical", "주거급여": "housing", "교육급여": "education"}


@pytest.mark.parametrize(
    "text",
    [
        "■ 생계급여 □ 의료급여 ■ 주거급여 □ 교육급여",
        "☑생계급여 ☐의료급여 ☑주거급여 ☐교육급여",
        "생계급여 ■, 의료급여 □, 주거급여 ■, 교육급여 □",
        "[√] 생계급여 [ ] 의료급여 [√] 주거급여 [ ] 교육급여",
        "[√]생계급여 []의료급여 [√]주거급여 []교육급여",
        "생계급여( ○ ) 의료급여( ) 주거급여(○) 교육급여( )",
        "생계급여○ 의료급여 주거급여○ 교육급여",
        "생계급여○ / 의료급여 / 주거급여○ / 교육급여",
        "□ 교육급여 ■ 주거급여 □ 의료급여 ■ 생계급여",
        "■ 생계 급여 □ 의료 급여 ■ 주거 급여 □ 교육 급여",
    ],
)
def test_what_is_ticked_is_told_by_every_usual_mark_in_the_templates_order(text):
    assert normalise(text, "ticks", None, BENEFITS) == Value(["livelihood", "housing"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("생계급여 의료급여 주거급여 교육급여", id="nothing is marked"),
        pytest.param("생계급여, 의료급여", id="a list without marks"),
        pytest.param("□ 생계급여 □ 의료급여 □ 주거급여 □ 교육급여", id="the ticks may be drawn"),
        pytest.param("■ 생계급여 □ 의료급여 □ 주거급여", id="an option is missing"),
        pytest.param("■ 생계급여 □ 의료급여 □ 주거급여 □ 교육급여 □ 해산급여", id="an unknown option"),
        pytest.param("■ 생계급여 □ 의료급여 □ 주거급여 교육급여", id="a mark is missing"),
        pytest.param("생계급여 □ 의료급여 ■ 주거급여 □ 교육급여", id="the first or the last mark is missing"),
        pytest.param("생계급여 ○ 의료급여 주거급여 교육급여", id="the ring may be either's"),
        pytest.param("○생계급여 의료급여 주거급여 교육급여", id="the ring stands before"),
        pytest.param("생계급여● 의료급여○ 주거급여○ 교육급여○", id="full and empty rings"),
        pytest.param("■ 생계급여 ■ 생계급여 □ 의료급여 □ 주거급여 □ 교육급여", id="an option stands twice"),
        pytest.param("[X] 생계급여 [ ] 의료급여 [ ] 주거급여 [ ] 교육급여", id="a cross may mean no"),
        pytest.param("■ 생계급여(1종) □ 의료급여 □ 주거급여 □ 교육급여", id="a remark"),
    ],
)
def test_ticks_in_doubt_are_left_out(text):
    assert normalise(text, "ticks", None, BENEFITS) is None


SUPPORT = {"한부모가족": "single_parent", "청소년한부모가족": "young_single_parent", "조손가족": "grandparent"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("한부모가족", "single_parent"),
        ("청소년 한부모가족", "young_single_parent"),
        ("조 손 가 족", "grandparent"),
        ("□ 한부모가족 ■ 청소년한부모가족 □ 조손가족", "young_single_parent"),
    ],
)
def test_a_choice_is_the_code_of_what_is_printed(text, code):
    assert normalise(text, "choice", None, SUPPORT) == Value(code)


@pytest.mark.parametrize(
    "text", ["한부모", "한부모가족 외", "■ 한부모가족 ■ 청소년한부모가족 □ 조손가족", "미혼모가족"]
)
def test_a_choice_that_is_none_of_the_options_is_left_out(text):
    assert normalise(text, "choice", None, SUPPORT) is None


@pytest.mark.parametrize("text", ["-", "– –", ""])
def test_a_lone_dash_says_that_there_is_nothing(text):
    assert normalise(text, "text", None) is None


@pytest.mark.parametrize("text", ["해당없음", "상동", "본인", "김가상, 박가상", "김가상 010-0000-0000"])
def test_what_is_no_name_is_left_out(text):
    assert normalise(text, "name", None) is None


def test_a_number_that_was_masked_is_no_number_of_a_document():
    assert normalise("2212120001234", "number", None) is None


@given(st.text())
def test_nothing_printed_makes_a_normaliser_fail(text):
    for as_type in get_args(ValueType):
        normalise(text, as_type, ISSUED, BENEFITS)


@given(st.text(alphabet="■□[]√ ○/,생계급여의료주거교육", max_size=60))
def test_no_arrangement_of_marks_ticks_what_is_not_printed(text):
    ticked = normalise(text, "ticks", None, BENEFITS)
    if ticked:
        plain = text.replace(" ", "")
        assert all(option in plain for option in BENEFITS)
        assert set(ticked.value) <= set(BENEFITS.values())
