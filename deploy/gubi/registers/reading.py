"""Opens the file of a workplace register: which encoding it is in, where its columns are, how far it has been read."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deploy.trouble import Trouble
from services.eligibility.registers.file import HEADERS, Column, Fault, Row, columns, rows

_NEEDED: tuple[Column, ...] = ("name", "address")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls files begin."""
_CHUNK = 1 << 20
_TELL_EVERY = 1_000


@dataclass(frozen=True)
class Reading:
    """A register's file, its header read."""

    size: int
    """In bytes."""
    _file: BinaryIO
    _text: io.TextIOWrapper
    _columns: dict[Column, int]
    _first: int

    def rows(self, told: Callable[[int], None]) -> Iterator[Row | Fault]:
        """Read row by row; `told` hears now and then how many bytes are read."""
        for count, row in enumerate(rows(self._text, self._columns, self._first)):
            if count % _TELL_EVERY == 0:
                told(self._file.tell())
            yield row


@contextmanager
def open_register(path: Path) -> Iterator[Reading]:
    """Open a register's file. Raises `Trouble` where it is no CSV file or lacks a column."""
    encoding = _encoding(path)
    with path.open("rb") as file, io.TextIOWrapper(file, encoding, errors="replace", newline="") as text:
        header = csv.reader(text)
        titles = next(header, [])
        found = columns(titles)
        missing = [" or ".join(HEADERS[column]) for column in _NEEDED if column not in found]
        if missing:
            shown = ", ".join(title.strip()[:30] for title in titles[:12]) or "nothing"
            raise Trouble(
                f"{path.name} has no column called {', and none called '.join(missing)}; its first line says: {shown}. "
                "Name the columns there, separated by commas."
            )
        yield Reading(path.stat().st_size, file, text, found, header.line_num + 1)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start in _WORKBOOKS:
        raise Trouble(f"{path.name} is an Excel workbook; open it and save it as 'CSV UTF-8'.")
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise Trouble(f"{path.name} is in UTF-16; open it and save it as 'CSV UTF-8'.")
    return next((name for name in ("utf-8-sig", "cp949") if _decodes(path, name)), "utf-8-sig")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as text:
            while text.read(_CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True
