"""The judge of what the apps received is tried on what it must notice."""

import pytest

from tests.faults.judging import Verdict
from tests.faults.sink import Received, both, judge_sink, repeated
from tests.faults.test_judging import GONE, SEEN, STAYS, holders, whole

WHOLE = (
    Received("m-1", "gov24", STAYS, "received", 1),
    Received("m-2", "gov24", GONE, "received", 3),
    Received("m-3", "gov24", GONE, "taken_back", 1),
    *(Received(f"m-{notice}", "gov24", SEEN, notice, 1) for notice in ("received", "viewed", "decided")),
)


def test_what_was_received_as_it_had_to_be_is_neither_lost_nor_doubled_and_repetitions_under_one_id_are_counted() -> (
    None
):
    assert judge_sink(holders(), whole(), WHOLE) == Verdict()
    assert repeated(WHOLE) == 1


@pytest.mark.parametrize("missing", WHOLE, ids=lambda one: f"{one.submission_id}-{one.notice}")
def test_a_notice_that_never_came_or_was_only_refused_is_noticed(missing: Received) -> None:
    rest = [one for one in WHOLE if one != missing]
    refused = Received(*(missing.webhook_id, missing.app, missing.submission_id, missing.notice, 0))
    for received in (rest, [*rest, refused]):
        assert set(judge_sink(holders(), whole(), received).lost) == {missing.submission_id}


@pytest.mark.parametrize(
    ("one_more", "why"),
    [
        (Received("m-9", "gov24", STAYS, "received", 1), "under two webhook ids"),
        (Received("m-9", "gov24", STAYS, "taken_back", 1), "it is not so"),
        (Received("m-9", "gov24", STAYS, "unreadable", 1), "it is not so"),
        (Received("m-1", "kakao", STAYS, "received", 1), "another app"),
        (Received("m-9", "gov24", "s-strange", "received", 1), "nobody sent it"),
    ],
)
def test_a_notice_too_many_is_noticed(one_more: Received, why: str) -> None:
    found = judge_sink(holders(), whole(), [*WHOLE, one_more]).doubled
    assert set(found) == {one_more.submission_id}
    assert why in found[one_more.submission_id]


def test_what_other_ledgers_hold_is_not_held_against_this_one() -> None:
    other = Received("m-9", "gov24", "s-other", "received", 1)
    assert judge_sink(holders(), whole(), [*WHOLE, other], others={"s-other"}) == Verdict()


def test_of_two_verdicts_nothing_is_dropped() -> None:
    found = both(Verdict({"a": "first"}, {}, 2), Verdict({"a": "other", "b": "why"}, {"c": "twice"}, 0))
    assert found == Verdict({"a": "first", "b": "why"}, {"c": "twice"}, 2)
