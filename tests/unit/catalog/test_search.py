"""A programme is found however far its name has been typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog import Programme, load
from shared.catalog.search import initials, normalise, position, search

TERMS = [
    ("손목닥터 9988", "ㅅㅁㄷㅌ 9988"),
    ("기부식품 제공사업", "ㄱㅂㅅㅍ ㅈㄱㅅㅇ"),
    ("장애인 주택 특별공급", "ㅈㅇㅇ ㅈㅌ ㅌㅂㄱㄱ"),
    ("중증장애인 자산형성 지원", "ㅈㅈㅈㅇㅇ ㅈㅅㅎㅅ ㅈㅇ"),
    ("이룸통장", "ㅇㄹㅌㅈ"),
    ("푸드뱅크", "ㅍㄷㅂㅋ"),
    ("고용보험 자격이력 내역서", "ㄱㅇㅂㅎ ㅈㄱㅇㄹ ㄴㅇㅅ"),
    ("재직증명서", "ㅈㅈㅈㅁㅅ"),
    ("주민등록표 등본", "ㅈㅁㄷㄹㅍ ㄷㅂ"),
    ("주민등록표 초본", "ㅈㅁㄷㄹㅍ ㅊㅂ"),
    ("장애인증명서", "ㅈㅇㅇㅈㅁㅅ"),
    ("국민기초생활수급자 증명서", "ㄱㅁㄱㅊㅅㅎㅅㄱㅈ ㅈㅁㅅ"),
    ("차상위계층 확인서", "ㅊㅅㅇㄱㅊ ㅎㅇㅅ"),
    ("한부모가족 증명서", "ㅎㅂㅁㄱㅈ ㅈㅁㅅ"),
    ("건강보험 자격득실 확인서", "ㄱㄱㅂㅎ ㅈㄱㄷㅅ ㅎㅇㅅ"),
    ("건강보험료 납부확인서", "ㄱㄱㅂㅎㄹ ㄴㅂㅎㅇㅅ"),
    ("소득금액증명", "ㅅㄷㄱㅇㅈㅁ"),
    ("지방세 세목별 과세증명서", "ㅈㅂㅅ ㅅㅁㅂ ㄱㅅㅈㅁㅅ"),
]


@pytest.mark.parametrize(("term", "consonants"), TERMS)
def test_the_initial_consonants_of_a_term(term, consonants):
    assert initials(term) == consonants
    assert position(normalise(consonants), normalise(term)) == 0
    assert position(normalise(term), normalise(term)) == 0


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ㅈㅁ있ㄴ", "재미있나"),
        ("손ㅁ닥ㅌ", "손목닥터"),
        ("손모", "손목닥터"),
        ("손목ㄷ", "손목닥터"),
        ("손목다", "손목닥터"),
        ("자산형", "자산형성"),
        ("잣", "자산형성"),
        ("잤", "자쌀"),
        ("소놈", "소노멀"),
        ("갃", "각서"),
        ("갑", "값"),
        ("ㄳ", "기쁨사랑"[0] + "사"),
        ("ㅀ", "라하"),
        ("닥터", "손목닥터9988"),
        ("９９８８", "손목닥터 9988"),
        ("（ＳＯＮ）", "sonmok"),
        ("등본", "주민등록표(등본)"),
        ("\u1109\u1106", "손목닥터"),
        ("\u1109\u1169\u11ab\u1106\u1169\u11a8", "손목닥터"),
    ],
)
def test_a_name_typed_half_way_is_found(query, text):
    assert position(normalise(query), normalise(text)) is not None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("손묵", "손목닥터"),
        ("손목", "손몽"),
        ("각", "간"),
        ("모닥", "손목닥터"),
        ("ㅅㄷ", "손목닥터"),
        ("손목닥터9988호", "손목닥터9988"),
        ("목손", "손목"),
    ],
)
def test_another_name_is_not(query, text):
    assert position(normalise(query), normalise(text)) is None


@given(st.text(alphabet="가각갂값자산형성손목닥터을를봐왜뒤 9988abc()", min_size=1), st.booleans())
def test_whatever_is_typed_of_a_name_key_by_key_finds_it(name, in_parts):
    text = normalise(name)
    for length in range(1, len(text) + 1):
        typed = unicodedata.normalize("NFD", text[:length]) if in_parts else text[:length]
        assert position(normalise(typed), text) == 0
        assert position(initials(text[:length]), text) == 0


@given(st.text(), st.text())
def test_no_text_is_too_odd_to_be_looked_for(query, text):
    position(normalise(query), normalise(text))


def named(name: str, ko: str, *aliases: str) -> Programme:
    real = load().programmes["SONMOK9988_2022"]
    return real.model_copy(update={"id": name, "name": real.name.model_copy(update={"ko": ko}), "aliases": aliases})


@pytest.mark.parametrize(
    "query", ["손목", "ㅅㅁㄷㅌ", "스마트워", "sonmok", "SONMOK DOCTOR", "9988", "ㅅㅁㅌㅇㅊ", "손목닥터 ９９８８"]
)
def test_the_real_programme_is_found_by_name_alias_and_initials(query):
    assert [found.id for found in load().search(query)] == ["SONMOK9988_2022", "SONMOK9988_2023"]


@pytest.mark.parametrize(
    ("query", "id_"),
    [
        ("ㄱㅂㅅㅍ", "FOOD_2023"),
        ("푸드뱅", "FOOD_2023"),
        ("ㅈㅇㅇ ㅈㅌ", "DISHOUSE_2023"),
        ("특공", "DISHOUSE_2023"),
        ("이룸통장", "ASSET_2023"),
        ("ㅇㄹㅌㅈ", "ASSET_2023"),
        ("savings", "ASSET_2023"),
    ],
)
def test_each_programme_is_found_by_what_people_call_it(query, id_):
    assert load().search(query)[0].id == id_


def test_whole_names_come_before_beginnings_and_those_before_the_rest_and_names_before_aliases():
    within, beginning, whole = named("A1", "우리 손목닥터"), named("B1", "손목닥터 9988"), named("C1", "손목닥터")
    alias = named("D1", "가나다", "손목닥터")
    assert [found.id for found in search("손목닥터", [within, beginning, alias, whole])] == ["C1", "D1", "B1", "A1"]


def test_a_blank_query_lists_all_and_an_unknown_one_nothing():
    assert len(load().search(" ()")) == len(load().programmes)
    assert load().search("없는사업") == []
