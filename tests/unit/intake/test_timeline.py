"""What a holder is told, from events in any order."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.intake.timeline import citizen_class, foremost, timeline
from shared import events as said
from shared.gate import Case
from shared.gate.model import Decided, Look

T0 = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ID = "s-" + "a" * 26


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def case(**changes: Any) -> Case:
    fields: dict[str, Any] = {
        "submission_id": ID,
        "state": "held",
        "receipt": "GB-AAAA-BBBB-CCCC",
        "programme_id": "SONMOK9988_2022",
        "wallet_app": "toss",
        "holder": "h",
        "office": "sonmok9988",
        "received_at": T0,
        "revision": 1,
        "digest": "d",
        "certificates": (),
        "first_view": None,
        "decided": None,
        "closed_at": None,
        "request_id": None,
    }
    return Case(**fields | changes)


def event(kind: type[said.SubmissionEvent], minutes: int, /, **fields: Any) -> said.SubmissionEvent:
    return kind.because_of(f"{kind.__name__}{minutes}", submission_id=ID, at=at(minutes), **fields)


def screened(minutes: int, outcome: str = "ineligible", edition: int = 0) -> said.SubmissionEvent:
    fields = {"revision": 1, "rule_version": 1, "as_of": date(2026, 11, 22), "edition": edition, "outcome": outcome}
    return event(said.SubmissionScreened, minutes, **fields)


RECEIVED = event(said.SubmissionReceived, 0, receipt="GB", programme_id="P", wallet_app="toss", office="sonmok9988")
PARKED = event(said.SubmissionParked, 1, service="extraction", parked_topic="t", reason="r")
LIFE = (
    RECEIVED,
    event(said.SubmissionExtracted, 1, revision=1, authenticity={"genuine": 1, "unverified": 1}),
    screened(2),
    screened(3, "eligible", edition=1),
    event(said.SubmissionViewed, 4, office="sonmok9988"),
    event(said.SubmissionDecided, 5, decision="eligible", office="sonmok9988"),
)


def test_a_timeline_is_the_same_whatever_order_events_come_in() -> None:
    told = timeline(case(), LIFE)
    assert [step.what for step in told] == ["received", "authentic", "read", "waiting", "viewed", "decided"]
    assert all(timeline(case(), order) == told for order in itertools.permutations(LIFE))


def test_an_event_that_comes_twice_is_told_once() -> None:
    assert timeline(case(), [*LIFE, *LIFE]) == timeline(case(), LIFE)


@pytest.mark.parametrize("outcome", ["eligible", "ineligible", "review"])
def test_what_the_machine_recommends_is_not_told(outcome: str) -> None:
    events = [RECEIVED, screened(2, outcome)]
    assert citizen_class(case(), events) == "screened"
    assert outcome not in "".join(step.model_dump_json() for step in timeline(case(), events))


def test_the_gate_is_believed_before_the_events_come_round() -> None:
    look = Look("kim", "sonmok9988", "review", at(4), "r1")
    steps = timeline(case(state="viewed", first_view=look), [])
    assert [(step.what, step.office) for step in steps] == [("received", None), ("viewed", "sonmok9988")]
    assert "kim" not in steps[1].model_dump_json()


def test_a_decision_is_told_only_once_its_undo_time_has_passed() -> None:
    decided = Decided("eligible", "kim", "sonmok9988", at(5), "r2", at(15))
    undone_yet = case(state="decided", decided=decided)
    assert [step.what for step in timeline(undone_yet, [])] == ["received"]
    closed = case(state="decided", decided=decided, closed_at=at(15))
    assert [(step.what, step.decision) for step in timeline(closed, [])][-1] == ("decided", "eligible")


def test_every_certificate_that_could_not_be_read_and_every_supplement_is_told() -> None:
    events = [
        event(said.ExtractionFailed, 1, revision=1, reason="no_text_layer"),
        event(said.SupplementAsked, 2, revision=1, due_on=date(2026, 12, 1)),
        event(said.ExtractionFailed, 3, revision=2, reason="damaged"),
    ]
    steps = timeline(case(), events)
    assert [(step.what, step.reason, step.due_on) for step in steps[1:]] == [
        ("unreadable", "no_text_layer", None),
        ("supplement_asked", None, date(2026, 12, 1)),
        ("unreadable", "damaged", None),
    ]


def test_genuineness_is_told_by_counts_and_only_where_somebody_counted() -> None:
    counted = event(said.SubmissionExtracted, 1, revision=1, authenticity={"altered": 1, "genuine": 2})
    authentic, read = timeline(case(), [counted])[1:]
    assert (authentic.what, authentic.authenticity, read.what) == ("authentic", {"altered": 1, "genuine": 2}, "read")
    of_yesterday = event(said.SubmissionExtracted, 1, revision=1)
    assert [step.what for step in timeline(case(), [of_yesterday])] == ["received", "read"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), "received"),
        (LIFE[:4], "waiting"),
        ((*LIFE[1:2], event(said.SubmissionViewed, 1, office="o"), screened(3)), "viewed"),
        (
            (
                event(said.SubmissionViewed, 1, office="o"),
                event(said.ExtractionFailed, 2, revision=2, reason="damaged"),
            ),
            "unreadable",
        ),
        ((*LIFE, screened(9)), "decided"),
        ((event(said.WithdrawalRequested, 3, kind="take_back"), screened(4)), "take_back_requested"),
        ((event(said.WithdrawalRequested, 3, kind="withdraw"), event(said.SubmissionWithdrawn, 4)), "withdrawn"),
    ],
)
def test_where_it_stands_is_not_overtaken_by_what_a_machine_does(
    events: tuple[said.SubmissionEvent, ...], expected: str
) -> None:
    assert foremost(timeline(case(), events)).what == expected


@pytest.mark.parametrize(
    ("state", "events", "expected"),
    [
        ("held", (), "in_flight"),
        ("held", (RECEIVED, PARKED), "in_flight"),
        ("held", (RECEIVED, event(said.ExtractionFailed, 1, revision=1, reason="damaged")), "unreadable"),
        ("held", (RECEIVED, event(said.SupplementAsked, 1, revision=1, due_on=date(2026, 12, 1))), "supplement"),
        ("taken_back", LIFE, "taken_back"),
        ("taking_back", (RECEIVED, event(said.SubmissionTakenBack, 9)), "taken_back"),
        ("withdrawn", LIFE, "withdrawn"),
        ("expired", LIFE, "expired"),
    ],
)
def test_a_submission_is_in_one_class(state: str, events: tuple[said.SubmissionEvent, ...], expected: str) -> None:
    assert citizen_class(case(state=state), events) == expected
