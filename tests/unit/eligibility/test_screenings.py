"""Who submitted first, and who was first until an earlier one was heard of."""

from services.eligibility.applicants import Applicant
from services.eligibility.screenings import portions

THREE = Applicant(("s-1", "s-2", "s-3"), changes=3)


def test_every_submission_but_the_first_received_is_a_second_one() -> None:
    assert THREE.seconds == {"s-2", "s-3"}
    assert Applicant(("s-1",), 1).seconds == set()
    assert Applicant((), 2).seconds == set()


def test_only_who_was_first_until_now_is_screened_again() -> None:
    assert THREE.displaced({"s-1"}) == {"s-2"}
    assert THREE.displaced({"s-1", "s-2"}) == {"s-3"}
    assert THREE.displaced({"s-2"}) == set()
    assert THREE.displaced({"s-3"}) == set()
    assert THREE.displaced({"s-1", "s-2", "s-3"}) == set()
    assert Applicant((), 2).displaced({"s-1"}) == set()


def test_portions_are_in_order_and_leave_nobody_out() -> None:
    assert list(portions({"c", "a", "b"}, 2)) == [["a", "b"], ["c"]]
