"""The queue's rules: folds without order, counts that sum, stretches without gaps, numbers covered."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dashboard.rules import (
    FOLDED,
    Entry,
    Position,
    decidable,
    folded,
    screening_key,
    windows,
    without_rrn,
)
from services.dashboard.tally import Group, Tally
from shared.events import (
    EVENTS,
    NoticeAskedAgain,
    NotificationExhausted,
    NotificationRecovered,
    SubmissionDecided,
    SubmissionEvent,
    SubmissionExtracted,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
    WalletNotified,
    WithdrawalRequested,
)
from shared.standing import CLASSES, Standing, fold

AT = datetime(2022, 12, 12, 1, tzinfo=UTC)


def received(sid: str = "s-1", at: datetime = AT) -> SubmissionReceived:
    return SubmissionReceived.because_of(
        sid, submission_id=sid, at=at, receipt="R-1", programme_id="P", wallet_app="naver", office="과"
    )


def screened(outcome: str, edition: int = 0, sid: str = "s-1") -> SubmissionScreened:
    return SubmissionScreened.because_of(
        f"{sid}{edition}", submission_id=sid, at=AT, revision=1, rule_version=1, as_of=date(2022, 12, 12),
        edition=edition, outcome=outcome,
    )  # fmt: skip


def a_life(taken_back: bool) -> list[SubmissionEvent]:
    events: list[SubmissionEvent] = [
        received(),
        SubmissionExtracted.because_of("x", submission_id="s-1", at=AT, revision=1),
        screened("review"),
        screened("eligible", edition=1),
        SubmissionViewed.because_of("v", submission_id="s-1", at=AT, office="과"),
        SubmissionDecided.because_of("d", submission_id="s-1", at=AT, decision="eligible", office="과"),
    ]
    return [*events, SubmissionTakenBack.because_of("t", submission_id="s-1", at=AT)] if taken_back else events


@given(st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=60, deadline=None)
def test_events_in_any_order_cut_anywhere_and_repeated_give_the_same_entry(shuffle: random.Random, gone: bool) -> None:
    events = a_life(gone)
    expected = Standing()
    for event in events:
        expected = fold(expected, event)
    told = events * 2
    shuffle.shuffle(told)
    known: dict[str, Entry] = {}
    while told:
        cut = shuffle.randint(1, len(told))
        known |= {entry.submission_id: entry for entry in folded(known, told[:cut], AT)}
        told = told[cut:]
    assert known["s-1"].standing == expected


def test_what_changes_nothing_is_not_written_again() -> None:
    [entry] = folded({}, [received()], AT)
    assert folded({"s-1": entry}, [received()], AT) == []


def test_an_event_of_no_concern_makes_no_entry() -> None:
    told = WalletNotified.because_of("w", submission_id="s-1", at=AT, notice="received", webhook_id="m")
    assert folded({}, [told], AT) == []


def test_every_event_that_a_standing_folds_is_listened_to() -> None:
    ignored = {NoticeAskedAgain, NotificationExhausted, NotificationRecovered, WalletNotified, WithdrawalRequested}
    listened = set(FOLDED)
    for event in (event for event in EVENTS if issubclass(event, SubmissionEvent)):
        assert event in listened or event in ignored


def test_each_write_is_one_version_more() -> None:
    [first] = folded({}, [received()], AT)
    [second] = folded({"s-1": first}, [screened("eligible")], AT)
    assert (first.version, second.version) == (1, 2)


def group(name: str, count: int, viewed: bool = False, decided: bool = False) -> Group:
    return Group(name, "과", viewed, decided, count, AT, AT + timedelta(hours=1))


def test_classes_sum_to_what_was_received() -> None:
    tally = Tally(tuple(group(name, number) for number, name in enumerate(CLASSES, 1)), AT)
    assert sum(tally.classes.values()) == tally.received == 55
    assert tally.unaccounted == 0


def test_a_class_nobody_knows_is_unaccounted_for() -> None:
    assert Tally((group("eligible", 3), group("lost", 2)), AT).unaccounted == 2


def test_a_mark_counts_what_it_lists() -> None:
    tally = Tally((group("eligible", 3), group("eligible", 2, viewed=True), group("eligible", 1, True, True)), AT)
    assert [tally.count("eligible", mark) for mark in ("", "unseen", "undecided", "decided")] == [6, 3, 5, 1]
    assert (tally.viewed, tally.decided) == (3, 1)


@given(
    st.integers(-(10**6), 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 10**6).map(lambda milliseconds: timedelta(milliseconds=milliseconds)),
)
def test_stretches_cover_the_whole_way_and_nothing_twice(length: timedelta, span: timedelta) -> None:
    stop = AT + length
    stretches = list(windows(AT, stop, span))
    assert all(low < high for low, high in stretches)
    in_order = stretches if length > timedelta(0) else stretches[::-1]
    edges = [in_order[0][0], *(high for _, high in in_order)] if in_order else [AT]
    assert (edges[0], edges[-1]) == (min(AT, stop), max(AT, stop))
    assert all(one[1] == other[0] for one, other in pairwise(in_order))


def test_a_position_survives_a_page_address() -> None:
    position = Position(AT, "s-abc")
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "~", "2022-12-12", "2022-12-12T00:00:00~s-1", "yesterday~s-1"])
def test_what_is_no_position_is_none(text: str) -> None:
    assert Position.parse(text) is None


def test_only_what_is_still_of_the_class_and_undecided_can_be_decided_with_many() -> None:
    [eligible] = folded({}, [received("s-1"), screened("eligible", sid="s-1")], AT)
    [review] = folded({}, [received("s-2"), screened("review", sid="s-2")], AT)
    decided = folded({"s-1": eligible}, [SubmissionDecided.because_of(
        "d", submission_id="s-1", at=AT, decision="eligible", office="과")], AT)  # fmt: skip
    assert decidable([eligible, review, *decided], "eligible") == [eligible]


def test_another_screening_has_another_key() -> None:
    [first] = folded({}, [received(), screened("eligible")], AT)
    [second] = folded({"s-1": first}, [screened("eligible", edition=1)], AT)
    assert screening_key(first.standing) != screening_key(second.standing)
    assert screening_key(Standing()) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("900101-1234567", "900101-*******"),
        ("성명 김가상 (9001011234567)", "성명 김가상 (900101*******)"),
        ("900101 2234567", "900101 *******"),
        ("2022-3162-282268", "2022-3162-282268"),
        ("1990-01-01", "1990-01-01"),
        ("900101-1******", "900101-1******"),
    ],
)
def test_the_back_of_a_resident_number_is_covered(text: str, shown: str) -> None:
    assert without_rrn(text) == shown
