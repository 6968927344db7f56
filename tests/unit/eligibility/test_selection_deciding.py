"""A run decides each submission as screening it alone would: outcome, edition, and all."""

from datetime import UTC, date, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.groups import Group, Member
from services.eligibility.rules import Question, screen
from services.eligibility.rules import decide as decide_alone
from services.eligibility.ruling import Ruling
from services.eligibility.screenings import answer_of, decide, opened
from services.eligibility.selection.deciding import Counted, Known, Pinned, closed, count, unread
from services.eligibility.selection.ranking import Candidate
from shared.facts import Certificate, Facts, Settled, Submitter
from shared.gate import Case, Filed, MachineCase
from shared.questions import AskedQuestion, GivenAnswer, question_id
from tests.unit.eligibility import test_anything, test_notices
from tests.unit.eligibility import test_screening_laws as laws
from tests.unit.eligibility.cases import (
    BUSAN,
    TODAY,
    catalog,
    employed,
    facts,
    history,
    household,
    job,
    programme,
    submitter,
)

NOW = datetime(2022, 12, 12, 3, tzinfo=UTC)
MILLIS = 1_670_814_000_000
"""The same, as the store keeps it."""
ME, OTHER = "s-me", "s-other"
LATER = date(2023, 9, 15)


def token(purpose: str, text: str) -> str:
    return f"{purpose}:{text}"


def filed(found: Facts, fingerprints: list[str] | None = None, **changes: object) -> Filed:
    prints = fingerprints or [f"file-{one.part}" for one in found.certificates]
    held = [{"blob_id": "b", "key": b"", "kind": "RR_FULL", "fingerprint": one, "size": 1} for one in prints]
    document = {"_id": ME, "state": "held", "receipt": "R", "programme_id": programme().id, "wallet_app": "naver"}
    document |= {
        "holder": "h-me",
        "office": "o",
        "received_at": NOW.replace(tzinfo=None),
        "revision": 1,
        "digest": "d",
        "key": {},
    }
    return Filed(document | {"certificates": held} | changes)


def alone(submission: Filed, found: Facts, sender: Submitter, asked: list[AskedQuestion], groups: list[Group]):
    """What the screener would make of it, given every group that it belongs to."""
    rules = programme()
    case = Case.from_document(submission.document | {"received_at": NOW})
    item = opened(MachineCase(case, None, sender), found, rules, id_of, token)  # type: ignore[arg-type]
    me = Member(ME, NOW, submission.holder)
    known = {group.key: group for group in groups}
    mine = {str(key): known.get(str(key)) or Group(str(key), (me,), frozenset(), 1) for key in item.keys}
    return decide(item, {one.question_id: one for one in asked}, mine)


def id_of(key: str) -> str:
    return question_id(token, key)


def about(firm: str, revision: int, value: str | None, *, blank: bool = False) -> AskedQuestion:
    question = Question(topic="workplace_in_seoul", name=firm)
    answer = GivenAnswer(value, "명부", "명부", NOW) if value else None  # type: ignore[arg-type]
    text = None if blank else question.model_dump()
    return AskedQuestion(id_of(question.key), programme().id, text, NOW, revision, answer)


def pinned(asked: list[AskedQuestion], groups: list[Group]) -> Pinned:
    known = {one.question_id: Known(answer_of(one), one.revision) for one in asked if one.revision}
    texts = {one.question_id: Question.model_validate(one.text) for one in asked if one.revision and one.text}
    questions = {text: known[name] for name, text in texts.items()}
    blank = {name: known[name] for name in known.keys() - texts.keys()}
    return Pinned(programme(), TODAY, questions, {group.key: group for group in groups}, blank)


@st.composite
def questions_asked(draw) -> list[AskedQuestion]:
    found = []
    firms = st.lists(st.sampled_from(laws.FIRMS), unique_by=lambda name: about(name, 0, None).question_id)
    for firm in draw(firms):
        value = draw(st.sampled_from(["yes", "no", "cannot_tell", None]))
        revision = draw(st.integers(1, 3)) if value else draw(st.sampled_from([0, 2]))
        found.append(about(firm, revision, value, blank=draw(st.booleans())))
    return found


@st.composite
def company(draw, found: Facts) -> list[Group]:
    """Groups of this submission: the same person's, a file sent by another, and some that somebody has left."""
    me, other = Member(ME, NOW, "h-me"), Member(OTHER, NOW.replace(hour=2), draw(st.sampled_from(["h-me", "h-x"])))
    keys = [f"applicant|{programme().id}|h-me", *(f"file|file-{one.part}" for one in found.certificates)]
    groups = []
    for key in draw(st.lists(st.sampled_from(keys), unique=True)):
        members = draw(st.sampled_from([(me, other), (other, me), (me,)]))
        past = draw(st.integers(0, 2)) if len(members) > 1 else draw(st.integers(1, 2))
        groups.append(Group(key, members, frozenset(), len(members) + past))
    return groups


@given(laws.sent, laws.people, questions_asked(), st.data())
def test_a_run_decides_each_submission_as_screening_it_alone_does(found, sender, asked, data):
    groups = data.draw(company(found))
    counted = count(filed(found), found, sender, pinned(asked, groups), token)
    if any(one.unreadable for one in found.certificates):
        assert counted == Counted(ME, "unreadable")
        return
    screened = alone(filed(found), found, sender, asked, groups)
    assert (counted.outcome, counted.revision, counted.edition) == (screened.screening.outcome, 1, screened.edition)
    assert (counted.candidate is not None) == (counted.outcome == "eligible")


@given(
    laws.sent, laws.people, st.sampled_from(sorted(catalog().versions)), st.dates(date(2022, 1, 1), date(2024, 1, 1))
)
def test_every_programme_is_decided_alike_for_one_case_and_for_a_population(found, sender, key, as_of):
    rules = catalog().versions[key]
    if any(one.unreadable for one in found.certificates):
        return
    counted = count(filed(found), found, sender, Pinned(rules, as_of, {}, {}), token)
    alone = screen(found, sender, rules, as_of=as_of, answers={})
    assert counted.outcome == alone.outcome


found_out = st.builds(
    Settled,
    result=st.sampled_from(["met", "not_met"]),
    source=st.just("전산검색"),
    on=st.just(TODAY),
    by=st.just("이담당"),
)


@pytest.mark.parametrize("name", sorted(catalog().programmes))
def test_what_an_official_found_out_is_heeded_alike_for_one_case_and_for_a_population(name):
    rules = catalog().programmes[name]
    codes = [leaf.code for leaf in rules.leaves]

    @given(test_anything.sent(rules), st.dictionaries(st.sampled_from(codes), found_out))
    def decided(found, settled):
        found = found.model_copy(update={"settled": settled})
        counted = count(filed(found), found, submitter(), Pinned(rules, TODAY, {}, {}), token)
        alone = screen(found, submitter(), rules, as_of=TODAY, answers={})
        assert counted.outcome == alone.outcome
        for leaf, told in zip(rules.leaves, alone.conditions, strict=True):
            said = settled.get(leaf.code) if leaf.by_person else None
            assert (told.why == "person") == (said is not None)
            assert said is None or told.result == said.result

    decided()


def candidate_of(given_: test_notices.Given) -> Candidate | None:
    """What a run ranks by, which must be what screening it alone gives."""
    found, who, rules, as_of, answers = given_
    known = {question: Known(answer, 1) for question, answer in answers.items()}
    counted = count(filed(found), found, who, Pinned(rules, as_of, known, {}), token)
    if any(one.unreadable for one in found.certificates):
        assert counted.candidate is None
        return None
    alone = decide_alone(found, who, rules, as_of=as_of, answers=answers)
    household = token("household", alone.household) if alone.household else ""
    expected = Candidate(ME, MILLIS, "h-me", household, alone.priority, alone.score)
    assert counted.candidate == (expected if alone.outcome == "eligible" else None)
    return counted.candidate


@pytest.mark.parametrize("name", sorted(catalog().programmes))
def test_whatever_certificates_say_a_run_ranks_by_what_screening_it_alone_gives(name):
    rules = catalog().programmes[name]
    open_ones = [leaf.code for leaf in rules.leaves if leaf.by_person]

    @given(test_anything.sent(rules), st.fixed_dictionaries(dict.fromkeys(open_ones, found_out)))
    def ranked(found, settled):
        found = found.model_copy(update={"settled": settled})
        candidate_of(test_notices.Given(found, submitter(), rules, TODAY, {}))

    ranked()


@pytest.mark.parametrize("table", test_notices.TABLES, ids=[table["programme"] for table in test_notices.TABLES])
def test_every_programme_has_somebody_to_rank_by_its_own_priority_points_and_household(table):
    found = [one for case in table["cases"] if (one := candidate_of(test_notices.given(table, case)))]
    rules = catalog().programmes[table["programme"]]
    assert found
    assert all((one.priority is not None) == bool(rules.priorities) for one in found)
    assert all((one.score is not None) == bool(rules.score_table) for one in found)
    by_household = rules.selection is not None and rules.selection.one_per == "household"
    assert any(one.household for one in found) == by_household


@cache
def put_together_once(key: tuple[str, int], as_of: date) -> Ruling:
    return Ruling(catalog().versions[key], as_of)


@given(
    laws.sent, laws.people, laws.answered, st.sampled_from(sorted(catalog().versions)), st.sampled_from([TODAY, LATER])
)
def test_rules_that_have_decided_many_decide_the_next_as_rules_put_together_for_it_alone(
    found, sender, answers, key, as_of
):
    by_many = put_together_once(key, as_of).decide(found, sender, answers)
    assert by_many == decide_alone(found, sender, catalog().versions[key], as_of=as_of, answers=answers)


def test_an_answer_whose_question_has_lost_its_text_counts_in_a_run_as_any_other() -> None:
    found = facts(history(job()), household(BUSAN))
    for blank in (False, True):
        counted = count(
            filed(found), found, submitter(), pinned([about("주식회사 한빛가상", 2, "yes", blank=blank)], []), token
        )
        assert (counted.outcome, counted.edition) == ("eligible", count_without(found) + 2)


def count_without(found: Facts) -> int:
    return count(filed(found), found, submitter(), pinned([], []), token).edition


def test_an_eligible_one_carries_what_its_place_depends_on() -> None:
    found = facts(household())
    rules = programme(selection=pinned([], []).selection.model_copy(update={"one_per": "household"}))
    counted = count(filed(found), found, submitter(), Pinned(rules, TODAY, {}, {}), token)
    assert counted.candidate == Candidate(ME, MILLIS, "h-me", counted.candidate.household, None, None)
    assert counted.candidate.household.startswith("household:")


def test_no_household_is_looked_at_where_places_are_not_given_by_it() -> None:
    found = facts(household())
    candidate = count(filed(found), found, submitter(), pinned([], []), token).candidate
    assert candidate is not None
    assert candidate.household == ""


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("taking_back", "taken_back"),
        ("taken_back", "taken_back"),
        ("withdrawing", "withdrawn"),
        ("withdrawn", "withdrawn"),
        ("expired", "expired"),
    ],
)
def test_what_is_closed_or_being_closed_is_counted_as_gone(state: str, outcome: str) -> None:
    gone = filed(facts(household()), state=state, key=None)
    assert not gone.is_open
    assert closed(gone) == Counted(ME, outcome)  # type: ignore[arg-type]


def test_what_is_not_read_yet_is_in_flight() -> None:
    assert unread(filed(facts(household()))) == Counted(ME, "in_flight")


def test_a_submission_with_a_certificate_that_cannot_be_read_is_unreadable() -> None:
    found = Facts(certificates=(household(), Certificate(part=1, kind="EI_HIST", unreadable="damaged")))
    assert count(filed(found), found, submitter(), pinned([], []), token) == Counted(ME, "unreadable")


def test_an_answer_makes_a_later_edition_also_where_the_certificate_does_not_count() -> None:
    found = facts(history(job()), employed(authenticity="altered"))
    taken_back = [about("주식회사 한빛가상", 2, None)]
    for sender in (submitter(), submitter(name="다른이")):
        counted = count(filed(found), found, sender, pinned(taken_back, []), token)
        assert counted.edition == alone(filed(found), found, sender, taken_back, []).edition
