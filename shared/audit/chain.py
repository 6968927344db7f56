"""The chain: each entry carries the hash of the one before it, so that none can be changed, taken out or moved. Pure.

Every process that writes has a **strand** of its own, numbered as they began. An entry's place is its strand and its
number in it; the first one follows the opening of its strand, and that follows the opening of the strand before.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.audit.access import Access
from shared.canonical import canonical as canonical_json

STRAND_FOR = timedelta(days=30)
"""For so long a process writes to one strand, and then begins another: only a strand that ended can be dropped."""
STRAND_ENTRIES = 100_000
"""So many entries it writes to one strand."""

_PLACE = re.compile(r"(\d{8})\.(\d{10})")


def canonical(content: Mapping[str, Any]) -> bytes:
    """Give the one way to write `content` down, its instants in UTC to the ms."""
    return canonical_json(content, _plain)


def _plain(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return told(value)


def told(instant: datetime) -> str:
    """Write an instant as the log does: UTC, to the millisecond."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def digest(document: Mapping[str, Any]) -> str:
    """Give the hash (SHA-256, hex) over all of a document but the hash it carries."""
    return hashlib.sha256(canonical({name: document[name] for name in document if name != "hash"})).hexdigest()


def place_of(strand: int, entry: int) -> str:
    """Give the place of an entry, such as to sort as it was written."""
    return f"{strand:08}.{entry:010}"


def parsed(place: object) -> tuple[int, int] | None:
    """Give strand and number of a place; None where it is none."""
    found = _PLACE.fullmatch(place) if isinstance(place, str) else None
    return (int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True)
class Head:
    """How far a strand is written: the number of its last entry, 0 before the first, and that one's hash."""

    strand: int
    entry: int
    hash: str

    def next(self, access: Access) -> tuple[dict[str, Any], "Head"]:
        """Give the document of an access that follows, and the head with it."""
        entry = self.entry + 1
        document = {"_id": place_of(self.strand, entry), "entry": entry, "previous": self.hash, **access.to_document()}
        document["hash"] = digest(document)
        return document, Head(self.strand, entry, document["hash"])


def is_full(head: Head, opened_at: datetime, now: datetime) -> bool:
    """Tell whether what is written next belongs into another strand."""
    return head.entry >= STRAND_ENTRIES or now - opened_at >= STRAND_FOR


def opening(number: int, writer: str, at: datetime, previous: str) -> tuple[dict[str, Any], Head]:
    """Give the document that opens a strand after one whose opening has the hash `previous`, and its head."""
    document: dict[str, Any] = {"_id": number, "writer": writer, "at": at, "previous": previous}
    document["hash"] = digest(document)
    return document, Head(number, 0, document["hash"])
