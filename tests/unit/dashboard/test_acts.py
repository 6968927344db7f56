"""What counts as one human action, and what counts as none."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.acts import ACTS, Batches, HumanActions, human_actions
from services.dashboard.pages import words
from services.dashboard.tally import Group, Tally
from shared.clock import utc_now

NOW = utc_now()
NOTHING: dict[str, int] = {"answers": 0, "views": 0, "by_hand": 0, "exports": 0, "runs": 0}


def tally(**classes: int) -> Tally:
    return Tally(tuple(Group(name, "과", False, False, count, NOW, NOW) for name, count in classes.items()), NOW)


def batches(state: str = "done", **changes: Any) -> Batches:
    return Batches(**{"one": False, "state": state, "approved": False, "times": 1, "undos": 0} | changes)


def counted(*made: Batches, submissions: int = 2_000, **acts: int) -> HumanActions:
    return human_actions(tally(eligible=submissions - 10, review=10), made, **NOTHING | acts)


def test_a_confirmation_of_many_is_one_act_and_each_decision_on_one_is_another() -> None:
    found = counted(batches(times=2), batches(one=True, times=7))
    assert (found.acts["confirmations"], found.acts["decisions"], found.total) == (2, 7, 9)
    assert found.per_1000 == 4.5


def test_a_draft_that_nobody_confirmed_is_no_act_and_a_proposal_that_was_refused_is_two() -> None:
    assert counted(batches("draft"), batches("drafting")).total == 0
    found = counted(batches("declined", approved=True))
    assert (found.acts["confirmations"], found.acts["approvals"]) == (1, 1)


def test_every_undoing_is_an_act_though_the_batch_is_one() -> None:
    assert counted(batches(times=2, undos=3)).acts["corrections"] == 3


def test_the_mix_is_told_beside_the_figure() -> None:
    found = counted(answers=3, views=19, by_hand=1, exports=1, runs=1)
    assert (found.submissions, found.classes) == (2_000, {"eligible": 1_990, "review": 10})
    assert (found.total, found.per_1000) == (25, 12.5)


def test_without_a_submission_there_is_no_figure() -> None:
    assert human_actions(tally(), [], **NOTHING | {"answers": 1}).per_1000 is None


def test_every_kind_of_act_has_its_korean() -> None:
    assert set(words.ACT) == set(ACTS)


@given(st.lists(st.builds(batches, st.sampled_from(["draft", "done", "undoing"]), times=st.integers(1, 9))))
def test_the_kinds_sum_to_the_total_in_a_fixed_order(made: list[Batches]) -> None:
    found = counted(*made, answers=1)
    assert list(found.acts) == list(ACTS)
    assert found.total == sum(found.acts.values()) == 1 + sum(one.times for one in made if one.state != "draft")
