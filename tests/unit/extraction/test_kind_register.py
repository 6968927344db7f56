"""주민등록표: the abstract with its addresses, and the household copy with its present one in a row or by its label."""

import pytest

from tests.unit.extraction.forms import STYLES, form, read_form
from tests.unit.extraction.papers import read_paper

HOLDER = [("문서확인번호", "1234-5678-9012-3456"), ("성명(한자)", "김가상(金假想)"), ("주민등록번호", "900101-1******")]
FOOT = [(240, 120, "2022년 12월 12일"), (230, 90, "서울특별시 중구청장", 14)]
ADDRESSES = ("주소", (40.0, 200.0, 90.0, 100.0, 80.0), ("번호", "주소", "전입일/변동일", "세대주 및 관계", "변동사유"))
MOVES = [
    ("1", "경기도 광주시 가상로 1", "2001. 5. 6.", "박가상의 자", "전입"),
    ("2", "서울특별시 중구 가상대로 1", "2016. 9. 8.", "김가상의 본인", "전입"),
]
CHANGES = ("인적사항 변경 내용", (40.0, 250.0, 110.0, 110.0), ("번호", "변경 내용", "변동일", "사유"))
HOUSEHOLD = [("세대주 성명(한자)", "김가상(金假想)"), ("용도 및 목적", "제출용")]
PRESENT = ("현주소 및 전입일", (300.0, 110.0, 100.0), ("현주소", "전입일/변동일", "변동사유"))
MEMBERS = ("세대원", (40.0, 100.0, 120.0, 130.0), ("번호", "세대주 관계", "성명(한자)", "주민등록번호"))
PEOPLE = [("1", "본인", "김가상(金假想)", "900101-1******")]


def abstract(tables, style="gap", title="주민등록표(초본)", foot=FOOT) -> dict:
    return read_form("RR_ABST", form(title, HOLDER, style, tables=tables, foot=foot))


@pytest.mark.parametrize("style", STYLES)
def test_an_abstract_is_read_with_its_addresses(style):
    certificate = abstract([(*ADDRESSES, MOVES)], style)
    assert certificate["values"] == {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "addresses": [
            {
                "number": place,
                "address": address,
                "moved_in_on": day,
                "householder": householder,
                "reason": "전입",
            }
            for place, address, day, householder in (
                (1, "경기도 광주시 가상로 1", "2001-05-06", "박가상의 자"),
                (2, "서울특별시 중구 가상대로 1", "2016-09-08", "김가상의 본인"),
            )
        ],
    }
    assert (certificate["number"], certificate["valid_until"]) == ("1234-5678-9012-3456", "2023-03-12")


def test_changes_of_name_are_not_the_name():
    changes = [("1", "성명 정정", "2010. 1. 2.", "개명"), ("2", "주민등록번호 정정", "2011. 3. 4.", "정정")]
    values = abstract([(*CHANGES, changes), (*ADDRESSES, MOVES)])["values"]
    assert values["holder_name"] == "김가상"
    assert [change["change"] for change in values["changes"]] == ["성명 정정", "주민등록번호 정정"]
    assert values["changes"][1] == {
        "number": 2,
        "change": "주민등록번호 정정",
        "changed_on": "2011-03-04",
        "reason": "정정",
    }


def test_an_abstract_without_addresses_is_not_read():
    assert abstract([])["unreadable"] == "reader_failed"


def test_an_abstract_of_which_an_address_is_lost_is_not_read():
    assert abstract([(*ADDRESSES, [MOVES[0], ("3", *MOVES[1][1:])])])["unreadable"] == "reader_failed"


@pytest.mark.parametrize(
    "title", ["주민등록표(등본)", "주민등록등본", "말소자 주민등록표(초본)", "주민등록표 초본 신청서"]
)
def test_the_other_copy_of_the_register_is_refused(title):
    assert abstract([(*ADDRESSES, MOVES)], title=title)["unreadable"] == "wrong_certificate"


def household(entries, tables) -> dict:
    return read_paper(form("주민등록표(등본)", entries, tables=[*tables, (*MEMBERS, PEOPLE)], foot=FOOT), "RR_FULL")[0]


@pytest.mark.parametrize(
    ("entries", "tables"),
    [
        ([("현주소", "서울특별시 중구 가상대로 1"), ("전입일", "2016. 9. 8.")], []),
        ([], [(*PRESENT, [("서울특별시 중구 가상대로 1", "2016. 9. 8.", "전입")])]),
    ],
)
def test_the_present_address_stands_beside_its_label_or_below_it(entries, tables):
    certificate = household([*HOUSEHOLD, *entries], tables)
    assert certificate["values"]["address"] == "서울특별시 중구 가상대로 1"
    assert certificate["values"]["moved_in_on"] == "2016-09-08"
    assert "present_address" not in certificate["values"]
    assert certificate["valid_until"] == "2023-03-12"


def test_of_two_addresses_in_rows_neither_is_the_present_one():
    rows = [("경기도 광주시 가상로 1", "2001. 5. 6.", "전입"), ("서울특별시 중구 가상대로 1", "2016. 9. 8.", "전입")]
    assert household(HOUSEHOLD, [(*PRESENT, rows)])["unreadable"] == "reader_failed"


def test_an_address_by_its_label_and_another_in_a_row_are_none():
    row = [("서울특별시 중구 가상대로 1", "2016. 9. 8.", "전입")]
    certificate = household([*HOUSEHOLD, ("현주소", "경기도 광주시 가상로 1")], [(*PRESENT, row)])
    assert certificate["unreadable"] == "reader_failed"


def test_the_row_of_the_present_address_says_where_it_stood():
    pdf = form(
        "주민등록표(등본)",
        HOUSEHOLD,
        tables=[(*PRESENT, [("서울특별시 중구", "2016. 9. 8.", "전입")]), (*MEMBERS, PEOPLE)],
    )
    place = read_paper(pdf, "RR_FULL")[1]["fields"]["moved_in_on"]
    assert (place["raw"], place["normaliser"], place["page"]) == ("2016. 9. 8.", "date", 1)
