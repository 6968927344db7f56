"""Which addresses are in Seoul."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.regions import SEOUL, in_region, in_seoul, workplace_in_seoul

ADDRESSES = [
    ("서울특별시 중구 세종대로 110", "inside"),
    ("서울시 강남구 테헤란로 1", "inside"),
    ("서울 종로구", "inside"),
    ("서울특별시강동구 천호대로 1", "inside"),
    ("(04524) 서울특별시 중구 세종대로 110", "inside"),
    ("[04524]서울특별시  중구  세종대로 110", "inside"),
    ("04524 서울특별시 중구 세종대로 110", "inside"),
    ("우 04524 서울특별시 중구 세종대로 110", "inside"),
    ("（04524）서울특별시　중구 세종대로 110", "inside"),
    ("\u1109\u1165\u110b\u116e\u11af \u110c\u116e\u11bc\u1100\u116e 세종대로 110", "inside"),
    ("부산광역시 중구 중구로 120", "outside"),
    ("부산 중구 중구로 120", "outside"),
    ("부산시 강서구 명지동", "outside"),
    ("경기 광주시 행정타운로 50", "outside"),
    ("경기도 광주시 행정타운로 50", "outside"),
    ("광주광역시 북구 우치로 77", "outside"),
    ("광주 서구 내방로 111", "outside"),
    ("세종특별자치시 한누리대로 2130", "outside"),
    ("전북특별자치도 전주시 완산구", "outside"),
    ("충청남도 홍성군 홍북읍", "outside"),
    ("강원도 춘천시", "outside"),
    ("제주 제주시 문연로 6", "outside"),
    ("경기 성남시 분당구 서울대학로 1", "outside"),
    ("중구 세종대로 110", "unknown"),
    ("강서구 화곡로 302", "unknown"),
    ("성남시 분당구 판교로 1", "unknown"),
    ("서울로 1", "unknown"),
    ("서울대로 12", "unknown"),
    ("서울특별시", "unknown"),
    ("서울 본사", "unknown"),
    ("서울특별시 해운대구 우동", "unknown"),
    ("서울 중구청 앞", "unknown"),
    ("서울산업(주) 부산지점", "unknown"),
    ("세종대로 110", "unknown"),
    ("부산 지점", "unknown"),
    ("광주식당 2층", "unknown"),
    ("경기대로 100", "unknown"),
    ("대구탕 골목 3", "unknown"),
    ("", "unknown"),
]


@pytest.mark.parametrize(("address", "place"), ADDRESSES)
def test_an_address(address, place):
    assert in_seoul(address) == place


def test_seoul_has_25_districts_and_each_of_them_counts():
    assert len(SEOUL) == len(set(SEOUL.values())) == 25
    for code, district in SEOUL.items():
        assert in_seoul(f"서울특별시 {district} 가상로 1") == "inside"
        assert in_seoul("가상로 1", f"{code}10100") == "inside"
        assert in_seoul(f"{district} 가상로 1") == "unknown"


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("1114010100", "inside"),
        ("2611010100", "outside"),
        ("1199910100", "unknown"),
        ("11140", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_legal_district_code_decides_where_the_text_says_nothing(code, place):
    assert in_seoul("중구 가상로 1", code) == place


def test_a_code_that_contradicts_the_text_leaves_it_unknown():
    assert in_seoul("서울특별시 중구 세종대로 110", "2611010100") == "unknown"
    assert in_seoul("부산 중구 중구로 120", "1114010100") == "unknown"


@pytest.mark.parametrize(
    ("name", "address", "place"),
    [
        ("한빛은행 강남지점", "서울특별시 강남구 가상로 1", "inside"),
        ("서울산업(주) 부산지점", "서울특별시 중구 가상로 1", "unknown"),
        ("한빛가상 경기도공장", "서울특별시 중구 가상로 1", "unknown"),
        ("서울산업(주) 부산지점", "부산광역시 중구 가상로 1", "outside"),
        ("한빛가상", "서울특별시 중구 가상로 1 (본사)", "unknown"),
        ("한빛가상", "부산광역시 중구 가상로 1 본점", "unknown"),
    ],
)
def test_the_seat_of_a_firm_is_not_where_its_branch_is(name, address, place):
    assert workplace_in_seoul(name, address) == place


@given(st.text())
def test_text_that_does_not_begin_with_seoul_is_never_in_seoul(text):
    if in_seoul(text) == "inside":
        assert "서울" in text or "\u1109\u1165\u110b\u116e\u11af" in text


@pytest.mark.parametrize(
    ("region", "address", "place"),
    [
        ("capital_area", "서울특별시 중구 세종대로 110", "inside"),
        ("capital_area", "경기도 광주시 행정타운로 50", "inside"),
        ("capital_area", "경기 성남시 수정구 성남대로 1", "inside"),
        ("capital_area", "인천광역시 중구 제물량로 1", "inside"),
        ("capital_area", "(22300) 인천 중구 제물량로 1", "inside"),
        ("capital_area", "광주광역시 북구 우치로 1", "outside"),
        ("capital_area", "부산광역시 중구 중구로 120", "outside"),
        ("capital_area", "중구 세종대로 110", "unknown"),
        ("capital_area", "경기식당", "unknown"),
        ("성북구", "서울특별시 성북구 보문로 168", "inside"),
        ("성북구", "서울 성북구 보문로 168", "inside"),
        ("성북구", "서울특별시 강북구 도봉로 1", "outside"),
        ("중구", "부산광역시 중구 중구로 120", "outside"),
        ("중구", "서울특별시 중구 세종대로 110", "inside"),
        ("성북구", "성북구 보문로 168", "unknown"),
        ("seoul", "서울로 1", "unknown"),
    ],
)
def test_a_region_is_told_by_the_whole_address(region, address, place):
    assert in_region(region, address) == place


@pytest.mark.parametrize(
    ("code", "address", "place"),
    [
        ("1129010100", "보문로 168", "inside"),
        ("1130510100", "도봉로 1", "outside"),
        ("1130510100", "서울특별시 성북구 보문로 168", "unknown"),
        ("2611010100", "보문로 168", "outside"),
    ],
)
def test_a_district_is_told_by_its_code_too_and_is_unknown_where_both_disagree(code, address, place):
    assert in_region("성북구", address, code) == place
