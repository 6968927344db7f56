"""Folding events in any order, any number of times, gives the same standing; and the classes cover everything."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.events import (
    Event,
    ExtractionFailed,
    SubmissionDecided,
    SubmissionExtracted,
    SubmissionParked,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    SupplementAsked,
)
from shared.standing import CLASSES, Standing, fold

SID = "s-abcdefghijklmnopqrstuvwxyz"
NOON = datetime(2022, 12, 12, 3, tzinfo=UTC)


def said(event: type[Event], minutes: int = 0, **fields: object) -> Event:
    return event.because_of(
        f"{event.topic}{minutes}", submission_id=SID, at=NOON + timedelta(minutes=minutes), **fields
    )


RECEIVED = said(SubmissionReceived, receipt="R", programme_id="P", wallet_app="naver", office="o")
READ = said(SubmissionExtracted, 1, revision=1)
FAILED = said(ExtractionFailed, 1, revision=1, reason="no_text_layer")


def screened(minutes: int, outcome: str, edition: int = 0, revision: int = 1) -> Event:
    fields = {
        "revision": revision,
        "rule_version": 1,
        "as_of": date(2022, 12, 12),
        "edition": edition,
        "outcome": outcome,
    }
    return said(SubmissionScreened, minutes, **fields)


REVIEW, ELIGIBLE = screened(2, "review"), screened(9, "eligible", edition=1)
VIEWED, VIEWED_AGAIN = said(SubmissionViewed, 3, office="o"), said(SubmissionViewed, 4, office="x")
DECIDED = said(SubmissionDecided, 5, decision="eligible", office="o")
TAKEN_BACK, WITHDRAWN = said(SubmissionTakenBack, 6), said(SubmissionWithdrawn, 6)
PARKED = said(SubmissionParked, 7, service="extraction", parked_topic="t", reason="bug:ValueError")
ASKED = said(SupplementAsked, 8, revision=1, due_on=date(2022, 12, 26))
EVERYTHING = [
    RECEIVED,
    READ,
    FAILED,
    REVIEW,
    ELIGIBLE,
    VIEWED,
    VIEWED_AGAIN,
    DECIDED,
    TAKEN_BACK,
    WITHDRAWN,
    PARKED,
    ASKED,
]


def standing(*events: Event) -> Standing:
    found = Standing()
    for event in events:
        found = fold(found, event)
    return found


@given(st.lists(st.sampled_from(EVERYTHING), max_size=14), st.randoms())
def test_order_and_repetition_change_nothing(events: list[Event], random: object) -> None:
    shuffled = [*events, *events]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(*events) == standing(*shuffled)
    assert standing(*events).submission_class in CLASSES


def test_a_submission_is_in_the_first_class_that_holds() -> None:
    assert standing(RECEIVED).submission_class == "in_flight"
    assert standing(RECEIVED, PARKED).submission_class == "parked"
    assert standing(RECEIVED, FAILED).submission_class == "unreadable"
    assert standing(RECEIVED, READ, PARKED, REVIEW).submission_class == "review"
    assert standing(RECEIVED, READ, REVIEW, ELIGIBLE).submission_class == "eligible"
    assert standing(RECEIVED, READ, REVIEW, ASKED).submission_class == "supplement"
    assert standing(RECEIVED, READ, ELIGIBLE, TAKEN_BACK).submission_class == "taken_back"
    assert standing(RECEIVED, READ, ELIGIBLE, TAKEN_BACK, WITHDRAWN).submission_class == "withdrawn"


def test_the_highest_edition_holds_even_when_it_is_heard_first() -> None:
    assert standing(ELIGIBLE, REVIEW).submission_class == "eligible"


def test_the_first_view_stands() -> None:
    assert standing(VIEWED_AGAIN, VIEWED).viewed_at == VIEWED.at


def test_a_later_certificate_that_could_be_read_mends_an_unreadable_one() -> None:
    assert standing(RECEIVED, FAILED, said(SubmissionExtracted, 20, revision=2)).submission_class == "in_flight"


def test_after_a_take_back_nothing_of_the_screening_is_kept_even_if_it_is_heard_later() -> None:
    for found in (standing(*EVERYTHING[:9]), standing(TAKEN_BACK, *EVERYTHING[:8])):
        assert found.screening is None
        assert found.viewed_at is None
        assert (found.receipt, found.taken_back_at) == ("R", TAKEN_BACK.at)
