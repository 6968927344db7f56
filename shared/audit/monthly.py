"""A month of the access log, as it is reviewed: acts by official and purpose, and each download with its reason. Pure.

개인정보의 안전성 확보조치 기준 제8조 asks for a review each month, and for the reason of every download.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.audit.access import Access, What
from shared.clock import SEOUL


class Doing(NamedTuple):
    """What an official did for one purpose."""

    official: str
    office: str
    purpose: str
    what: What


@dataclass
class Download:
    """One export of what was read, and why."""

    export: str
    official: str
    office: str
    address: str
    purpose: str
    at: datetime
    submissions: int = 0


@dataclass
class Month:
    """What was counted."""

    acts: Counter[Doing] = field(default_factory=Counter)
    downloads: dict[str, Download] = field(default_factory=dict)

    def add(self, accesses: Iterable[Access]) -> None:
        """Count accesses of officials."""
        for access in accesses:
            self.acts[Doing(access.official, access.office, access.purpose, access.what)] += 1
            if access.what == "exported":
                self._download(access).submissions += 1

    def _download(self, access: Access) -> Download:
        first = Download(access.part_of, access.official, access.office, access.address, access.purpose, access.at)
        found = self.downloads.setdefault(access.part_of, first)
        found.at = min(found.at, access.at)
        return found


def bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """Give the instants at which a month begins and ends in Seoul. Raises `ValueError`."""
    start = datetime(year, month, 1, tzinfo=SEOUL)
    return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SEOUL)
