"""Files that an operator keeps beside the services: secrets, registries of keys, and what is published of them."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from shared.errors import GubiError
from shared.logs import error_fields

Content = TypeVar("Content")


def write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, unless it is there; it is on the disk when this returns.

    Of several writers the first wins, and nobody ever sees half a file: the others read what it wrote.
    """
    with _draft(path, content) as draft, suppress(FileExistsError):
        os.link(draft, path)
    keep_name(path.parent)


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file in place of the one there: whoever reads sees the old or the new. Only its owner can, unless told.

    It has its `mode` before it is there, so that nobody finds it closed to them and never looks again. It is on the
    disk when this returns, so that a power cut keeps one of the two.
    """
    with _draft(path, content, mode) as draft:
        draft.replace(path)
    keep_name(path.parent)


@contextmanager
def _draft(path: Path, content: bytes, mode: int = 0o600) -> Iterator[Path]:
    """Give a file with this content, on the disk, to be put in place; what is left of it is taken away."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def keep_name(folder: Path) -> None:
    """Have a folder's names on the disk: a new file is there after a power cut only once they are."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Let one process at a time read, change and replace a file; the next waits. A writer that dies lets go."""
    with path.with_name(f".{path.name}-lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def growing(path: Path) -> Iterator[int]:
    """Open a file that grows at its end, made where there is none, for one process at a time; the next waits.

    What was written is on the disk when this ends, the file's name too. Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
        os.fsync(file)
        keep_name(path.parent)
    finally:
        os.close(file)


def write_all(file: int, content: bytes) -> None:
    """Write all of it, however much the system takes at once. Raises `OSError`; a part may then stand there."""
    while content:
        content = content[os.write(file, content) :]


class Watched(Generic[Content]):
    """A file's content, read again whenever the file has changed, so that no service is restarted for it."""

    def __init__(self, path: Path, read: Callable[[Path], Content]) -> None:
        """Read it for the first time; raises what `read` raises."""
        self._path = path
        self._read = read
        self._stamp = self._tried = self._look()
        self._content = read(path)

    def current(self) -> Content:
        """Give the content as it is now; what held before while the file cannot be taken, which is logged once.

        It is tried again at each use: what was in the way may be gone though the file is the same.
        """
        stamp = self._look()
        if stamp != self._stamp:
            before, self._tried = self._tried, stamp
            try:
                self._content = self._read(self._path)
            except GubiError as error:
                if stamp != before:
                    structlog.get_logger().error("file-not-taken", **error_fields(error))
            else:
                self._stamp = stamp
        return self._content

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
