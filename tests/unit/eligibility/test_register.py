"""What a workplace register says to a question: nothing, rather than a guess."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.questions import Question
from services.eligibility.registers.workplaces import (
    Identity,
    Register,
    Verdict,
    Workplace,
    asked_of,
    due,
    identity,
    verdict,
)
from shared.questions import AskedQuestion, GivenAnswer
from shared.regions import Place

NOW = datetime(2026, 9, 2, tzinfo=UTC)
HANBIT, NUMBER = "주식회사 한빛가상", "123-45-67891-0"


def token(purpose: str, text: str) -> str:
    return f"{purpose}|{text}"


def asks(name: str = HANBIT, number: str | None = None) -> Identity:
    found = asked_of(Question(topic="workplace_in_seoul", name=name, number=number), token)
    assert found is not None
    return found


def lists(name: str = HANBIT, number: str = "", place: Place = "inside", register: str = "명부") -> Workplace:
    return Workplace(register, identity(name, number, token), place)


def says(asked: Identity, *listed: Workplace) -> str | None:
    said = verdict(asked, listed)
    return said.value if said else None


def test_a_name_listed_once_is_answered_however_it_is_spelt() -> None:
    assert says(asks("㈜ 한빛 가상"), lists()) == "yes"
    assert says(asks(), lists(place="outside")) == "no"


def test_what_is_not_listed_or_has_an_address_that_does_not_say_is_not_answered() -> None:
    assert says(asks()) is None
    assert says(asks(), lists("유한회사 한빛가상")) is None
    assert says(asks(), lists(place="unknown")) is None


def test_several_firms_of_one_name_are_answered_only_where_all_are_on_the_same_side() -> None:
    seoul, also, busan = (lists(number=f"{n}23-45-6789{n}") for n in "123")
    assert says(asks(), seoul, also) == "yes"
    assert says(asks(), seoul, busan._replace(place="outside")) is None
    assert says(asks(), seoul, busan._replace(place="unknown")) is None


def test_a_number_chooses_among_firms_of_one_name() -> None:
    mine, other = lists(number=NUMBER), lists(number="223-45-67891-0", place="outside")
    assert says(asks(number="12345678910"), mine, other) == "yes"
    assert says(asks(number="223-45-67891-0"), mine, other) == "no"
    assert says(asks(number="323-45-67891-0"), mine, other) is None


def test_two_workplaces_of_one_business_are_told_apart_by_the_last_digit_and_not_without_it() -> None:
    seat, branch = lists(number="123-45-67891-0"), lists(number="123-45-67891-1", place="outside")
    assert says(asks(number="123-45-67891-1"), seat, branch) == "no"
    assert says(asks(number="123-45-67891"), seat, branch) is None
    assert says(asks(number="123-45-67891-2"), seat, branch) is None


def test_a_listed_firm_without_a_number_may_be_the_one_that_was_asked_about() -> None:
    assert says(asks(number=NUMBER), lists()) == "yes"
    assert says(asks(number=NUMBER), lists(number=NUMBER), lists(place="outside")) == "yes"
    assert says(asks(number="123-45-67891"), lists(number=NUMBER), lists(place="outside")) is None


def test_registers_that_disagree_do_not_answer_and_those_that_agree_are_both_named() -> None:
    one, two = lists(register="가"), lists(register="나")
    assert verdict(asks(), [one, two]) == Verdict("yes", frozenset({"가", "나"}))
    assert says(asks(), one, two._replace(place="outside")) is None


@st.composite
def firms(draw: st.DrawFn) -> list[Workplace]:
    numbers = st.sampled_from(["", "1234567891", "12345678910", "12345678911", "2234567891"])
    places = st.sampled_from(["inside", "outside", "unknown"])
    names = st.sampled_from([HANBIT, "미소식당"])
    return draw(st.lists(st.builds(lists, names, numbers, places), max_size=6))


@given(firms(), firms(), st.sampled_from([None, "12345678910", "1234567891"]))
def test_another_listed_firm_can_silence_an_answer_but_reverse_it_only_by_the_very_number(
    listed: list[Workplace], more: list[Workplace], number: str | None
) -> None:
    asked = asks(number=number)
    before, after = says(asked, *listed), says(asked, *listed, *more)
    assert says(asked, *reversed(listed)) == before
    if {before, after} == {"yes", "no"}:
        assert any(one.identity == asked and number for one in more)
    if before and not any(one.identity.name == asked.name for one in more):
        assert after == before


def asked(**changes: Any) -> AskedQuestion:
    plain = {"question_id": "q", "programme_id": "P", "text": {}, "raised_at": NOW, "revision": 0, "answer": None}
    return AskedQuestion(**(plain | changes))


def of(name: str, as_of: date = date(2026, 9, 1)) -> Register:
    return Register(name, as_of, NOW, 1, 1, 0, 0)


def answered(value: Any = "yes", by: str = "가", party: str = "register") -> AskedQuestion:
    return asked(revision=1, answer=GivenAnswer(value, f"{by}(2026-09-01 기준)", by, NOW), party=party)


YES = Verdict("yes", frozenset({"가", "나"}))
IN_FORCE = {"가": of("가"), "나": of("나", date(2026, 8, 1))}


def test_the_newest_register_is_named_with_its_date() -> None:
    assert due(asked(), YES, IN_FORCE, NOW) == (GivenAnswer("yes", "가(2026-09-01 기준)", "가", NOW),)


def test_an_answer_that_still_holds_is_left_and_one_that_does_not_is_changed_or_taken_back() -> None:
    assert due(answered(), YES, IN_FORCE, NOW) is None
    assert due(answered(by="나"), YES, IN_FORCE, NOW) is None
    assert due(answered("no"), YES, IN_FORCE, NOW) == due(asked(), YES, IN_FORCE, NOW)
    assert due(answered(by="옛 명부"), YES, IN_FORCE, NOW) == due(asked(), YES, IN_FORCE, NOW)
    assert due(answered(), None, {}, NOW) == (None,)
    assert due(asked(), None, {}, NOW) is None


@pytest.mark.parametrize("said", [YES, Verdict("no", frozenset({"가"})), None])
def test_what_an_official_answered_or_took_back_no_register_touches(said: Verdict | None) -> None:
    assert due(answered(party="official"), said, IN_FORCE, NOW) is None
    assert due(asked(revision=2, party="official"), said, IN_FORCE, NOW) is None
