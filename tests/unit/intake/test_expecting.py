"""What a citizen is told to expect: the step that comes next, and a date that is a setting and never a promise."""

from datetime import date
from typing import Any

import pytest

from services.intake.expecting import Next, coming
from services.intake.links import Links
from services.intake.telling import Story, Telling
from services.intake.timeline import timeline
from shared import events as said
from shared.catalog import load
from shared.gate.model import Decided, Look
from shared.vault import Keyring
from tests.unit.intake.test_timeline import LIFE, RECEIVED, T0, at, case, event, screened

CATALOG = load()
PROGRAMME = CATALOG.programmes["SONMOK9988_2022"]
TODAY = date(2026, 11, 23)
READ = event(said.SubmissionExtracted, 1, revision=1)
LOOK = Look("kim", "sonmok9988", "심사", at(4), "r1")
DECIDED = Decided("eligible", "kim", "sonmok9988", at(5), "r2", at(15))
ASKED = event(said.SupplementAsked, 6, revision=1, due_on=date(2026, 12, 1))
UNREADABLE = event(said.ExtractionFailed, 1, revision=1, reason="damaged")


def expected(
    *events: said.SubmissionEvent, programme: Any = PROGRAMME, today: date = TODAY, **state: Any
) -> Next | None:
    it = case(**state)
    return coming(it, timeline(it, events), programme, CATALOG.working_days, today)


@pytest.mark.parametrize(
    ("state", "events", "what"),
    [
        ({}, (), "read"),
        ({}, (READ,), "waiting"),
        ({}, (READ, screened(2)), "viewed"),
        ({"state": "viewed", "first_view": LOOK}, (READ, screened(2)), "decided"),
        ({"state": "viewed", "first_view": LOOK}, (), "decided"),
        ({"state": "decided", "decided": DECIDED}, (READ, screened(2)), "decided"),
        ({}, (UNREADABLE,), "sent_again"),
        ({}, (READ, screened(2), ASKED), "supplement"),
        ({"state": "taking_back"}, (READ,), "taken_back"),
        ({"state": "withdrawing"}, (READ,), "withdrawn"),
    ],
)
def test_the_step_that_comes_next(state: dict[str, Any], events: tuple[said.SubmissionEvent, ...], what: str) -> None:
    found = expected(*events, **state)
    assert found is not None
    assert found.what == what


@pytest.mark.parametrize(
    "state",
    [
        {"state": "taken_back"},
        {"state": "withdrawn"},
        {"state": "expired"},
        {"state": "decided", "decided": DECIDED, "closed_at": at(15)},
    ],
)
def test_nothing_is_expected_of_what_is_over(state: dict[str, Any]) -> None:
    assert expected(*LIFE, **state) is None


def test_an_answer_is_expected_by_the_programmes_own_working_days_and_carries_their_label() -> None:
    found = expected(READ, screened(2))
    assert found is not None
    # Received on Sunday 22 November 2026 in Seoul: the tenth working day after it.
    assert (found.answer_by, found.working_days, found.label) == (date(2026, 12, 4), 10, "예시")
    assert not found.overdue


def test_the_day_of_receipt_is_the_day_in_seoul() -> None:
    # 22 November, 16:00 UTC is Monday the 23rd in Seoul.
    found = expected(received_at=T0.replace(hour=16))
    assert found is not None
    assert found.answer_by == date(2026, 12, 7)


def test_a_day_that_has_passed_is_said_to_be_late() -> None:
    on_the_day, a_day_later = (expected(READ, today=date(2026, 12, day)) for day in (4, 5))
    assert on_the_day is not None
    assert a_day_later is not None
    assert (on_the_day.overdue, a_day_later.overdue) == (False, True)


def test_where_nobody_says_how_long_it_takes_no_date_is_told() -> None:
    silent = PROGRAMME.model_copy(update={"answers_within": None})
    for programme in (silent, None):
        found = expected(READ, programme=programme)
        assert found is not None
        assert (found.what, found.answer_by, found.label) == ("waiting", None, None)


@pytest.fixture
def telling(keyring: Keyring) -> Telling:
    return Telling(CATALOG, Links(keyring, "https://gubi.example"), lambda: T0)


def test_every_step_is_told_in_both_languages_with_its_reason(telling: Telling) -> None:
    steps = telling.answer(Story(case(), [*LIFE, ASKED, UNREADABLE])).steps
    told = {step.what: step for step in steps}
    assert all(step.title.ko and step.title.en for step in steps)
    assert told["authentic"].detail is not None
    assert told["authentic"].detail.ko == "진본 1건, 미검증(아직 진본인지 알 수 없어 담당자가 확인함) 1건"
    assert told["viewed"].detail is not None
    assert told["viewed"].detail.ko == "서울특별시 손목닥터 9988 담당 (예시)"
    assert told["unreadable"].detail is not None
    assert told["unreadable"].detail.en == "The file is damaged and does not open."
    assert told["supplement_asked"].detail is not None
    assert told["supplement_asked"].detail.ko == "2026년 12월 1일(화)까지 보완할 수 있습니다."


def test_an_expectation_is_worded_as_one(telling: Telling) -> None:
    following = telling.answer(Story(case(), [RECEIVED, READ, screened(2)])).next
    assert following is not None
    assert following.when is not None
    assert "2026년 12월 4일(금)" in following.when.ko
    assert "약속은 아닙니다" in following.when.ko
    assert "not a promise" in following.when.en


def test_the_office_of_the_programme_is_offered_and_every_office_where_the_programme_is_not_known(
    telling: Telling,
) -> None:
    [office] = telling.answer(Story(case(), [UNREADABLE])).alternatives
    assert (office.institution, office.office, office.contact.basis) == ("seoul", "sonmok9988", "예시")
    assert office.contact.visit.ko
    assert office.contact.post.en
    assert office.contact.fax
    everywhere = telling.answer(Story(case(programme_id="GONE_1", office="gone"), [])).alternatives
    assert [one.office for one in everywhere] == [office.id for _, office in CATALOG.offices]


def test_the_district_that_was_chosen_is_the_one_to_turn_to(telling: Telling) -> None:
    [office] = telling.answer(Story(case(programme_id="ASSET_2023", office="gangbuk_asset"), [])).alternatives
    assert (office.institution, office.office) == ("gangbuk", "gangbuk_asset")
    assert office.name.ko.startswith("서울특별시 강북구 ")
