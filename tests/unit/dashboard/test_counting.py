"""Sums that are kept level with counts by minute, whatever is counted again."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.counting import MINUTE, Key, Sums

MINUTES = [datetime(2022, 12, 12, tzinfo=UTC) + timedelta(minutes=number) for number in range(6)]
keys = st.builds(
    Key, st.sampled_from(["eligible", "review"]), st.sampled_from(["a", "b"]), st.booleans(), st.booleans()
)
cells = st.dictionaries(keys, st.integers(1, 5), min_size=1, max_size=4).map(Counter)
changes = st.lists(st.tuples(st.sampled_from(MINUTES), st.none() | cells), max_size=20)


@given(st.dictionaries(st.sampled_from(MINUTES), cells), changes)
def test_sums_after_any_changes_are_those_of_what_is_there(
    began: dict[datetime, Counter[Key]], changed: list[tuple[datetime, Counter[Key] | None]]
) -> None:
    sums, there = Sums(began), dict(began)
    for minute, cell in changed:
        sums.put(minute, cell)
        there.pop(minute, None)
        if cell:
            there[minute] = cell
    totals = sum(there.values(), Counter[Key]())
    groups = sums.groups()
    assert {Key(one.submission_class, one.office, one.viewed, one.decided): one.count for one in groups} == totals
    for group in groups:
        assert group.first <= min(there)
        assert group.last >= max(there) + MINUTE


def test_nothing_has_no_sums() -> None:
    assert Sums({}).groups() == ()
