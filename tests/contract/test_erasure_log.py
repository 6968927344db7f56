"""The erasure log: what it has said is there after any crash, and what was done to it shows."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from shared.clock import utc_now
from shared.erasures import Erasure, ErasureLog, ErasureLogError, Head
from shared.erasures import log as erasure_log
from shared.events import SubmissionTakenBack


def entry(number: int) -> Erasure:
    return Erasure(kind="take_back", submission_id=f"s-{number:026}", at=utc_now(), cause=f"c{number}")


@pytest.fixture
def log(tmp_path: Path) -> ErasureLog:
    return ErasureLog(tmp_path / "keys" / "erasures.jsonl")


def test_what_was_appended_is_read_back_in_order_and_is_its_owners_alone(log: ErasureLog) -> None:
    assert log.latest() == (Head(), [])
    entries = [entry(number) for number in range(5)]
    log.append(entries[:2])
    head = log.append(entries[2:])
    assert list(log.entries()) == entries
    assert (head.length, log.latest()[0]) == (5, head)
    assert log.path.stat().st_mode & 0o077 == 0


def test_an_entry_makes_the_very_event_again(log: ErasureLog) -> None:
    event = SubmissionTakenBack.because_of("r1", submission_id="s-1", at=utc_now())
    log.append([Erasure.of(event)])
    assert [one.event for one in log.entries()] == [event]


@pytest.mark.parametrize("torn", [b'{"n":3,"bef', b'{"n":3}\n', b"\0\0\0\0", b"\n"])
def test_a_tail_that_a_crash_tore_is_passed_over_and_cut_off_by_whoever_writes_next(
    log: ErasureLog, torn: bytes
) -> None:
    log.append([entry(1), entry(2)])
    with log.path.open("ab") as file:
        file.write(torn)
    assert [one.cause for one in log.entries()] == ["c1", "c2"]
    assert log.append([entry(3)]).length == 3
    assert [one.cause for one in log.entries()] == ["c1", "c2", "c3"]


def test_what_is_written_while_the_log_is_read_is_left_to_the_next_reader(log: ErasureLog) -> None:
    log.append([entry(1), entry(2)])
    entries = log.entries()
    assert next(entries).cause == "c1"
    log.append([entry(3)])
    with log.path.open("ab") as file:
        file.write(b'{"n":4,"bef')
    assert [one.cause for one in entries] == ["c2"]
    assert [one.cause for one in log.entries()] == ["c1", "c2", "c3"]


def without(lines: list[bytes], place: int) -> list[bytes]:
    return lines[:place] + lines[place + 1 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], lines[1].replace(b'"c2"', b'"cX"'), *lines[2:]],
        lambda lines: without(lines, 1),
        lambda lines: without(lines, 0),
        lambda lines: [lines[0], lines[2], lines[1], lines[3]],
        lambda lines: [lines[0], b"spoilt\n", *lines[2:]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
    ],
    ids=["edited", "deleted", "beheaded", "reordered", "spoilt", "doubled"],
)
def test_an_edit_a_deletion_and_a_reorder_are_found(log: ErasureLog, change: object) -> None:
    log.append([entry(number) for number in (1, 2, 3, 4)])
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(change(lines)))  # type: ignore[operator]
    with pytest.raises(ErasureLogError, match="damaged"):
        list(log.entries())
    with pytest.raises(ErasureLogError, match="damaged"):
        log.latest()


def test_only_the_end_of_a_long_log_is_read_to_go_on(log: ErasureLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure_log, "TAIL", 2_000)
    for number in range(40):
        log.append([entry(number)])
    head, lines = log.latest()
    assert head.length == 40
    assert 3 < len(lines) < 12
    assert [one.cause for one in log.entries()] == [f"c{number}" for number in range(40)]


def _append(path: Path, first: int) -> None:
    for number in range(first, first + 25):
        ErasureLog(path).append([entry(number)])


def test_processes_that_write_at_once_leave_one_chain(log: ErasureLog) -> None:
    with ProcessPoolExecutor(4, get_context("forkserver")) as pool:
        list(pool.map(_append, [log.path] * 4, [0, 100, 200, 300]))
    assert len({one.cause for one in log.entries()}) == 100
    assert [json.loads(line)["n"] for line in log.path.read_text().splitlines()] == list(range(1, 101))
