"""The search for an order, on histories small enough to be read."""

from tests.gate_history.linearize import NEVER, Op, Stuck, explain
from tests.gate_history.model import CALLS, READS, Standing


def op(call: str, begin: int, end: int, *answer: object, request: str = "") -> Op:
    return Op(f"{call}@{begin}", call, "s-1", request or call, begin, end, answer or None)


HELD = op("hold", 0, 1, "held", True)


def order(*ops: Op) -> list[str]:
    found = explain([HELD, *ops])
    assert not isinstance(found, Stuck), found
    return [one.call for one in found[1:]]


def stuck(*ops: Op) -> set[str]:
    found = explain([HELD, *ops])
    assert isinstance(found, Stuck), found
    return {one.call for one in found.cannot}


def test_two_at_the_same_time_may_have_come_in_either_order() -> None:
    assert order(op("take_back", 2, 9, "refused", "viewed"), op("view", 2, 9, "shown", True)) == ["view", "take_back"]
    assert order(op("take_back", 2, 9, "accepted", "own"), op("view", 2, 9, "refused", "taking_back")) == [
        "take_back",
        "view",
    ]


def test_two_cannot_both_have_won() -> None:
    assert stuck(op("take_back", 2, 9, "accepted", "own"), op("view", 2, 9, "shown", True))


def test_what_was_over_before_another_began_came_before_it() -> None:
    looked, asked = op("view", 2, 3, "shown", True), op("take_back", 4, 5, "accepted", "own")
    assert stuck(looked, asked) == {"take_back"}
    assert stuck(op("take_back", 2, 3, "accepted", "own"), op("machine_read", 4, 5, "open")) == {"machine_read"}


def test_a_call_without_an_answer_may_take_effect_much_later_or_never() -> None:
    lost = op("take_back", 2, NEVER)
    assert order(lost, op("machine_read", 5, 6, "open")) == ["machine_read"]
    assert order(lost, op("machine_read", 5, 6, "open"), op("machine_read", 7, 8, "shut")) == [
        "machine_read",
        "take_back",
        "machine_read",
    ]


def test_a_call_has_no_effect_before_it_began() -> None:
    assert stuck(op("machine_read", 2, 3, "shut"), op("take_back", 5, NEVER)) == {"machine_read"}


def test_a_loser_must_be_told_a_reason_that_was_true_within_the_call() -> None:
    decided, undone = op("decide", 2, 3, "accepted", request="d"), op("undo", 6, 7, "accepted", request="d")
    assert order(decided, undone, op("take_back", 4, 9, "refused", "decided")) == ["decide", "take_back", "undo"]
    assert "take_back" in stuck(decided, undone, op("take_back", 8, 9, "refused", "decided"))
    assert "take_back" in stuck(decided, undone, op("take_back", 4, 9, "refused", "held"))


def test_a_decision_undone_decides_nothing_when_it_is_repeated() -> None:
    twice = [op("decide", at, at + 1, "accepted", request="d") for at in (2, 6)]
    assert stuck(twice[0], op("undo", 4, 5, "accepted", request="d"), twice[1]) == {"decide"}


def test_many_that_change_nothing_cost_nothing() -> None:
    reads = [op("machine_read", 2, 1_000, "open") for _ in range(3_000)]
    assert len(order(*reads)) == 3_000


def test_every_read_changes_nothing() -> None:
    for name in READS:
        for standing in _standings():
            assert CALLS[name](standing, "x")[0] == standing


def _standings() -> list[Standing]:
    steps = [("hold", "h"), ("view", "v"), ("decide", "d"), ("undo", "d"), ("withdraw", "w"), ("finish_withdraw", "w")]
    found = [Standing()]
    for call, request in steps:
        found.append(CALLS[call](found[-1], request)[0])
    return found
