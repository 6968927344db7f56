"""What is made of a consumer's failures: a bad record is parked, a bad deploy stops, and the two are told apart."""

import pytest

from shared.errors import Unavailable
from shared.kafka.delivery import ABSURD_COUNT, DOUBTS, Lately, PoisonedDeploy


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
