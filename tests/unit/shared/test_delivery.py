"""What is made of a consumer's failures: a bad record is parked, a bad deploy stops, and the two are told apart."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from shared.errors import Unavailable, Unprocessable
from shared.events import SubmissionReceived
from shared.kafka.delivery import ABSURD_COUNT, DOUBTS, Lately, PoisonedDeploy, Sorted, deliver, validate
from shared.kafka.headers import headers
from tests.builders.events import received

CLASSES = {SubmissionReceived.topic: SubmissionReceived}
SECRET = "김예시 900101-1234567"
OTHER = json.dumps({"submission_id": SECRET}).encode()
"""JSON, and nothing that this version knows."""


@dataclass
class Written:
    """A record as the broker gives it."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    key: bytes | None = b"k"
    topic: str = SubmissionReceived.topic
    partition: int = 0
    offset: int = 0


OURS = tuple((name, value.encode()) for name, value in headers(received(1)).items())


def good(count: int) -> list[Written]:
    return [Written(received(number).model_dump_json().encode(), OURS) for number in range(count)]


async def fine(_: Sequence[object]) -> None: ...


async def broken(_: Sequence[object]) -> None:
    json.loads(SECRET)


async def refusing(_: Sequence[object]) -> None:
    raise Unprocessable("programme:unknown")


def batch(*records: Written) -> Sorted:
    return validate(records, dict(CLASSES))


def proven() -> Lately:
    lately = Lately()
    lately.take([False])
    return lately


def test_a_bad_record_among_good_ones_is_taken_for_one() -> None:
    lately = proven()
    for _ in range(100):
        lately.take([False, False, True])


def test_a_batch_of_which_most_fail_stops_the_service_also_after_many_good_ones() -> None:
    lately = Lately()
    lately.take([False] * 200)
    with pytest.raises(PoisonedDeploy):
        lately.take([True] * ABSURD_COUNT)


def test_records_that_come_one_by_one_stop_the_service_before_twenty_are_parked() -> None:
    lately, parked = proven(), 0
    while parked < ABSURD_COUNT:
        try:
            lately.take([True])
        except PoisonedDeploy:
            return
        parked += 1
    pytest.fail("it goes on and on")


def test_while_nothing_has_succeeded_a_batch_that_fails_is_given_back_until_there_are_enough_to_tell() -> None:
    lately = Lately()
    for count in range(1, DOUBTS + 1):
        with pytest.raises(Unavailable):
            lately.take([True] * count)
    with pytest.raises(PoisonedDeploy):
        lately.take([True] * ABSURD_COUNT)


def test_a_bad_record_that_comes_first_and_alone_is_parked_in_the_end() -> None:
    lately = Lately()
    for _ in range(DOUBTS):
        with pytest.raises(Unavailable):
            lately.take([True])
    lately.take([True])


def test_a_bad_record_that_comes_first_is_parked_at_once_when_another_succeeds_beside_it() -> None:
    Lately().take([True, False])


def test_after_a_poisoned_spell_what_is_good_is_never_stopped() -> None:
    lately = proven()
    with pytest.raises(PoisonedDeploy):
        lately.take([True] * ABSURD_COUNT)
    lately.take([False])


async def test_a_version_that_takes_all_of_ours_for_invalid_stops_and_parks_nothing() -> None:
    lately = Lately()
    for _ in range(DOUBTS):
        with pytest.raises(Unavailable):
            await deliver(batch(Written(OTHER, OURS)), fine, lately)
    with pytest.raises(PoisonedDeploy) as stopped:
        await deliver(batch(*[Written(OTHER, OURS)] * ABSURD_COUNT), fine, lately)
    assert stopped.value.reason.startswith("invalid:")
    assert "900101" not in stopped.value.reason


async def test_a_version_that_refuses_most_stops_and_a_single_refusal_is_parked_at_once() -> None:
    lately = Lately()
    [parked] = await deliver(batch(*good(1)), refusing, lately)
    assert parked.reason == "programme:unknown"
    with pytest.raises(PoisonedDeploy, match="programme:unknown"):
        await deliver(batch(*good(ABSURD_COUNT)), refusing, lately)


@pytest.mark.parametrize(
    "foreign",
    [
        Written(b"{not json", OURS),
        Written(None, OURS),
        Written(b"[" * 50_000, OURS),
        Written(OTHER),
        Written(OTHER, [("ce_type", b"submission-screened-v1")]),
    ],
)
async def test_a_burst_of_what_others_wrote_is_parked_and_stops_nobody(foreign: Written) -> None:
    lately = Lately()
    parked = await deliver(batch(*[foreign] * 5 * ABSURD_COUNT, *good(2)), fine, lately)
    assert len(parked) == 5 * ABSURD_COUNT
    assert len(await deliver(batch(foreign), fine, Lately())) == 1, "also by itself, before anything has succeeded"


async def test_what_fails_beside_what_others_wrote_is_judged_by_itself() -> None:
    foreign = [Written(b"{not json", OURS)] * 100
    with pytest.raises(PoisonedDeploy):
        await deliver(batch(*foreign, *good(ABSURD_COUNT)), broken, proven())


async def test_of_a_bug_it_is_told_where_it_was_and_nothing_of_what_it_saw() -> None:
    [parked] = await deliver(batch(*good(1)), broken, proven())
    assert parked.reason == "bug:JSONDecodeError"
    assert re.fullmatch(rf"{re.escape(__name__)}\.broken:\d+", parked.at), "our own line, not the library's"
    with pytest.raises(PoisonedDeploy) as stopped:
        await deliver(batch(*good(ABSURD_COUNT)), broken, proven())
    assert (stopped.value.reason, stopped.value.at) == (parked.reason, parked.at)


async def test_a_batch_that_succeeds_is_handled_once() -> None:
    batches = []

    async def handler(some: Sequence[object]) -> None:
        batches.append(len(some))

    assert await deliver(batch(*good(3)), handler, Lately()) == []
    assert batches == [3]
