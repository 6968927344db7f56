"""What an attempt leads to."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from services.notification.attempts import Answer, Claimed, Policy, pause, verdict
from services.notification.rules import telling
from shared.events import NotificationExhausted, SubmissionViewed, WalletNotified

NOW = datetime(2022, 12, 12, tzinfo=UTC)
TOLD = telling(SubmissionViewed.because_of("cause", submission_id="s-" + "a" * 26, at=NOW, office="시민건강국"))
POLICY = Policy(attempts=3)
FAILED = Answer(False, "http_500")


def test_an_accepted_webhook_is_delivered_and_said() -> None:
    done = verdict(Claimed(TOLD, 1), Answer(True, "http_204"), POLICY, NOW)
    assert (done.state, done.due_at) == ("delivered", None)
    assert isinstance(done.event, WalletNotified)
    assert (done.event.webhook_id, done.event.notice) == (TOLD.webhook_id, "viewed")


def test_a_failed_attempt_is_made_again_later_and_nothing_is_said() -> None:
    done = verdict(Claimed(TOLD, 2), FAILED, POLICY, NOW)
    assert (done.state, done.code, done.event) == ("due", "http_500", None)
    assert done.due_at == NOW + pause(POLICY, TOLD.webhook_id, 2)


def test_after_the_last_attempt_it_is_exhausted_and_said() -> None:
    done = verdict(Claimed(TOLD, 3), FAILED, POLICY, NOW)
    assert done.state == "exhausted"
    assert isinstance(done.event, NotificationExhausted)


def test_an_attempt_more_than_allowed_after_a_crash_still_ends() -> None:
    assert verdict(Claimed(TOLD, 4), FAILED, POLICY, NOW).state == "exhausted"


def test_by_default_it_is_tried_for_about_a_day() -> None:
    policy = Policy()
    waits = [pause(policy, TOLD.webhook_id, attempt) for attempt in range(1, policy.attempts)]
    assert timedelta(hours=12) < sum(waits, timedelta()) < timedelta(hours=27)


@given(some.text(max_size=40), some.integers(1, 10_000))
def test_a_pause_grows_is_capped_and_is_spread_over_its_upper_half(webhook_id: str, attempt: int) -> None:
    policy = Policy()
    whole = min(policy.longest, policy.first * 3 ** min(attempt - 1, 20))
    assert whole / 2 <= pause(policy, webhook_id, attempt) <= whole


def test_two_webhooks_that_failed_together_are_not_tried_together_again() -> None:
    assert pause(POLICY, "msg_a", 1) != pause(POLICY, "msg_b", 1)
