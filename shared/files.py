"""Files that an operator keeps beside the services: secrets, registries of keys, and what is published of them."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from shared.errors import GubiError
from shared.logs import error_fields

Content = TypeVar("Content")


def write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, unless it is there.

    Of several writers the first wins, and nobody ever sees half a file: the others read what it wrote.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file in place of the one there: whoever reads sees the old or the new. Only its owner can, unless told.

    It has its `mode` before it is there, so that nobody finds it closed to them and never looks again. It is on the
    disk when this returns, so that a power cut keeps one of the two.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Let one process at a time read, change and replace a file; the next waits. A writer that dies lets go."""
    with path.with_name(f".{path.name}-lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Watched(Generic[Content]):
    """A file's content, read again whenever the file has changed, so that no service is restarted for it."""

    def __init__(self, path: Path, read: Callable[[Path], Content]) -> None:
        """Read it for the first time; raises what `read` raises."""
        self._path = path
        self._read = read
        self._stamp = self._look()
        self._content = read(path)

    def current(self) -> Content:
        """Give the content as it is now; while the file cannot be taken, which is logged once, what held before."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._content = self._read(self._path)
            except GubiError as error:
                structlog.get_logger().error("file-not-taken", **error_fields(error))
        return self._content

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
