"""How fast an endpoint is told, how many at a time, and when it counts as dead."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notification.attempts import Answer
from services.notification.health import Health, Rule, why_suspend
from services.notification.pacing import AT_ONCE, LONGEST_HOLD, LONGEST_REST, Bucket, Pace, after, drawn

NOW = datetime(2022, 12, 12, tzinfo=UTC)
WELL = Answer(True, "http_204", seconds=0.1)
SLOW = Answer(True, "http_204", seconds=3.0)
FAILED = Answer(False, "http_500", seconds=0.1)
HOUR = timedelta(hours=1)


@given(
    per_second=some.floats(0.1, 500),
    burst=some.integers(1, 1000),
    pauses=some.lists(some.integers(0, 5_000), max_size=60),
)
def test_over_any_time_no_more_is_drawn_than_the_burst_and_what_the_time_brings(
    per_second: float, burst: int, pauses: list[int]
) -> None:
    bucket, now, total = None, NOW, 0
    for pause in pauses:
        now += timedelta(milliseconds=pause)
        portion, bucket = drawn(bucket, per_second, burst, now)
        total += portion
    assert total <= burst + per_second * (now - NOW).total_seconds() + 1e-3


def test_a_full_bucket_gives_its_burst_and_then_the_rate() -> None:
    portion, bucket = drawn(None, 10, 20, NOW)
    assert portion == AT_ONCE
    portion, bucket = drawn(bucket, 10, 20, NOW)
    assert portion == 4
    assert drawn(bucket, 10, 20, NOW)[0] == 0
    assert drawn(bucket, 10, 20, NOW + timedelta(seconds=0.5))[0] == 5
    assert drawn(bucket, 10, 20, NOW + HOUR)[0] == AT_ONCE


def test_a_clock_that_runs_backwards_brings_nothing() -> None:
    bucket = Bucket(0.0, NOW)
    portion, left = drawn(bucket, 10, 20, NOW - HOUR)
    assert (portion, left) == (0, bucket)


def test_an_endpoint_that_is_slow_is_given_half_as_many_down_to_a_few_and_wins_them_back_one_by_one() -> None:
    pace = Pace()
    for width in (8, 4, 4):
        pace = after(pace, [WELL, SLOW], NOW)
        assert pace == Pace(width)
    for width in (5, 6, 7):
        pace = after(pace, [WELL], NOW)
        assert pace == Pace(width)


def test_an_endpoint_that_failed_and_is_slow_now_is_not_given_more_for_that() -> None:
    assert after(Pace(1), [SLOW], NOW) == Pace(1)
    assert after(Pace(2), [SLOW, FAILED], NOW) == Pace(2)


def test_an_endpoint_that_accepts_nothing_is_left_alone_for_longer_each_time_up_to_a_bound() -> None:
    pace, rests = Pace(), []
    for _ in range(10):
        pace = after(pace, [FAILED] * 3, NOW)
        assert pace.held_until is not None
        assert pace.holds(NOW)
        assert not pace.holds(pace.held_until)
        rests.append(pace.held_until - NOW)
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (timedelta(seconds=0.5), LONGEST_REST)
    assert pace.width == 1
    assert not after(pace, [WELL], NOW).holds(NOW)


def test_one_notice_that_is_refused_among_others_holds_nothing_back() -> None:
    assert not after(Pace(), [FAILED, WELL], NOW).holds(NOW)


@pytest.mark.parametrize(
    ("code", "asked", "held"),
    [
        ("http_429", timedelta(minutes=5), timedelta(minutes=5)),
        ("http_503", timedelta(minutes=5), timedelta(minutes=5)),
        ("http_429", timedelta(days=9), LONGEST_HOLD),
        ("http_500", timedelta(minutes=5), None),
        ("http_429", None, None),
    ],
)
def test_an_endpoint_that_is_busy_may_ask_for_peace_up_to_a_bound(
    code: str, asked: timedelta | None, held: timedelta | None
) -> None:
    pace = after(Pace(), [WELL, Answer(False, code, asked)], NOW)
    assert pace.held_until == (NOW + held if held else None)


@pytest.mark.parametrize(
    ("failing_for", "failures", "codes", "reason"),
    [
        (timedelta(hours=12), 8, ["timeout"], "failing"),
        (timedelta(days=3), 500, ["http_500"], "failing"),
        (timedelta(hours=11, minutes=59), 500, ["timeout"], None),
        (timedelta(hours=13), 7, ["timeout"], None),
        (None, 0, ["http_204"], None),
        (None, 0, ["http_410"], "gone"),
        (timedelta(), 1, ["http_500", "http_410"], "gone"),
    ],
)
def test_an_endpoint_counts_as_dead_when_it_says_so_or_accepts_nothing_for_hours_over_many_attempts(
    failing_for: timedelta | None, failures: int, codes: list[str], reason: str | None
) -> None:
    health = Health("naver", NOW - failing_for if failing_for is not None else None, failures)
    answers = [Answer(code == "http_204", code) for code in codes]
    assert why_suspend(health, answers, Rule(), NOW) == reason
    suspended = Health("naver", health.failing_since, failures, suspended_at=NOW)
    assert why_suspend(suspended, answers, Rule(), NOW) is None
