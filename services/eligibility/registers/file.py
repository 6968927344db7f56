"""The file of a workplace register: a header, and a row for each workplace, each taken or named as a fault. Pure.

Columns are found by their Korean or English names, in any order; others are passed over.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from services.eligibility.questions import digits

Column = Literal["name", "workplace_number", "business_number", "number", "address"]

HEADERS: Mapping[Column, tuple[str, ...]] = {
    "name": ("사업장명", "사업장명칭", "name"),
    "workplace_number": ("사업장관리번호",),
    "business_number": ("사업자등록번호",),
    "number": ("number",),
    "address": ("주소", "사업장주소", "address"),
}
"""What a column may be called; spaces and capitals do not matter."""

FaultCode = Literal["cells", "name", "address", "number", "characters", "quotes"]

_NUMBERS: tuple[Column, ...] = ("workplace_number", "business_number", "number")
_PRINTED_NUMBER = re.compile(r"[\d\s\-‐–]*")


class Row(NamedTuple):
    """A workplace as the file has it."""

    name: str
    number: str
    """사업장관리번호 (workplace number), else 사업자등록번호 (business number); empty where none is shown."""
    address: str


class Fault(NamedTuple):
    """A row that cannot be taken: the line of the file it begins on, from 1, and why."""

    line: int
    code: FaultCode


def columns(header: Sequence[str]) -> dict[Column, int]:
    """Give where each known column stands; of two with the same name, the first."""
    found: dict[Column, int] = {}
    for place, title in enumerate(header):
        plain = "".join(unicodedata.normalize("NFKC", title).split()).casefold().lstrip("\ufeff")
        for column, names in HEADERS.items():
            if plain in names:
                found.setdefault(column, place)
    return found


def rows(lines: Iterable[str], chosen: Mapping[Column, int], first: int = 1) -> Iterator[Row | Fault]:
    """Read the rows below the header, which took the lines before `first`. Blank ones are passed over."""
    reader = csv.reader(lines, strict=True)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Fault(line, "quotes")
            continue
        if any(cell.strip() for cell in cells):
            yield _row(cells, chosen, line)


def _row(cells: Sequence[str], chosen: Mapping[Column, int], line: int) -> Row | Fault:
    if len(cells) <= max(chosen.values()):
        return Fault(line, "cells")
    values = {column: cells[place].strip() for column, place in chosen.items()}
    numbers = [values[column] for column in _NUMBERS if values.get(column)]
    number = numbers[0] if numbers else ""
    fault: FaultCode | None = None
    if any("\ufffd" in value for value in values.values()):
        fault = "characters"
    elif not values["name"]:
        fault = "name"
    elif not values["address"]:
        fault = "address"
    elif "*" in number:
        number = ""
    elif number and not (_PRINTED_NUMBER.fullmatch(number) and len(digits(number)) in (10, 11)):
        fault = "number"
    return Fault(line, fault) if fault else Row(values["name"], number, values["address"])
