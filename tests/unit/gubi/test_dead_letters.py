"""What dead letters say, which are meant, and what may be done with each."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from deploy.gubi.dead.letters import Choice, Fate, Found, Letter, Place, fate, folded, kinds, note
from shared.events import SubmissionReceived

AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TOPIC = SubmissionReceived.topic
SUBMISSION = "s-" + "a" * 26
EVENT = SubmissionReceived.because_of(
    "cause", submission_id=SUBMISSION, at=AT, receipt="R", programme_id="P", wallet_app="naver", office="o"
)
VALUE = EVENT.model_dump_json().encode()


def letter(offset: int = 5, *, service: str = "extraction", reason: str = "bug:KeyError", minutes: int = 0) -> Letter:
    return Letter(Place(service, TOPIC, 2, offset), SUBMISSION, reason, AT + timedelta(minutes=minutes))


def body(of: Letter) -> bytes:
    """As `shared.kafka` writes it."""
    place = of.place
    named = {"topic": place.topic, "partition": place.partition, "offset": place.offset, "service": place.service}
    return json.dumps(
        {**named, "submission_id": of.submission_id, "reason": of.reason, "at": of.at.isoformat()}
    ).encode()


def test_a_record_parked_twice_by_a_killed_run_is_one_letter() -> None:
    assert folded([body(letter()), body(letter(minutes=1))]) == ([letter()], 0)


def test_a_note_tells_that_a_letter_was_replayed_and_a_letter_after_it_changes_nothing() -> None:
    [one], _ = folded([body(letter()), note(letter(), AT + timedelta(hours=1)), body(letter(minutes=2))])
    assert one.replayed_at == AT + timedelta(hours=1)


def test_a_note_whose_letter_has_left_its_topic_is_passed_over() -> None:
    assert folded([note(letter(), AT)]) == ([], 0)


@pytest.mark.parametrize("strange", [b"", b"{", b"[]", b'{"topic": 3}', b"\xff\xfe", b'{"at": "yesterday"}'])
def test_what_is_no_letter_is_counted_and_stops_nothing(strange: bytes) -> None:
    assert folded([strange, body(letter())]) == ([letter()], 1)


def test_a_note_holds_no_more_than_a_letter_does() -> None:
    assert set(json.loads(note(letter(), AT))) == {*json.loads(body(letter())), "replayed"} - {"reason"}


def test_a_place_reads_as_it_is_written() -> None:
    assert Place.parse(str(letter().place)) == letter().place


@pytest.mark.parametrize("text", ["", "extraction", "a/b/c/d", "a/b/1", "a/b/1/-2", "a/b/1/2/3"])
def test_anything_else_is_no_place(text: str) -> None:
    assert Place.parse(text) is None


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Choice(), {1, 2, 3}),
        (Choice(places=frozenset({letter(2).place})), {2}),
        (Choice(service="extraction"), {1, 2}),
        (Choice(reason="bug"), {1, 3}),
        (Choice(reason="invalid:body"), {2}),
        (Choice(topic="submission-screened-v1"), set()),
        (Choice(since=AT + timedelta(minutes=2)), {2, 3}),
        (Choice(since=AT + timedelta(minutes=2), until=AT + timedelta(minutes=3)), {2}),
    ],
)
def test_letters_are_chosen_by_place_service_topic_reason_and_time(choice: Choice, meant: set[int]) -> None:
    known = [
        letter(1, minutes=1),
        letter(2, minutes=2, reason="invalid:body:json_invalid"),
        letter(3, minutes=3, service="intake"),
    ]
    assert {one.place.offset for one in choice.of(known)} == meant


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Found(0, 9, VALUE), "ready"),
        (Found(6, 9), "gone"),
        (Found(0, 9), "gone"),
        (Found(0, 5), "nowhere"),
        (Found(0, 0), "nowhere"),
        (Found(0, 9, b"{not json"), "invalid"),
    ],
)
def test_what_can_be_done_follows_from_what_the_broker_has(found: Found, expected: Fate) -> None:
    assert fate(letter(), found) == expected


def test_what_was_replayed_is_not_replayed_again() -> None:
    [one], _ = folded([body(letter()), note(letter(), AT)])
    assert fate(one, Found(0, 9, VALUE)) == "replayed"


def test_a_topic_that_its_service_no_longer_takes_cannot_be_replayed() -> None:
    assert fate(letter(service="withdrawal"), Found(0, 9, VALUE)) == "untaken"


def test_letters_of_one_kind_are_one_service_one_topic_one_reason() -> None:
    some = [letter(1), letter(2), letter(3, reason="bug:ValueError"), letter(4, service="intake")]
    assert [len(alike) for alike in kinds(some).values()] == [2, 1, 1]
