"""What is held against a certificate, and what it is then worth."""

from datetime import date, timedelta

import pytest

from services.eligibility.rules import Question, questions_in, screen
from tests.unit.eligibility.cases import BUSAN, TODAY, employed, facts, history, household, job, programme, submitter


def screened(*sent, rules=None, **who):
    return screen(facts(*sent), submitter(**who), rules or programme(), as_of=TODAY, answers={})


def issued(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(("days", "outcome"), [(0, "eligible"), (89, "eligible"), (90, "eligible"), (91, "review")])
def test_a_certificate_is_fresh_for_90_days(days, outcome):
    found = screened(household(issued_on=issued(days)))
    assert (found.outcome, found.findings) == (outcome, ("stale",) if days > 90 else ())


def test_a_kind_without_a_limit_is_always_fresh():
    assert screened(household(issued_on=issued(4000)), rules=programme(freshness_days={})).outcome == "eligible"
    assert screened(household(issued_on=None), rules=programme(freshness_days={})).outcome == "eligible"


def test_a_certificate_without_a_date_of_issue_is_not_taken_for_a_fresh_one():
    found = screened(household(issued_on=None))
    assert (found.outcome, found.findings) == ("review", ("issue_date_unknown",))


@pytest.mark.parametrize("state", ["altered", "certificate_failed"])
def test_what_is_not_genuine_shows_nothing_and_disproves_nothing(state):
    for sent in (household(), household(BUSAN), employed(), history()):
        found = screened(sent.model_copy(update={"authenticity": state}))
        assert (found.outcome, found.findings) == ("review", (state,))


def test_a_certificate_that_was_not_checked_counts_with_a_finding():
    found = screened(household(authenticity="unverified"))
    assert (found.outcome, found.findings) == ("eligible", ("unverified",))


def test_a_programme_may_want_a_person_to_look_at_what_was_not_checked():
    found = screened(household(authenticity="unverified"), rules=programme(unverified_certificates="cannot_tell"))
    assert (found.outcome, found.findings) == ("review", ("unverified",))


def test_a_certificate_that_could_not_be_read_is_for_review():
    found = screened(household().model_copy(update={"values": {}, "unreadable": "damaged"}))
    assert (found.outcome, found.findings) == ("review", ("unreadable",))


@pytest.mark.parametrize("who", [{"name": "이가상"}, {"birth_date": date(1991, 1, 1)}])
@pytest.mark.parametrize("sent", [household(), household(BUSAN), employed(), history()], ids=lambda one: one.kind)
def test_somebody_elses_certificate_shows_nothing(sent, who):
    found = screened(sent, **who)
    assert (found.outcome, found.findings) == ("review", ("subject_differs",))


def test_a_name_alone_does_not_show_whose_it_is():
    found = screened(employed({"birth_date": None}))
    assert (found.outcome, found.findings) == ("review", ("subject_unclear",))


@pytest.mark.parametrize(
    "name", ["김 가상", "김가상(金假象)", "김가상 (金假象)", "\u1100\u1175\u11b7\u1100\u1161\u1109\u1161\u11bc"]
)
def test_a_name_is_the_same_with_spaces_with_hanja_and_in_parts(name):
    assert screened(employed({"holder_name": name})).outcome == "eligible"


def test_the_subject_of_a_household_copy_is_the_member_who_sent_it_not_its_head():
    found = screened(household())
    age = found.conditions[0]
    assert (age.code, age.fields) == ("AGE_19_69", ("members[1].birth_date",))


def test_name_and_birth_date_must_agree_in_one_row():
    rows = [{"name": "김가상", "birth_date": "1960-01-01"}, {"name": "김예시", "birth_date": "1990-01-01"}]
    assert screened(household(members=rows)).findings == ("subject_differs",)


def test_an_entry_that_is_not_a_residents_does_not_show_where_one_lives():
    rows = [{"name": "김가상", "birth_date": "1990-01-01", "status": "거주불명"}]
    found = screened(household(members=rows))
    assert (found.outcome, found.conditions[1].why) == ("review", "not_a_resident_entry")


def test_the_newest_print_of_a_register_counts():
    old, new = household(issued_on=issued(30)), household(BUSAN, issued_on=issued(1))
    for sent in ((old, new), (new, old)):
        found = screened(*sent)
        assert (found.conditions[1].result, found.findings) == ("not_met", ("superseded",))


def test_a_newer_print_that_cannot_be_relied_on_replaces_nothing():
    found = screened(household(issued_on=issued(30)), household(BUSAN, issued_on=issued(1), authenticity="altered"))
    assert (found.outcome, found.findings) == ("eligible", ("altered",))


def test_an_older_print_does_not_spoil_a_newer_one_that_can_be_relied_on():
    found = screened(household(BUSAN, issued_on=issued(200)), household(BUSAN, issued_on=issued(1)))
    assert (found.conditions[1].result, found.findings) == ("not_met", ("stale", "superseded"))


def test_what_cannot_be_relied_on_keeps_a_no_from_being_final():
    found = screened(household(BUSAN), employed({"workplace_address": BUSAN}), employed(authenticity="altered"))
    assert (found.outcome, found.conditions[2].why) == ("review", "altered")


def test_certificates_of_two_employers_both_count():
    elsewhere = employed({"workplace_address": BUSAN}, issued_on=issued(1))
    assert screened(employed(issued_on=issued(30)), elsewhere).outcome == "eligible"


def test_no_question_is_asked_about_what_cannot_be_relied_on():
    for sent in (history(job(), authenticity="altered"), history(job(), issued_on=issued(91))):
        assert questions_in(facts(sent), programme(), TODAY) == ()
        assert screened(sent).waiting == ()


def test_questions_depend_on_facts_only_and_stand_whether_or_not_they_matter():
    sent = facts(household(), history(job(), job(workplace="미소식당"), job(workplace="옛직장", lost_on="2020-01-01")))
    asked = [Question(topic="workplace_in_seoul", name=name) for name in ("미소식당", "㈜한빛가상")]
    assert questions_in(sent, programme(), TODAY) == tuple(asked)
    assert screened(*sent.certificates).waiting == ()
    assert screened(sent.certificates[1]).waiting == tuple(asked)


def test_a_printed_address_that_cannot_be_placed_is_a_question_too():
    found = screened(employed({"workplace_address": "중구 세종대로 110", "business_number": "123-45-67891"}))
    assert found.waiting == (Question(topic="workplace_in_seoul", name="주식회사 한빛가상", number="1234567891"),)
