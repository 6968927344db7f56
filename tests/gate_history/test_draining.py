"""How long a run waits for what is left to be carried out."""

from tests.gate_history.draining import LONGEST, STILL, Progress

ONE = {"s-1": ("taking_back",)}
TWO = ONE | {"s-2": ("held", "owes submission-received-v1")}


def test_it_waits_while_something_moves() -> None:
    progress = Progress(0.0)
    assert progress.look(TWO, STILL - 1) == ""
    assert progress.look(TWO, 2 * STILL - 2) == ""
    assert progress.look(ONE, 2 * STILL - 1) == ""
    assert progress.look(ONE, 3 * STILL - 2) == ""


def test_it_gives_up_where_nothing_moves() -> None:
    progress = Progress(0.0)
    assert progress.look(ONE, 1.0) == ""
    assert progress.look(ONE, STILL + 2) == f"nothing moved in the last {STILL + 1:.0f} s"


def test_it_gives_up_where_no_end_is_in_sight() -> None:
    progress, looks = Progress(0.0), 0
    while not (stuck := progress.look({"s-1": (str(looks),)}, looks * (STILL - 1))):
        looks += 1
    assert looks * (STILL - 1) > LONGEST
    assert stuck == f"something moved 0 s ago, and it takes longer than {LONGEST:.0f} s"
