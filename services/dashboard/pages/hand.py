"""What an official has said of one certificate by hand, beside what was read. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from services.dashboard.pages.moments import moment
from services.dashboard.rules import without_rrn
from shared.facts import Certificate
from shared.gate import Opened

_CELL = re.compile(r"^(\w+)\[(\d+)\]\.(\w+)$")


@dataclass(frozen=True)
class ByHand:
    """Corrections of one certificate, the last of each value."""

    certificate: Certificate | None
    """As read; None where it was not."""
    why: Mapping[str, str]
    """By path: who corrected it, when and why."""
    unknown: tuple[str, ...]
    """Values of which it was said that it cannot be told what they are."""

    def read(self, path: str) -> JsonValue:
        """Give what the machine read at a path; None where it read nothing."""
        if self.certificate is None:
            return None
        cell = _CELL.match(path)
        if cell is None:
            own = getattr(self.certificate, path, None) if path in ("issued_on", "valid_until") else None
            return str(own) if own else self.certificate.values.get(path)
        rows, number = self.certificate.values.get(cell[1]), int(cell[2])
        row = rows[number] if isinstance(rows, list) and number < len(rows) else None
        return row.get(cell[3]) if isinstance(row, dict) else None


def by_hand(opened: Opened, part: int) -> ByHand:
    """Give what was corrected of a certificate."""
    mine = [one for one in opened.corrections if one.part == part]
    why: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for one in mine:
        told = f"{one.official} · {moment(one.at)} · {without_rrn(one.reason)}"
        for path in (*one.values, *one.unknown):
            why[path] = told
            unknown.pop(path, None)
        unknown |= dict.fromkeys(one.unknown)
    read = next((one for one in opened.read.certificates if one.part == part), None) if opened.read else None
    return ByHand(read, why, tuple(unknown))
