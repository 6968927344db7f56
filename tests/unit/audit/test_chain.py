"""The chain and its examination, on any log that hypothesis can think of and any way to tamper with it."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.audit import Access, Examination, Finding
from shared.audit.chain import Head, canonical, digest, opening, parsed, place_of
from shared.audit.checkpoints import Signed

T0 = datetime(2026, 11, 30, 1, 2, 3, 4000, tzinfo=UTC)
Log = tuple[list[dict[str, Any]], list[dict[str, Any]], dict[int, list[Signed]]]

texts = st.text(st.characters(codec="utf-8"), max_size=12)
accesses = st.builds(
    Access,
    what=st.sampled_from(["viewed", "exported", "page", "decided", "read"]),
    at=st.integers(0, 10**6).map(lambda ms: T0 + timedelta(milliseconds=ms)),
    act=texts,
    official=texts,
    purpose=texts,
    submissions=st.lists(texts, max_size=3).map(tuple),
    holders=st.lists(texts, max_size=3).map(tuple),
    page=st.integers(0, 30),
)
strands = st.lists(st.lists(accesses, max_size=8), min_size=1, max_size=3)


def written(logs: Sequence[Sequence[Access]]) -> Log:
    """Strands as they would be written, the last entry of each signed."""
    openings, entries, signed, previous = [], [], {}, ""
    for number, log in enumerate(logs, 1):
        document, head = opening(number, "desk", T0, previous)
        openings.append(document)
        previous = document["hash"]
        lines = [head]
        for access in log:
            entry, head = head.next(access)
            entries.append(entry)
        lines.append(head)
        signed[number] = [Signed(line.strand, line.entry, line.hash, "then", final=False) for line in lines]
    return openings, entries, signed


def examined(log: Log) -> list[Finding]:
    openings, entries, signed = log
    examination = Examination(openings, signed)
    for entry in sorted(entries, key=lambda one: str(one["_id"])):
        examination.take(entry)
    return examination.end()


def rewritten(entries: list[dict[str, Any]], head: Head) -> None:
    """Hash these anew from a head on, as whoever owns the database can."""
    for entry in entries:
        entry["previous"] = head.hash
        entry["hash"] = digest(entry)
        head = Head(head.strand, head.entry + 1, entry["hash"])


@given(strands)
def test_a_log_as_it_was_written_has_nothing_wrong_and_reads_back_equal(logs: list[list[Access]]) -> None:
    log = written(logs)
    assert examined(log) == []
    for entry, access in zip(log[1], [one for some in logs for one in some], strict=True):
        again = Access.from_document(entry)
        assert again.to_document() == access.to_document()
        assert again.place == entry["_id"]


@given(strands, st.data())
def test_whatever_is_changed_in_one_entry_is_found_where_it_stands(
    logs: list[list[Access]], data: st.DataObject
) -> None:
    log = written(logs)
    assume(log[1])
    entry = data.draw(st.sampled_from(log[1]))
    name = data.draw(st.sampled_from([*sorted(entry.keys() - {"_id"}), "added"]))
    value = data.draw(texts | st.integers(-5, 40) | st.lists(texts, max_size=2))
    assume(entry.get(name) != value)
    entry[name] = value
    strand, number = parsed(entry["_id"]) or (0, 0)
    assert (strand, number) in {(one.strand, one.entry) for one in examined(log)}


@given(strands, st.data())
def test_an_entry_taken_out_is_found(logs: list[list[Access]], data: st.DataObject) -> None:
    log = written(logs)
    assume(log[1])
    gone = log[1].pop(data.draw(st.integers(0, len(log[1]) - 1)))
    strand, number = parsed(gone["_id"]) or (0, 0)
    [found] = examined(log)
    assert found.kind in ("deleted", "truncated")
    assert (found.strand, found.entry) == (strand, number)


@given(strands, st.data())
def test_two_entries_that_change_places_are_found(logs: list[list[Access]], data: st.DataObject) -> None:
    log = written(logs)
    assume(len(log[1]) > 1)
    one, other = data.draw(st.lists(st.sampled_from(range(len(log[1]))), min_size=2, max_size=2, unique=True))
    log[1][one]["_id"], log[1][other]["_id"] = log[1][other]["_id"], log[1][one]["_id"]
    assert {"reordered", "edited"} & {found.kind for found in examined(log)}


@given(strands, st.data())
def test_a_history_written_anew_with_all_its_hashes_is_found_by_the_checkpoints(
    logs: list[list[Access]], data: st.DataObject
) -> None:
    log = written(logs)
    assume(log[1])
    at = data.draw(st.integers(0, len(log[1]) - 1))
    strand, number = parsed(log[1][at]["_id"]) or (0, 0)
    own = [entry for entry in log[1] if (parsed(entry["_id"]) or (0, 0))[0] == strand]
    own[number - 1]["official"] = "somebody else entirely"
    before = own[number - 2]["hash"] if number > 1 else log[0][strand - 1]["hash"]
    rewritten(own[number - 1 :], Head(strand, number - 1, before))
    assert [(found.kind, found.strand) for found in examined(log)] == [("rewritten", strand)]


@given(strands)
def test_a_strand_that_is_gone_as_a_whole_is_found_with_and_without_its_checkpoints(logs: list[list[Access]]) -> None:
    openings, entries, signed = written([*logs, []])
    left = (openings[1:], [one for one in entries if (parsed(one["_id"]) or (0, 0))[0] != 1], signed)
    assert [(found.kind, found.strand) for found in examined(left)] == [("deleted", 1)]
    without = (left[0], left[1], {strand: lines for strand, lines in signed.items() if strand != 1})
    assert [(found.kind, found.strand) for found in examined(without)] == [("deleted", 1)]


def test_what_no_one_of_ours_wrote_is_found() -> None:
    log = written([[Access(what="viewed", at=T0, act="a", official="kim")]])
    final = [Signed(1, 1, log[1][0]["hash"], "then", final=True)]
    stray, _ = Head(9, 0, "").next(Access(what="viewed", at=T0))
    assert [(found.kind, found.strand) for found in examined((log[0], [*log[1], stray], log[2]))] == [("inserted", 9)]
    late, _ = Head(1, 1, log[1][0]["hash"]).next(Access(what="viewed", at=T0))
    found = examined((log[0], [*log[1], late], {1: final}))
    assert [(one.kind, one.strand, one.entry) for one in found] == [("inserted", 1, 2)]
    forged = {1: [*log[2][1], Signed(0, 0, "", "", final=False, genuine=False)]}
    assert [one.kind for one in examined((log[0], log[1], forged))] == ["forged"]
    assert [one.kind for one in examined((log[0], log[1], {}))] == ["unsigned"]


def test_a_finding_says_what_was_done_and_where_in_a_sentence() -> None:
    log = written([[Access(what="viewed", at=T0, act=str(number)) for number in range(5)]])
    cut = copy.deepcopy((log[0], log[1][:3], log[2]))
    [found] = examined(cut)
    assert found.sentence == (
        "Entries 4 to 5 of strand 1 are missing at its end, where entry 5 was signed at then: cut off."
    )
    gap = copy.deepcopy((log[0], [*log[1][:1], *log[1][3:]], log[2]))
    [found] = examined(gap)
    assert found.sentence == "Entries 2 to 3 are missing from strand 1: deleted."


@given(st.integers(1, 99_999_999), st.integers(0, 9_999_999_999))
def test_places_sort_as_they_were_written(strand: int, entry: int) -> None:
    assert parsed(place_of(strand, entry)) == (strand, entry)
    assert place_of(strand, entry) < place_of(strand, entry + 1) or entry == 9_999_999_999


def test_there_is_one_way_to_write_an_entry_down() -> None:
    content = {"b": ["나", 1], "a": T0, "c": {"y": "\n", "x": "é"}}
    assert canonical(content) == ('{"a":"2026-11-30T01:02:03.004Z","b":["나",1],"c":{"x":"é","y":"\\n"}}'.encode())
