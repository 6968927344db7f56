"""The erasure log: a file outside MongoDB that only grows, so that a restored backup can be told what was destroyed.

One JSON object a line, ids and instants alone. Each line carries the SHA-256 of the line before it, so that an edit, a
deletion or a reorder shows; a last line that a crash tore was never relied on, and is cut off by whoever writes next.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.erasures.endings import SAID_BY, Ended, Ending, ending_of
from shared.errors import GubiError
from shared.files import growing, write_all

TAIL = 1024 * 1024
"""Bytes at the end of the log that are looked at when a service starts: about 3,000 erasures."""


class ErasureLogError(GubiError):
    """The log is missing, damaged, not this installation's, or not yet applied to the store."""


class Erasure(BaseModel):
    """One thing put beyond reach: a submission's key, or the original of one of its certificates (`redact`)."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: Ending | Literal["redact"]
    submission_id: str
    at: AwareDatetime
    cause: str = ""
    """Of the event that says so: with it the very same event is made again."""
    part: int | None = None
    """Which certificate, of `redact`."""

    @staticmethod
    def of(event: Ended) -> "Erasure":
        """Give the entry of an event that a submission's key is destroyed."""
        return Erasure(kind=ending_of(event), submission_id=event.subject, at=event.at, cause=event.cause)

    @staticmethod
    def of_original(submission_id: str, part: int, at: datetime) -> "Erasure":
        """Give the entry of a certificate whose original is put beyond reach."""
        return Erasure(kind="redact", submission_id=submission_id, at=at, part=part)

    @property
    def ending(self) -> Ending | None:
        """How the submission ended; None where it did not."""
        return None if self.kind == "redact" else self.kind

    @property
    def event(self) -> Ended:
        """The event that says so. Raises `ValueError` of a `redact`, which is not said."""
        if self.kind == "redact":
            raise ValueError("no event says that an original was put beyond reach")
        return SAID_BY[self.kind].because_of(self.cause, submission_id=self.submission_id, at=self.at)


class Head(NamedTuple):
    """How long the log is, and the hash of its last line."""

    length: int = 0
    digest: str = ""


class _Line(NamedTuple):
    head: Head
    erasure: Erasure


def _line(erasure: Erasure, before: Head) -> bytes:
    fields = {"n": before.length + 1, "before": before.digest, **erasure.model_dump(mode="json", exclude_none=True)}
    return json.dumps(fields, separators=(",", ":")).encode()


def _read(text: bytes) -> tuple[_Line, Head] | None:
    """Read one line; give it with the head that it says stood before it. None where it is no line of the log."""
    try:
        fields: Any = json.loads(text)
        before = Head(int(fields["n"]) - 1, str(fields["before"]))
        erasure = Erasure.model_validate(fields)
    except (ValueError, KeyError, TypeError, ValidationError):
        return None
    return _Line(Head(before.length + 1, hashlib.sha256(text).hexdigest()), erasure), before


def _chained(lines: Iterable[bytes], before: Head | None) -> Iterator[tuple[_Line, int]]:
    """Give lines that follow one another, each with its length; stop at what was torn off at the end.

    `before` is what stood before the first, None where that is not known. Raises `ErasureLogError` where a line does
    not follow and whole ones come behind it.
    """
    rest = iter(lines)
    for text in rest:
        found = _read(text[:-1]) if text.endswith(b"\n") else None
        if found is None or (before is not None and found[1] != before):
            if found is not None or any(_read(later.rstrip(b"\n")) for later in rest):
                raise ErasureLogError("erasure_log:damaged")
            return
        yield found[0], len(text)
        before = found[0].head


def _up_to(size: int, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines of the first `size` bytes; the last may be cut off there."""
    for text in lines:
        if size <= 0:
            return
        yield text[:size]
        size -= len(text)


class ErasureLog:
    """The file. Several processes may write: one at a time, and nothing is forgotten once `append` has returned."""

    def __init__(self, path: Path) -> None:
        """Take where it is; it is made by the first that writes."""
        self.path = path

    def append(self, erasures: Sequence[Erasure]) -> Head:
        """Write entries and wait until they are on the disk; give the head. Raises `OSError`, `ErasureLogError`."""
        with growing(self.path) as file:
            lines, end = self._tail(file)
            head = lines[-1].head if lines else Head()
            written = []
            for erasure in erasures:
                text = _line(erasure, head)
                head = Head(head.length + 1, hashlib.sha256(text).hexdigest())
                written.append(text + b"\n")
            os.ftruncate(file, end)
            write_all(file, b"".join(written))
        return head

    def latest(self) -> tuple[Head, list[_Line]]:
        """Give the head and the last entries, those of about `TAIL` bytes. Raises `ErasureLogError`."""
        if not self.path.exists():
            return Head(), []
        with self.path.open("rb") as file:
            lines, _ = self._tail(file.fileno())
        return (lines[-1].head if lines else Head()), lines

    def entries(self) -> Iterator[Erasure]:
        """Give all entries from the first on, checking that none was changed. Raises `ErasureLogError`.

        Those that were there when this began: what is written meanwhile may be half there.
        """
        if self.path.exists():
            with self.path.open("rb") as file:
                for line, _ in _chained(_up_to(os.fstat(file.fileno()).st_size, file), Head()):
                    yield line.erasure

    def _tail(self, file: int) -> tuple[list[_Line], int]:
        """Give the last lines, and where the last whole one of them ends."""
        size = os.fstat(file).st_size
        start = max(0, size - TAIL)
        block = os.pread(file, size - start, start)
        if start:
            cut = block.find(b"\n") + 1
            start, block = start + cut, block[cut:]
        found = list(_chained(block.splitlines(keepends=True), Head() if start == 0 else None))
        return [line for line, _ in found], start + sum(length for _, length in found)
