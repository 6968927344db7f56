"""What holds of every screening, whatever the certificates say."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.eligibility.rules import Answer, Question, questions_in, screen
from shared.facts import Certificate, Facts, Finding
from tests.unit.eligibility.cases import (
    BUSAN,
    SEOUL,
    TODAY,
    employed,
    facts,
    history,
    household,
    job,
    programme,
    submitter,
)

RULES = programme()
FIRMS = ("주식회사 한빛가상", "(주)한빛가상", "미소식당", "서울산업(주) 부산지점")
DECIDED = ("eligible", "ineligible")

addresses = st.sampled_from([SEOUL, BUSAN, "중구 세종대로 110", "서울로 1"])
changes = st.fixed_dictionaries(
    {},
    optional={
        "authenticity": st.sampled_from(["genuine", "unverified", "altered", "certificate_failed"]),
        "issued_on": st.none() | st.integers(0, 120).map(lambda days: TODAY - timedelta(days=days)),
        "unreadable": st.just("damaged"),
        "valid_until": st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days)),
        "findings": st.sampled_from(
            ["address", "employments[0].lost_on", "employments", "members", "birth_date", "employed_until", "issued_on"]
        ).map(lambda name: (Finding(code="sources_disagree", names=(name,)),)),
    },
)
days = st.none() | st.sampled_from(["2016-09-08", "2022-12-11", "2022-12-12", "2022-12-13", "?"])
rows = st.fixed_dictionaries(
    {"workplace": st.sampled_from(FIRMS), "acquired_on": days, "lost_on": days},
    optional={"workplace_address": addresses},
)
births = st.sampled_from(["1990-01-01", "1991-01-01", None])


@st.composite
def certificates(draw) -> Certificate:
    kind, changed = draw(st.sampled_from(["EI_HIST", "EMPLOY", "RR_FULL"])), draw(changes)
    if kind == "EI_HIST":
        return history(*draw(st.lists(rows, max_size=3)), **changed)
    if kind == "EMPLOY":
        values = {"workplace": draw(st.sampled_from(FIRMS)), "hired_on": draw(days), "birth_date": draw(births)}
        return employed(values | draw(st.fixed_dictionaries({"workplace_address": addresses})), **changed)
    return household(draw(addresses), [{"name": "김가상", "birth_date": draw(births)}], **changed)


sent = st.lists(certificates(), min_size=1, max_size=4).map(lambda found: facts(*found))
people = st.builds(
    lambda work, born: submitter(declared_work=work, birth_date=born),
    st.sampled_from([None, "employee", "civil_servant", "private_school", "self_employed"]),
    st.sampled_from([date(1990, 1, 1), date(1950, 1, 1)]),
)
values = st.sampled_from(["yes", "no", "cannot_tell"])
answered = st.dictionaries(
    st.sampled_from(FIRMS).map(lambda name: Question(topic="workplace_in_seoul", name=name)),
    values.map(lambda value: Answer(value=value, source="명부", on=TODAY, by="명부")),
)


def screened(found, person, answers):
    return screen(found, person, RULES, as_of=TODAY, answers=answers)


@given(sent, people, answered)
def test_the_same_input_gives_the_same_bytes(found, person, answers):
    again = Facts.model_validate_json(found.model_dump_json())
    backwards = dict(reversed(answers.items()))
    first, second = screened(found, person, answers), screened(again, person, backwards)
    assert first.model_dump_json() == second.model_dump_json()


@given(sent, people, answered, answered)
def test_answering_never_turns_one_decided_outcome_into_another(found, person, known, more):
    before, after = screened(found, person, known), screened(found, person, more | known)
    assert before.outcome in ("review", after.outcome)


@given(sent, people, answered)
def test_nothing_waits_once_it_is_settled_and_only_unanswered_questions_wait(found, person, answers):
    screening = screened(found, person, answers)
    assert not screening.waiting or screening.outcome == "review"
    assert not set(screening.waiting) & set(answers)


@given(sent, people, answered)
def test_a_screening_rests_on_no_question_but_those_in_its_facts(found, person, answers):
    asked = questions_in(found, RULES, TODAY)
    only = {question: answer for question, answer in answers.items() if question in asked}
    assert screened(found, person, answers) == screened(found, person, only)
    assert set(screened(found, person, answers).waiting) <= set(asked)


@given(sent, people)
def test_every_question_that_waits_can_change_the_condition_it_waits_for(found, person):
    before = screened(found, person, {})
    for question in before.waiting:
        told = {question: Answer(value="yes", source="명부", on=TODAY, by="명부")}
        assert screened(found, person, told).conditions != before.conditions


@given(sent, people, answered, certificates())
def test_one_more_certificate_never_makes_an_eligible_person_ineligible_but_for_a_newer_print(
    found, person, answers, one
):
    before = screened(found, person, answers)
    after = screened(facts(*found.certificates, one), person, answers)
    if "superseded" not in after.findings:
        assert (before.outcome, after.outcome) != ("eligible", "ineligible")
        assert before.outcome != "eligible" or after.outcome == "eligible"


@given(sent, people, answered)
def test_a_certificate_that_does_not_matter_changes_nothing(found, person, answers):
    stranger = household(members=[{"name": "이남남", "birth_date": "1970-01-01"}])
    before, after = screened(found, person, answers), screened(facts(*found.certificates, stranger), person, answers)
    assert before.outcome in (after.outcome, "ineligible")
    assert (before.outcome, after.outcome) != ("ineligible", "eligible")


@given(sent, people, answered)
def test_what_cannot_be_relied_on_decides_nothing(found, person, answers):
    spoilt = facts(*[one.model_copy(update={"authenticity": "altered"}) for one in found.certificates])
    assert screened(spoilt, person, answers).outcome == "review"


@given(sent, people, answered)
def test_the_outcome_is_the_tree_of_its_conditions_read_in_plain_words(found, person, answers):
    screening = screened(found, person, answers)
    age, *ways = (one.result for one in screening.conditions)
    if age == "not_met" or set(ways) == {"not_met"}:
        assert screening.outcome == "ineligible"
    elif age == "met" and "met" in ways:
        assert screening.outcome == "eligible"
    else:
        assert screening.outcome == "review"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["김가상", "1990-01-01", SEOUL]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["holder_name", "birth_date", "employments", "members", "address", "workplace", "hired_on", "employed_until"]


@settings(max_examples=200)
@given(st.sampled_from(["EI_HIST", "EMPLOY", "RR_FULL"]), st.dictionaries(st.sampled_from(NAMES), anything), people)
def test_no_value_that_a_reader_may_hand_in_raises(kind, found, person):
    odd = Certificate(part=0, kind=kind, authenticity="genuine", issued_on=TODAY, values=found)
    assert screened(facts(odd), person, {}).outcome in (*DECIDED, "review")
    questions_in(facts(odd), RULES, TODAY)


def test_screening_takes_less_than_a_millisecond():
    from time import process_time

    found = facts(
        history(job(), job(workplace="미소식당"), *[job(lost_on="2020-01-01")] * 8), employed(), household(BUSAN)
    )
    person = submitter()
    taken = []
    for _ in range(200):
        start = process_time()
        screened(found, person, {})
        taken.append(process_time() - start)
    assert sorted(taken)[100] < 0.001
