"""The history on disk: one file for each worker, one line for each record, nothing ever changed.

A record is written before its call begins (`invoke`) and after it has ended: `ok` it took effect or gave something,
`fail` it was refused, `info` nobody knows (the answer was lost, or the caller was killed). Lines go to the kernel at
once: what kill -9 ends is the process, so the last line is there. Times are of the machine's monotonic clock, which
all processes share.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path("var/gate-history")

Record = dict[str, Any]


def now() -> int:
    """Nanoseconds of the clock all processes of this machine share."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Journal:
    """The file of one worker."""

    def __init__(self, path: Path) -> None:
        """Open it for going on; a line that a kill cut off is ended, and then passed over by readers."""
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        if torn:
            os.write(self._file, b"\n")

    def write(self, record: Record) -> None:
        """Append one record."""
        os.write(self._file, json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def records(path: Path) -> Iterator[Record]:
    """Read a worker's file."""
    if path.exists():
        for line in path.read_bytes().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue  # cut off by a kill: its call counts as never answered


def unanswered(path: Path) -> list[Record]:
    """Give the calls of a worker's file that were begun and not ended: where a kill found it."""
    begun: dict[str, Record] = {}
    for record in records(path):
        if record["is"] == "invoke":
            begun[record["op"]] = record
        else:
            begun.pop(record["op"], None)
    return list(begun.values())
