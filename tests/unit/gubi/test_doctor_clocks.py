"""Whose clock is behind, by what was said of the same submissions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.gubi.doctor.clocks import Behind, behind, event_in
from shared.events import (
    SubmissionExtracted,
    SubmissionParked,
    SubmissionReceived,
    SubmissionViewed,
    WithdrawalRequested,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def received(seconds_ago: float = 60, revision: int = 1) -> SubmissionReceived:
    about: dict[str, Any] = {"receipt": "R", "programme_id": "P", "wallet_app": "naver", "office": "o"}
    at = NOW - timedelta(seconds=seconds_ago)
    return SubmissionReceived.because_of("r", submission_id="s-1", at=at, revision=revision, **about)


def extracted(seconds_ago: float) -> SubmissionExtracted:
    at = NOW - timedelta(seconds=seconds_ago)
    return SubmissionExtracted.because_of("r", submission_id="s-1", at=at, revision=1)


def viewed(seconds_ago: float) -> SubmissionViewed:
    return SubmissionViewed.because_of("v", submission_id="s-1", at=NOW - timedelta(seconds=seconds_ago), office="o")


def test_clocks_that_agree_are_told_so() -> None:
    assert behind([extracted(59), received(60), viewed(3)], NOW) == Behind(2, {})


def test_each_service_is_behind_by_the_most_that_it_was_early() -> None:
    assert behind([received(60), extracted(100), extracted(70), viewed(61)], NOW) == Behind(
        3, {"extraction": 40.0, "dashboard": 1.0}
    )


def test_a_reception_of_long_ago_tells_of_clocks_no_more() -> None:
    assert behind([received(3_601), extracted(7_200)], NOW) == Behind()


def test_what_was_said_before_a_supplement_was_received_is_no_sign() -> None:
    assert behind([received(10, revision=2), extracted(60)], NOW) == Behind()


def test_what_intake_says_itself_and_what_several_say_is_not_compared() -> None:
    at = NOW - timedelta(hours=5)
    asked = WithdrawalRequested.because_of("w", submission_id="s-1", at=at, kind="take_back")
    about = {"service": "extraction", "parked_topic": "t", "reason": "bug:KeyError"}
    parked = SubmissionParked.because_of("p", submission_id="s-1", at=at, **about)
    assert behind([received(), asked, parked], NOW) == Behind()


def test_a_record_that_is_no_event_of_a_submission_tells_nothing() -> None:
    event = received()
    assert event_in(event.topic, event.model_dump_json().encode()) == event
    assert event_in(event.topic, b"{}") is None
    assert event_in(event.topic, None) is None
    assert event_in("question-raised-v1", b"{}") is None
    assert event_in("strange", b"{}") is None
