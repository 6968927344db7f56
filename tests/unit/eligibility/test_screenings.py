"""Who submitted first, and who was first until an earlier one was heard of."""

from datetime import UTC, datetime

from services.eligibility.screenings import displaced, duplicates, portions

AT = [datetime(2022, 12, day, tzinfo=UTC) for day in (1, 2, 3)]
THREE = {"P|holder": [(AT[0], "s-1"), (AT[1], "s-2"), (AT[2], "s-3")]}


def test_every_submission_but_the_first_received_is_a_second_one() -> None:
    assert duplicates(THREE) == {"s-2", "s-3"}
    assert duplicates({"P|one": [(AT[0], "s-1")]}) == set()


def test_only_who_was_first_until_now_is_screened_again() -> None:
    assert displaced(THREE, {"s-1"}) == {"s-2"}
    assert displaced(THREE, {"s-1", "s-2"}) == {"s-3"}
    assert displaced(THREE, {"s-2"}) == set()
    assert displaced(THREE, {"s-3"}) == set()
    assert displaced(THREE, {"s-1", "s-2", "s-3"}) == set()


def test_portions_are_in_order_and_leave_nobody_out() -> None:
    assert list(portions({"c", "a", "b"}, 2)) == [["a", "b"], ["c"]]
