"""What an attempt leads to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notification.attempts import Answer, Claimed, Policy, asked_wait, pause, verdict
from services.notification.rules import telling
from shared.events import NotificationExhausted, NotificationRecovered, SubmissionViewed, WalletNotified

NOW = datetime(2022, 12, 12, tzinfo=UTC)
TOLD = telling(SubmissionViewed.because_of("cause", submission_id="s-" + "a" * 26, at=NOW, office="시민건강국"))
POLICY = Policy(attempts=3)
FAILED = Answer(False, "http_500")


def test_an_accepted_webhook_is_delivered_and_said() -> None:
    done = verdict(Claimed(TOLD, 1), Answer(True, "http_204"), POLICY, NOW, 0.5)
    assert (done.state, done.due_at) == ("delivered", None)
    [event] = done.events
    assert isinstance(event, WalletNotified)
    assert (event.webhook_id, event.notice) == (TOLD.webhook_id, "viewed")


def test_what_was_given_up_and_is_accepted_after_all_is_said_to_have_recovered() -> None:
    done = verdict(Claimed(TOLD, 1, given_up=True), Answer(True, "http_204"), POLICY, NOW, 0.5)
    assert [type(event) for event in done.events] == [WalletNotified, NotificationRecovered]


def test_a_failed_attempt_is_made_again_later_and_nothing_is_said() -> None:
    done = verdict(Claimed(TOLD, 2), FAILED, POLICY, NOW, 0.25)
    assert (done.state, done.code, done.events) == ("due", "http_500", ())
    assert done.due_at == NOW + pause(POLICY, 2, 0.25)


def test_after_the_last_attempt_it_is_exhausted_and_said_with_how_it_failed() -> None:
    done = verdict(Claimed(TOLD, 3), FAILED, POLICY, NOW, 0.5)
    assert done.state == "exhausted"
    [event] = done.events
    assert isinstance(event, NotificationExhausted)
    assert event.code == "http_500"


def test_an_attempt_more_than_allowed_after_a_crash_still_ends() -> None:
    assert verdict(Claimed(TOLD, 4), FAILED, POLICY, NOW, 0.5).state == "exhausted"


@pytest.mark.parametrize(("draw", "least", "most"), [(0.0, 12, 24), (0.5, 22, 30), (1.0, 24, 36)])
def test_by_default_it_is_tried_for_about_a_day(draw: float, least: int, most: int) -> None:
    policy = Policy()
    waits = [pause(policy, attempt, draw) for attempt in range(1, policy.attempts)]
    assert timedelta(hours=least) < sum(waits, timedelta()) < timedelta(hours=most)


@given(some.floats(0, 1), some.integers(1, 10_000))
def test_a_pause_grows_is_capped_and_is_spread_over_its_upper_half(draw: float, attempt: int) -> None:
    policy = Policy()
    whole = min(policy.longest, policy.first * 3 ** min(attempt - 1, 20))
    assert whole / 2 <= pause(policy, attempt, draw) <= whole


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta()),
        ("Mon, 12 Dec 2022 00:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 12 Dec 2022 09:01:00 +0900", timedelta(minutes=1)),
        ("Mon, 12 Dec 2022 00:01:00", timedelta(minutes=1)),
        ("Sun, 11 Dec 2022 23:59:00 GMT", None),
        ("1 Jan 99999999999 00:00:00 GMT", None), ("Mon, 12 Dec 2022 00:01:00 +9999999999999999", None),
        ("-5", None), ("1.5", None), ("soon", None), ("", None), (None, None), ("9" * 40, None), ("١٢", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_anything_else_is_nothing(
    header: str | None, wait: timedelta | None
) -> None:
    assert asked_wait(header, NOW) == wait


@given(some.text(max_size=60))
def test_no_retry_after_is_too_strange_to_be_read(header: str) -> None:
    asked_wait(header, NOW)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(seconds=1), timedelta(seconds=5)),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(days=400), timedelta(hours=6)),
    ],
)
def test_a_wait_that_is_asked_for_is_kept_between_our_own_and_the_longest(asked: timedelta, waited: timedelta) -> None:
    done = verdict(Claimed(TOLD, 1), Answer(False, "http_503", asked), Policy(), NOW, 1.0)
    assert done.due_at == NOW + waited
