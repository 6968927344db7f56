"""The notice of 손목닥터 9988, second round, as cases that read like it."""

from datetime import date

import pytest

from services.eligibility.rules import Answer, Question, screen
from tests.unit.eligibility.cases import (
    BUSAN,
    SEOUL,
    TODAY,
    employed,
    facts,
    history,
    household,
    job,
    of,
    programme,
    submitter,
)

HANBIT = Question(topic="workplace_in_seoul", name="주식회사 한빛가상")
ENDED = {"lost_on": "2022-11-30"}


def answered(value: str) -> dict[Question, Answer]:
    said = {"value": value, "source": "사업장 명부", "on": date(2022, 12, 11), "by": "명부 2022-12"}
    return {HANBIT: Answer.model_validate(said)}


CASES = [
    ("a resident of Seoul is eligible", [household()], None, {}, "eligible"),
    ("a resident of Busan who sends nothing else may still work in Seoul", [household(BUSAN)], None, {}, "review"),
    ("a resident of Busan with a job in Seoul is eligible", [household(BUSAN), employed()], None, {}, "eligible"),
    (
        "a resident of Busan who works in Busan is not eligible",
        [household(BUSAN), employed({"workplace_address": BUSAN})],
        None,
        {},
        "ineligible",
    ),
    ("a resident of Busan with a blank history is not eligible", [household(BUSAN), history()], None, {}, "ineligible"),
    (
        "a resident of Busan whose every job has ended is not eligible",
        [household(BUSAN), history(job(**ENDED))],
        None,
        {},
        "ineligible",
    ),
    ("a blank history alone is for review: the resident register may show Seoul", [history()], None, {}, "review"),
    ("an employer's certificate with a Seoul address is enough", [employed()], None, {}, "eligible"),
    ("a history prints no workplace address, so it is for review", [history(job())], None, {}, "review"),
    ("a workplace found to be in Seoul settles it", [history(job())], None, answered("yes"), "eligible"),
    (
        "of two jobs one in Busan does not settle where the other is",
        [household(BUSAN), history(job(workplace="미소식당", workplace_address=BUSAN), job())],
        None,
        {},
        "review",
    ),
    (
        "a workplace found to be elsewhere settles it for one who lives elsewhere",
        [history(job()), household(BUSAN)],
        None,
        answered("no"),
        "ineligible",
    ),
    ("a workplace that nobody can place stays for review", [history(job())], None, answered("cannot_tell"), "review"),
    (
        "a public servant is outside the insurance, so a blank history says nothing",
        [household(BUSAN), history()],
        "civil_servant",
        {},
        "review",
    ),
    (
        "private-school staff are outside the insurance too",
        [household(BUSAN), history(job(**ENDED))],
        "private_school",
        {},
        "review",
    ),
    (
        "whoever declares a business of their own goes to a person",
        [household(BUSAN), history()],
        "self_employed",
        {},
        "review",
    ),
    (
        "whoever declares to be an employee needs a current row",
        [household(BUSAN), history()],
        "employee",
        {},
        "ineligible",
    ),
    ("living in Seoul is enough whatever the work", [household(), history()], "self_employed", {}, "eligible"),
]


@pytest.mark.parametrize(
    ("sent", "work", "answers", "outcome"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_notice(sent, work, answers, outcome):
    found = screen(facts(*sent), submitter(declared_work=work), programme(), as_of=TODAY, answers=answers)
    assert found.outcome == outcome


LOSS = [
    ("a blank loss date means still insured", None, "cannot_tell"),
    ("a loss date on the as-of date means the last day was the day before", "2022-12-12", "not_met"),
    ("a loss date on the day after means the as-of date is the last day", "2022-12-13", "cannot_tell"),
    ("a loss date long ago means gone", "2016-11-11", "not_met"),
    ("a loss date that could not be read is no blank", "2022-13-45", "cannot_tell"),
]


@pytest.mark.parametrize(("lost_on", "result"), [case[1:] for case in LOSS], ids=[case[0] for case in LOSS])
def test_the_loss_date_is_the_day_after_leaving(lost_on, result):
    assert of("WORKS_IN_SEOUL", history(job(lost_on=lost_on))).result == result


def test_a_loss_date_that_is_not_there_at_all_is_not_a_blank_one():
    row = job(workplace_address=SEOUL)
    assert of("WORKS_IN_SEOUL", history(row)).result == "met"
    del row["lost_on"]
    assert of("WORKS_IN_SEOUL", history(row)).why == "dates_unclear"


@pytest.mark.parametrize(
    ("acquired_on", "result"), [("2022-12-12", "met"), ("2022-12-13", "not_met"), (None, "cannot_tell")]
)
def test_insurance_starts_on_the_day_of_acquisition(acquired_on, result):
    assert of("WORKS_IN_SEOUL", history(job(acquired_on=acquired_on, workplace_address=SEOUL))).result == result


def test_a_transfer_within_one_firm_leaves_one_current_row():
    rows = [job(lost_on="2022-05-01"), job(acquired_on="2022-05-01")]
    assert of("WORKS_IN_SEOUL", history(*rows)).fields == (
        "employments[1].workplace",
        "employments[1].acquired_on",
    )


def test_an_address_that_came_with_the_data_beside_the_history_decides_at_once():
    assert of("WORKS_IN_SEOUL", history(job(workplace_address=SEOUL))).result == "met"
    assert of("WORKS_IN_SEOUL", history(job(workplace_address=BUSAN))).result == "not_met"


@pytest.mark.parametrize(
    ("until", "issued_on", "result"),
    [
        (None, "2022-12-10", "met"),
        ("2022-12-10", "2022-12-10", "met"),
        ("2022-12-09", "2022-12-10", "not_met"),
        ("2023-02-28", "2022-12-10", "met"),
        ("~", "2022-12-10", "cannot_tell"),
    ],
)
def test_an_employment_up_to_the_date_of_issue_is_present(until, issued_on, result):
    assert of("WORKS_IN_SEOUL", employed({"employed_until": until}, issued_on=issued_on)).result == result
