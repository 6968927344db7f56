"""Two spellings of one firm make one question; two firms never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.questions import Question, digits, firm_key


def asked(name: str, number: str | None = None) -> Question:
    return Question(topic="workplace_in_seoul", name=name, number=number)


@pytest.mark.parametrize(
    "spelling",
    [
        "주식회사한빛가상",
        " 주식회사  한빛 가상 ",
        "(주)한빛가상",
        "㈜한빛가상",
        "（주）한빛가상",
        "( 주 ) 한빛가상",
        "주식회사\u3000한빛가상",
    ],
)
def test_spellings_of_one_firm_are_one_question(spelling):
    assert asked(spelling) == asked("주식회사 한빛가상")
    assert hash(asked(spelling)) == hash(asked("주식회사 한빛가상"))
    assert {asked("주식회사 한빛가상"): "yes"}[asked(spelling)] == "yes"


def test_a_name_in_parts_and_in_full_width_is_the_same_name():
    assert firm_key("\u1112\u1161\u11ab\u1107\u1175\u11be ＡＢＣ") == firm_key("한빛abc")


@pytest.mark.parametrize(
    "other",
    [
        "유한회사 한빛가상",
        "한빛가상",
        "한빛가상 주식회사",
        "주식회사 한빛",
        "주식회사 한빛가상 부산지점",
        "재단법인 한빛가상",
    ],
)
def test_other_firms_are_other_questions(other):
    assert asked(other) != asked("주식회사 한빛가상")


def test_numbers_tell_workplaces_of_one_name_apart():
    assert asked("미소식당", "123-45-67891-0") == asked("미소식당", "12345678910")
    assert asked("미소식당", "123-45-67891-0") != asked("미소식당", "123-45-67891-1")
    assert asked("미소식당", "123-45-67891-0") != asked("미소식당")
    assert digits("１２３-45") == "12345"


def test_a_question_survives_being_stored():
    question = asked("㈜한빛가상", "123-45-67891-0")
    key = question.key
    again = Question.model_validate_json(question.model_dump_json())
    assert (again.key, again.name) == (key, "㈜한빛가상")


@given(st.text(min_size=1))
def test_the_key_does_not_depend_on_spaces_or_on_being_made_twice(name):
    assert firm_key(firm_key(name)) == firm_key(f" {name} ") == firm_key(name)
