import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.normalise import Value, date_of, mask_rrn, normalise, only_name, tidy

ISSUED = date(2022, 12, 12)


@pytest.mark.parametrize(
    "text",
    ["2016-09-08", "2016.09.08", "2016. 9. 8.", "2016/09/08", "2016년 9월 8일", "２０１６.９.８", " 2016 . 9 . 8 "],
)
def test_every_usual_spelling_of_a_date_is_read(text):
    assert date_of(text) == date(2016, 9, 8)


@pytest.mark.parametrize(
    "text", ["2016/09", "2021-02-30", "2021-13-01", "16-09-08", "2016-09.08", "2016-09-08 까지", ""]
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


@given(st.text())
def test_nothing_printed_makes_a_normaliser_fail(text):
    for as_type in ("text", "number", "name", "address", "date", "period", "rrn", "business_number", "integer"):
        normalise(text, as_type, ISSUED)
