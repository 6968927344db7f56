"""A run's rows as text, and their digest, computed once more by hand."""

import hashlib
from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.selection.digest import Tally, erased, line, row_of
from shared.events import RunClass, RunStanding, SelectionRow

rows = st.builds(
    SelectionRow,
    submission_id=st.integers(0, 99_999).map(lambda number: f"s-{number:05}"),
    outcome=st.sampled_from(get_args(RunClass)),
    standing=st.sampled_from(get_args(RunStanding)),
    place=st.none() | st.integers(1, 200_000),
    revision=st.integers(0, 9),
    edition=st.integers(0, 99),
)
populations = st.lists(rows, max_size=30, unique_by=lambda row: row.submission_id).map(
    lambda found: sorted(found, key=lambda row: row.submission_id)
)


def text(row: SelectionRow) -> str:
    return line(row.submission_id, row.outcome, row.standing, row.place, row.revision, row.edition)


@given(rows)
def test_a_row_reads_back_as_it_was_written(row):
    assert row_of(text(row)) == row


@given(populations, st.integers(1, 7))
def test_the_digest_is_sha256_over_all_lines_however_they_are_cut(found, size):
    tally = Tally()
    for start in range(0, len(found), size):
        tally.add([text(row) for row in found[start : start + size]])
    whole = "".join(f"{text(row)}\n" for row in found)
    assert tally.digest == hashlib.sha256(whole.encode()).hexdigest()


@given(populations)
def test_classes_and_standings_sum_to_the_received(found):
    tally = Tally()
    tally.add([text(row) for row in found])
    assert sum(tally.classes.values()) == sum(tally.standings.values()) == tally.received == len(found)
    assert tally.classes == Counter(row.outcome for row in found)


def test_a_submission_that_comes_twice_or_out_of_order_is_not_counted() -> None:
    for names in (("s-b", "s-a"), ("s-a", "s-a")):
        with pytest.raises(ValueError, match="order"):
            Tally().add([line(name, "review", "none", None, 1, 1) for name in names])


def test_of_a_row_whose_submission_is_gone_only_that_is_left() -> None:
    left = row_of(erased(line("s-a", "eligible", "selected", 7, 1, 3), "taken_back"))
    assert left == SelectionRow(submission_id="s-a", outcome="taken_back", standing="none")
