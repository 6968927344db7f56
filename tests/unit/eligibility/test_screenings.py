"""How submissions are screened by the hundred."""

from services.eligibility.screenings import portions


def test_portions_are_in_order_and_leave_nobody_out() -> None:
    assert list(portions({"c", "a", "b"}, 2)) == [["a", "b"], ["c"]]
