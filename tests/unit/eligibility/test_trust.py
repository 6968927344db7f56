"""What is held against a certificate, and what it is then worth."""

from datetime import date, timedelta

import pytest

from services.eligibility.rules import Question, questions_in, screen
from shared.facts import Finding
from tests.unit.eligibility.cases import (
    BUSAN,
    TODAY,
    catalog,
    certificate,
    disagreeing,
    employed,
    facts,
    history,
    household,
    job,
    programme,
    submitter,
)


def screened(*sent, rules=None, **who):
    return screen(facts(*sent), submitter(**who), rules or programme(), as_of=TODAY, answers={})


def issued(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(("days", "outcome"), [(0, "eligible"), (89, "eligible"), (90, "eligible"), (91, "review")])
def test_a_certificate_is_fresh_for_90_days(days, outcome):
    found = screened(household(issued_on=issued(days)))
    assert (found.outcome, found.findings) == (outcome, ("stale",) if days > 90 else ())


@pytest.mark.parametrize(("left", "outcome"), [(0, "eligible"), (-1, "review")])
def test_a_certificate_is_good_up_to_its_last_day_and_not_after(left, outcome):
    found = screened(household(valid_until=TODAY + timedelta(days=left)))
    assert (found.outcome, found.findings) == (outcome, () if left >= 0 else ("expired",))


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


def test_a_value_that_no_signature_covers_is_worth_what_an_unverified_certificate_is():
    unsigned = household().model_copy(update={"findings": (Finding(code="metadata_only", names=("address",)),)})
    strict = programme(unverified_certificates="cannot_tell")
    assert (screened(unsigned).outcome, screened(unsigned).findings) == ("eligible", ("metadata_only",))
    assert (screened(unsigned, rules=strict).outcome, screened(household(), rules=strict).outcome) == (
        "review",
        "eligible",
    )


@pytest.mark.parametrize("code", ["business_number_check", "rrn_redacted", "metadata_unreadable"])
def test_a_note_of_the_reader_is_told_and_holds_nothing_against_the_certificate(code):
    noted = household().model_copy(update={"findings": (Finding(code=code, names=("business_number",)),)})
    found = screened(noted)
    assert (found.outcome, found.findings, found.of_certificates) == ("eligible", (code,), {0: (code,)})


def test_what_is_said_is_said_of_the_certificate_it_is_about():
    found = screened(employed(), household(issued_on=issued(91)))
    assert (found.findings, found.of_certificates) == (("stale",), {1: ("stale",)})


def test_a_certificate_that_another_holder_sent_too_shows_nothing_and_disproves_nothing():
    for address in ("", BUSAN):
        found = screen(
            facts(household(address)), submitter(), programme(), as_of=TODAY, answers={}, elsewhere={0: ("same_file",)}
        )
        assert (found.outcome, found.findings) == ("review", ("same_file",))


DISPUTED = [
    (household(), "address"),
    (household(), "members"),
    (household(), "members[1].birth_date"),
    (household(), "members[1].status"),
    (household(), "members[1].moved_in_on"),
    (household(), "moved_in_on"),
    (household(), "issued_on"),
    (household(), "valid_until"),
    (employed(), "holder_name"),
    (employed(), "birth_date"),
    (employed(), "workplace"),
    (employed(), "workplace_address"),
    (employed(), "hired_on"),
    (employed(), "employed_until"),
    (history(job(lost_on="2020-01-01")), "employments"),
    (history(job(lost_on="2020-01-01")), "employments[0].lost_on"),
    (history(job()), "employments[0].workplace"),
]


@pytest.mark.parametrize(("sent", "name"), DISPUTED, ids=lambda one: one if isinstance(one, str) else one.kind)
def test_where_sources_disagree_no_condition_that_rests_on_it_is_met_or_not_and_it_says_so(sent, name):
    found = screened(disagreeing(sent, name))
    assert (found.outcome, "sources_disagree" in found.findings) == ("review", True)
    [told] = [one for one in found.conditions if one.why == "sources_disagree"][-1:]
    assert (told.result, told.fields, found.waiting) == ("cannot_tell", (name,), ())
    assert "출처마다 서로 달라" in told.reason_ko


def test_a_disagreement_on_what_no_condition_rests_on_changes_nothing_but_is_told():
    found = screened(disagreeing(employed({"position": "대리"}), "position"))
    assert (found.outcome, found.findings) == ("eligible", ("sources_disagree",))


def test_a_disagreement_on_one_job_does_not_spoil_another():
    rows = history(job(workplace_address=BUSAN), job(workplace_address="서울특별시 중구 세종대로 110"))
    assert screened(disagreeing(rows, "employments[0].workplace_address")).outcome == "eligible"


ISSUED_FOR_ONE = sorted(set(catalog().certificates) - {"RR_FULL"})


@pytest.mark.parametrize("kind", ISSUED_FOR_ONE)
def test_of_every_kind_issued_for_one_person_the_subject_is_its_holder(kind):
    def findings(**values):
        of_kind = programme(freshness_days={})
        return screened(
            certificate(kind, {"holder_name": "김가상", "birth_date": "1990-01-01"} | values), rules=of_kind
        ).findings

    assert findings() == ()
    assert findings(birth_date="1990-01-02") == findings(holder_name="이가상") == ("subject_differs",)
    assert findings(birth_date=None) == ("subject_unclear",)


@pytest.mark.parametrize("kind", ["BLSS", "NEARPOOR", "SINGLEP"])
def test_who_is_only_listed_beside_the_holder_is_for_a_person_to_look_at(kind):
    family = [{"name": "김가상", "birth_date": "1990-01-01", "relation": "자"}]
    listed = certificate(kind, {"holder_name": "박예시", "birth_date": "1960-01-01", "members": family})
    assert screened(listed).findings == ("subject_unclear",)
    assert screened(listed, name="이남남").findings == ("subject_differs",)


def test_no_question_is_asked_about_what_cannot_be_relied_on():
    expired = history(job(), valid_until=issued(1))
    for sent in (history(job(), authenticity="altered"), history(job(), issued_on=issued(91)), expired):
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
