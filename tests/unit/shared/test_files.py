"""Files beside the services: written whole or not at all, and read again when they have changed."""

from pathlib import Path

import pytest

from shared.errors import GubiError
from shared.files import Watched, replace


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
