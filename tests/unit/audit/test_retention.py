"""Which strands may be dropped, and that a log without them is whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.audit import Access
from shared.audit.chain import STRAND_FOR, Head
from shared.audit.checkpoints import Signed
from shared.audit.retention import Kept, Strand, why_kept
from tests.unit.audit.test_chain import T0, examined, strands, written

DAYS = 730
NOW = T0 + timedelta(days=1_000)
OLD = Strand(Head(1, 5, "h"), "o", T0, T0 + timedelta(days=10), signed=True, ended=True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"latest": NOW - timedelta(days=DAYS)}, "young"),
        ({"latest": NOW - timedelta(days=DAYS, milliseconds=1)}, None),
        ({"head": Head(7, 5, "h")}, "newest"),
        ({"signed": False}, "unsigned"),
        ({"ended": False}, None),
    ],
)
def test_a_strand_goes_when_all_of_it_is_old_and_signed_and_it_is_not_the_newest(
    changes: dict[str, Any], why: Kept | None
) -> None:
    assert why_kept(replace(OLD, **changes), 7, NOW, DAYS) == why


def test_one_that_did_not_end_stays_while_a_process_may_write_to_it() -> None:
    silent = replace(OLD, ended=False, opened_at=NOW - STRAND_FOR, latest=NOW - timedelta(days=8))
    assert why_kept(silent, 7, NOW, 5) == "open"
    assert why_kept(replace(silent, ended=True), 7, NOW, 5) is None


@hypothesis_settings(deadline=None)
@given(strands, st.data())
def test_a_log_without_strands_that_were_signed_for_is_whole_and_without_any_other_it_is_not(
    logs: list[list[Access]], data: st.DataObject
) -> None:
    openings, entries, signed = written([*logs, []])
    dropped = data.draw(st.sets(st.sampled_from([one["_id"] for one in openings[:-1]])))
    for opening in openings:
        if (strand := opening["_id"]) in dropped:
            last = signed[strand][-1]
            line = Signed(strand, last.entry, last.hash, "then", True, dropped="old", opening=opening["hash"])
            signed[strand].append(line)

    def without(gone: set[int]) -> list[str]:
        left = [one for one in openings if one["_id"] not in gone]
        kept = [one for one in entries if int(one["_id"][:8]) not in gone]
        return [one.kind for one in examined((left, kept, signed))]

    assert without(dropped) == []
    for other in {one["_id"] for one in openings} - dropped:
        assert "deleted" in without(dropped | {other})


def test_a_line_that_is_not_by_our_key_drops_nothing() -> None:
    openings, entries, signed = written([[], []])
    last = signed[1][-1]
    signed[1].append(replace(last, dropped="old", opening=openings[0]["hash"], genuine=False))
    assert [one.kind for one in examined((openings[1:], entries, signed))] == ["forged", "deleted"]
