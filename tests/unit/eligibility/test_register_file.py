"""The file of a workplace register: every row is taken, or named by its line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.registers.file import Fault, Row, columns, rows

HEADER = {"name": 0, "number": 1, "address": 2}
SEOUL = "서울특별시 중구 세종대로 110"


def read(text: str, chosen: dict = HEADER) -> list[Row | Fault]:
    return list(rows(io.StringIO(text, newline=""), chosen, 2))


def test_columns_are_found_by_korean_and_english_names_in_any_order() -> None:
    assert columns(["\ufeff주소", "종사자수", " 사업장 명칭", "사업장관리번호"]) == {
        "address": 0,
        "name": 2,
        "workplace_number": 3,
    }
    assert columns(["Name", "ADDRESS", "Number"]) == {"name": 0, "address": 1, "number": 2}
    assert columns(["주소", "사업장주소"]) == {"address": 0}
    assert columns(["상호", "소재지"]) == {}


def test_a_row_is_taken_with_or_without_a_number() -> None:
    assert read(f"주식회사 한빛가상, 123-45-67891-0 ,{SEOUL}\n미소식당,,{SEOUL}\n") == [
        Row("주식회사 한빛가상", "123-45-67891-0", SEOUL),
        Row("미소식당", "", SEOUL),
    ]


def test_the_workplace_number_comes_before_the_business_number_and_a_covered_one_is_none() -> None:
    both = {"name": 0, "workplace_number": 1, "business_number": 2, "address": 3}
    assert read(f"가,12345678910,1234567891,{SEOUL}\n나,,1234567891,{SEOUL}\n다,,123456****,{SEOUL}\n", both) == [
        Row("가", "12345678910", SEOUL),
        Row("나", "1234567891", SEOUL),
        Row("다", "", SEOUL),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",1234567891,서울", "name"),
        ("가,1234567891,  ", "address"),
        ("가,123456789,서울", "number"),
        ("가,1.23456789E+10,서울", "number"),
        ("가,없음,서울", "number"),
        ("가,서울", "cells"),
        ("가\ufffd,,서울", "characters"),
        ('가"나,,"서울"시', "quotes"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_by_its_line_and_the_next_is_taken(row: str, code: str) -> None:
    assert read(f"\n{row}\n나,,{SEOUL}\n") == [Fault(3, code), Row("나", "", SEOUL)]


def test_a_row_of_two_lines_is_named_by_the_first_and_counted_as_two() -> None:
    assert read(f'"가\n나",1,{SEOUL}\n,,{SEOUL}\n') == [Fault(2, "number"), Fault(4, "name")]


def test_a_quotation_mark_that_is_never_closed_ends_the_file_and_is_named() -> None:
    assert read(f'가,,{SEOUL}\n"나,,{SEOUL}\n다,,{SEOUL}\n') == [Row("가", "", SEOUL), Fault(3, "quotes")]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=3, max_size=3), max_size=5))
def test_whatever_stands_in_the_cells_every_row_is_taken_or_named_once(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    wanted = sum(any(cell.strip() for cell in row) for row in table)
    assert len(read(out.getvalue())) == wanted
