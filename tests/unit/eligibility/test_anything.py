"""Whatever a certificate says, of whatever kind: every programme screens it, the same each time, and never guesses."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.rules import decide, explain, screen
from shared.facts import Certificate, Facts
from tests.unit.eligibility.cases import catalog, submitter

DAY = date(2023, 6, 5)
WHO = submitter()
PROGRAMMES = sorted(catalog().programmes)

SAID = (
    "",
    "김가상",
    "1990-01-01",
    "본인",
    "배우자",
    "severe",
    "거주자",
    "livelihood",
    "서울특별시 중구 세종대로 110",
    "?",
)
scalars = st.none() | st.booleans() | st.integers(-5, 3000) | st.sampled_from([*SAID, "2023-06-02"])
names = st.sampled_from(
    ["name", "birth_date", "relation", "status", "address", "moved_in_on", "year", "income", "lost_on"]
)
tables = st.lists(st.dictionaries(names, scalars, max_size=5) | scalars, max_size=3)


@st.composite
def sent(draw, programme):
    """Certificates of the kinds that the programme accepts, whose values are of any shape."""
    found = []
    for part in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(programme.accepts.kinds))
        known = catalog().certificates[kind].value_names
        values = {name: draw(scalars | tables) for name in draw(st.sets(st.sampled_from(known)))}
        if draw(st.booleans()):
            values |= {"holder_name": "김가상", "birth_date": "1990-01-01"}
        issued = draw(st.none() | st.sampled_from([date(2023, 5, 31), date(2023, 6, 1), DAY]))
        found.append(Certificate(part=part, kind=kind, values=values, issued_on=issued))
    return Facts(certificates=tuple(found))


@pytest.mark.parametrize("name", PROGRAMMES)
def test_nothing_that_certificates_may_say_raises_and_nothing_else_decides(name):
    programme = catalog().programmes[name]

    @given(sent(programme))
    def screened(facts):
        decision = decide(facts, WHO, programme, as_of=DAY, answers={})
        told = explain(decision, programme, DAY)
        assert told == screen(facts, WHO, programme, as_of=DAY, answers={})
        again = Facts.model_validate_json(facts.model_dump_json())
        assert told.model_dump_json() == screen(again, WHO, programme, as_of=DAY, answers={}).model_dump_json()
        assert [one.code for one in told.conditions] == list(decision.found) == [leaf.code for leaf in programme.leaves]
        assert bool(told.settling) == (told.outcome == "review")
        assert (told.priority is not None) == (bool(programme.priorities) and told.outcome == "eligible")
        assert (told.score is None) == (not programme.score_table)

    screened()


@pytest.mark.parametrize("name", PROGRAMMES)
def test_who_did_not_send_what_has_to_be_sent_is_never_eligible(name):
    programme = catalog().programmes[name]
    needed = [(kind,) for kind in programme.accepts.all_of] or [programme.accepts.any_of]

    @given(sent(programme), st.sampled_from(needed))
    def decided(facts, missing):
        left = Facts(certificates=tuple(one for one in facts.certificates if one.kind not in missing))
        assert decide(left, WHO, programme, as_of=DAY, answers={}).outcome != "eligible"

    decided()


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_certificate_that_could_not_be_read_never_makes_anybody_eligible_or_ineligible(name):
    programme = catalog().programmes[name]
    blank = Facts(
        certificates=tuple(
            Certificate(part=part, kind=kind, unreadable="damaged") for part, kind in enumerate(programme.accepts.kinds)
        )
    )
    assert screen(blank, WHO, programme, as_of=DAY, answers={}).outcome == "review"
