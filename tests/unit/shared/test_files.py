"""Files beside the services: written whole or not at all, and read again when they have changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from shared.errors import GubiError
from shared.files import Watched, replace, write_once


def read(path: Path) -> str:
    text = path.read_text()
    if text == "broken":
        raise GubiError("file:broken")
    return text


def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    replace(path, b"new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_stays_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()
    with pytest.raises(OSError, match="file"):
        replace(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_written_once_and_the_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_text() == "first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [write_once, replace])
def test_where_the_disk_is_full_no_draft_of_a_secret_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None]
) -> None:
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "file", b"secret")
    assert list(tmp_path.iterdir()) == []


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("write", [write_once, replace])
def test_a_file_and_its_name_are_on_the_disk_once_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None]
) -> None:
    path = tmp_path / "file"
    kept: list[tuple[int, bool]] = []
    fsync = os.fsync

    def keeping(file: int) -> None:
        fsync(file)
        kept.append((os.fstat(file).st_ino, path.exists()))

    monkeypatch.setattr(os, "fsync", keeping)
    write(path, b"content")
    assert kept == [(path.stat().st_ino, False), (tmp_path.stat().st_ino, True)]


def test_a_watched_file_is_read_when_it_changed_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace(path, b"one")
    reads: list[Path] = []

    def counting(path: Path) -> str:
        reads.append(path)
        return read(path)

    watched = Watched(path, counting)
    assert [watched.current(), watched.current(), len(reads)] == ["one", "one", 1]
    replace(path, b"two")
    assert [watched.current(), watched.current(), len(reads)] == ["two", "two", 2]


def test_while_a_watched_file_is_broken_what_held_before_holds(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace(path, b"one")
    watched = Watched(path, read)
    replace(path, b"broken")
    assert [watched.current(), watched.current()] == ["one", "one"]
    replace(path, b"two")
    assert watched.current() == "two"
    with pytest.raises(GubiError):
        Watched(path, lambda _: read(tmp_path / "file") if replace(path, b"broken") is None else "")


def test_a_watched_file_that_could_not_be_read_is_tried_again_at_the_next_use_and_logged_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace(path, b"one")
    trouble = [False]

    def troubled(path: Path) -> str:
        if trouble[0]:
            raise GubiError("file:unreadable")
        return read(path)

    watched = Watched(path, troubled)
    replace(path, b"two")
    trouble[0] = True
    with capture_logs() as logged:
        assert [watched.current(), watched.current()] == ["one", "one"]
        trouble[0] = False
        assert watched.current() == "two"
    assert [line["event"] for line in logged] == ["file-not-taken"]
