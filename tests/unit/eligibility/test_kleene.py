"""The laws of three-valued joining."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.kleene import all_of, any_of

RESULTS = ("met", "not_met", "cannot_tell")
TURNED = {"met": "not_met", "not_met": "met", "cannot_tell": "cannot_tell"}
ORDER = {"not_met": 0, "cannot_tell": 1, "met": 2}
several = st.lists(st.sampled_from(RESULTS), min_size=1, max_size=6)


@pytest.mark.parametrize(("one", "other"), list(product(RESULTS, RESULTS)))
def test_all_is_the_least_and_any_the_greatest_of_two(one, other):
    assert all_of([one, other]) == min(one, other, key=ORDER.get)
    assert any_of([one, other]) == max(one, other, key=ORDER.get)


@given(several)
def test_what_is_not_all_is_any_not(results):
    assert TURNED[all_of(results)] == any_of(TURNED[one] for one in results)


@given(several, st.randoms(use_true_random=False))
def test_the_order_and_repeats_do_not_matter(results, random):
    mixed = results * 2
    random.shuffle(mixed)
    assert all_of(mixed) == all_of(results)
    assert any_of(mixed) == any_of(results)


@given(several, several)
def test_grouping_does_not_matter(some, others):
    assert all_of([all_of(some), all_of(others)]) == all_of(some + others)
    assert any_of([any_of(some), any_of(others)]) == any_of(some + others)


@given(several, st.sampled_from(["met", "not_met"]))
def test_learning_what_could_not_be_told_never_turns_what_was_decided(results, learnt):
    for join in (all_of, any_of):
        before, after = join(results), join(learnt if one == "cannot_tell" else one for one in results)
        assert before in ("cannot_tell", after)
