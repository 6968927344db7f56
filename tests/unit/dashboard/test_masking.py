"""What names a person is nowhere on a covered screen, and what is decided on is."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest

from services.dashboard.pages.conditions import conditions
from services.dashboard.pages.masking import Mask, covered
from services.dashboard.pages.showing import papers
from shared.catalog import load
from shared.facts import Claim, Facts, Finding, Submitter
from tests.builders.desk import AS_OF, FACTS, PROGRAMME, screening
from tests.unit.dashboard.test_showing import one, opened

CATALOG = load()
SUBMITTER = Submitter(wallet_address="1x", name="김가상", birth_date=date(1990, 1, 1))


def an_opened(facts: Facts = FACTS, **how: Any) -> Any:
    found = opened(facts, **how)
    found.submitter = SUBMITTER
    return found


def shown(facts: Facts = FACTS) -> str:
    found = an_opened(facts)
    mask = Mask.of(found, CATALOG)
    drawn = [asdict(mask.paper(paper)) for paper in papers(found, CATALOG, AS_OF)]
    return str(drawn)


def test_names_birth_dates_and_numbers_are_covered_and_workplaces_and_dates_are_not() -> None:
    text = shown(one(number="2022-00123-456", issued_on=date(2022, 12, 1)))
    for secret in ("김가상", "김 가 상", "1990-01-01", "900101", "2022-00123-456"):
        assert secret not in text
    for seen in ("김*상", "1990-**-**", "주식회사 한빛가상", "2022-12-01"):
        assert seen in text


def test_a_sentence_that_quotes_a_secret_does_not_give_it_away() -> None:
    found = an_opened()
    sealed = screening("eligible")
    sealed["conditions"][0]["reason_ko"] = "김가상님은 1990-01-01에 태어났습니다."
    [condition] = conditions(sealed, CATALOG.programmes[PROGRAMME], ())
    after = Mask.of(found, CATALOG).condition(condition)
    assert after.reason == "김*상님은 1990-**-**에 태어났습니다."
    assert "1990-01-01" not in after.observed


def test_both_sides_of_a_disagreement_about_a_name_are_covered() -> None:
    claims = (Claim(source="text", value="박가상", page=1, box=(1, 2, 3, 4)), Claim(source="embedded", value="박나상"))
    facts = one(findings=(Finding(code="sources_disagree", names=("holder_name",), claims=claims),))
    assert "박가상" not in shown(facts)
    assert "박나상" not in shown(facts)
    covers = Mask.of(an_opened(facts), CATALOG).covers(an_opened(facts), 0, 1)
    assert (1, 2, 3, 4) in covers.boxes


def test_the_picture_is_covered_where_such_a_value_stands_and_wherever_its_text_is_repeated() -> None:
    covers = Mask.of(an_opened(), CATALOG).covers(an_opened(), 0, 1)
    assert set(covers.boxes) == {(100, 700, 150, 712), (300, 700, 390, 712)}
    assert "김가상" in covers.texts
    assert Mask.of(an_opened(), CATALOG).covers(an_opened(), 0, 2).boxes == ()


def test_what_was_read_before_a_correction_is_covered_too() -> None:
    found = an_opened(one(values={"holder_name": "김나상"}))
    found.read = FACTS
    mask = Mask.of(found, CATALOG)
    assert {"김가상", "김나상"} <= set(mask.secrets)
    [paper] = papers(found, CATALOG, AS_OF)
    [value] = [one for group in paper.groups for one in group.values if one.path == "holder_name"]
    told = mask.paper(
        replace(
            paper,
            groups=(
                replace(paper.groups[0], values=(replace(value, was="김가상", why="kim · 김가상이 아니라 김나상"),)),
            ),
        )
    )
    assert "김가상" not in str(asdict(told))
    assert "김*상이 아니라" in str(asdict(told))


@pytest.mark.parametrize(
    ("text", "as_type", "shows"),
    [("김가상", "name", "김*상"), ("김상", "name", "김*"), ("남궁가상", "name", "남**상"),
     ("1990-01-01", "rrn", "1990-**-**"), ("서울특별시 중구 가상로 1", "address", "서울특별시 중구 ***"),
     ("9818-0055-8843", "number", "98**********43")],
)  # fmt: skip
def test_enough_is_shown_to_tell_two_apart(text: str, as_type: Any, shows: str) -> None:
    assert covered(text, as_type) == shows
