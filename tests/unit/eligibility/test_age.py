"""Ages in completed years, on the days where they change."""

from datetime import date

import pytest

from tests.unit.eligibility.cases import household, of, programme

AGES = [
    ("19 on this very day", "2003-12-12", "met"),
    ("19 tomorrow", "2003-12-13", "not_met"),
    ("69 until tomorrow", "1952-12-13", "met"),
    ("70 on this very day", "1952-12-12", "not_met"),
]


@pytest.mark.parametrize(("born", "result"), [case[1:] for case in AGES], ids=[case[0] for case in AGES])
def test_ages_19_and_69_are_both_in(born, result):
    assert of("AGE_19_69", aged(born), born=born).result == result


@pytest.mark.parametrize(
    ("as_of", "result"),
    [(date(2023, 2, 28), "not_met"), (date(2023, 3, 1), "met"), (date(2024, 2, 28), "met")],
)
def test_who_is_born_on_29_february_is_a_year_older_on_1_march_of_a_common_year(as_of, result):
    sent = aged("2004-02-29", issued_on=as_of)
    assert of("AGE_19_69", sent, born="2004-02-29", as_of=as_of).result == result


def test_in_a_leap_year_the_birthday_is_29_february_itself():
    for as_of, result in ((date(2024, 2, 28), "not_met"), (date(2024, 2, 29), "met")):
        changed = with_test(low=20)
        assert of("AGE_19_69", aged("2004-02-29", issued_on=as_of), changed, "2004-02-29", as_of).result == result


def test_a_notice_that_lists_birth_years_counts_calendar_years():
    assert of("AGE_19_69", aged("2003-12-31"), with_test(counted="calendar_year"), "2003-12-31").result == "met"
    assert of("AGE_19_69", aged("2004-01-01"), with_test(counted="calendar_year"), "2004-01-01").result == "not_met"


def with_test(**changes):
    """The programme with its age test changed."""
    root = programme().conditions
    age, place = root.all
    changed = age.model_copy(update={"test": age.test.model_copy(update=changes)})
    return programme(conditions=root.model_copy(update={"all": (changed, place)}))


def aged(born, **changes):
    return household(members=[{"relation": "본인", "name": "김가상", "birth_date": born}], **changes)
