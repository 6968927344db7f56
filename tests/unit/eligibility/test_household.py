"""Two applicants of one household are told by the register that both print, and by nothing else."""

from datetime import date

import pytest

from services.eligibility.rules import decide
from shared.catalog import Programme
from tests.unit.eligibility.cases import SEOUL, catalog, certificate, disagreeing, facts, household, submitter

DAY = date(2023, 5, 10)
HEAD = {"relation": "본인", "name": "박예시", "birth_date": "1988-05-05"}
ME = {"relation": "배우자", "name": "김가상", "birth_date": "1990-01-01"}
CHILD = {"relation": "자녀", "name": "박하나", "birth_date": "2005-03-03"}


def food() -> Programme:
    return catalog().programmes["FOOD_2023"]


def key(sent, who=None, rules=None):
    return decide(facts(sent), who or submitter(), rules or food(), as_of=DAY, answers={}).household


def printed(*rows, address=SEOUL, **changes):
    return household(address, list(rows), **({"issued_on": DAY} | changes))


def test_two_members_with_prints_of_their_own_are_of_one_household():
    son = submitter(name="박하나", birth_date=date(2005, 3, 3))
    assert key(printed(HEAD, ME, CHILD)) == key(printed(HEAD, ME, CHILD, issued_on=date(2023, 5, 2)), son)


@pytest.mark.parametrize(
    "other",
    [
        printed(HEAD | {"name": "최예시"}, ME),
        printed(HEAD | {"birth_date": "1987-05-05"}, ME),
        printed(HEAD, ME, address="서울특별시 종로구 세종대로 175"),
    ],
)
def test_another_head_of_another_birth_date_or_address_is_another_household(other):
    assert key(other) != key(printed(HEAD, ME))
    assert key(other)


def test_how_it_is_spaced_and_whether_hanja_stand_behind_a_name_make_no_other_household():
    spaced = printed(HEAD | {"name": "박예시(朴例示)"}, ME, address="서울특별시  중구 세종대로 110")
    assert key(spaced) == key(printed(HEAD, ME))


@pytest.mark.parametrize(
    "sent",
    [
        printed(ME),
        printed(HEAD | {"birth_date": None}, ME),
        printed(HEAD, ME, address=""),
        printed(HEAD, ME, issued_on=date(2022, 5, 2)),
        printed(HEAD, ME, unreadable="damaged"),
        disagreeing(printed(HEAD, ME), "members"),
        certificate("BLSS", {"holder_name": "김가상", "birth_date": "1990-01-01"}, issued_on=DAY),
    ],
)
def test_where_a_register_does_not_show_it_there_is_no_household_to_go_by(sent):
    assert key(sent) is None


def test_a_programme_that_does_not_take_one_of_each_household_asks_for_none():
    assert key(printed(HEAD, ME), rules=catalog().programmes["SONMOK9988_2023"]) is None
