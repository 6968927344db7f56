"""When a strand of the access log may be dropped: as a whole, and only when nobody can still write to it. Pure.

A strand that its process ended may go; so may one whose process died, once every process that could have written to it
has had to begin another (`chain.STRAND_FOR`). The newest strand stays: numbers go on from it, and none comes twice.

Source: 개인정보의 안전성 확보조치 기준 제8조: two years at least where unique identifiers are handled.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.audit.chain import STRAND_FOR, Head

Kept = Literal["young", "newest", "unsigned", "open"]
"""Why a strand stays: not all of it is old enough · it is the newest · its last entries bear no signature yet · a
process may still write to it."""

_IN_FLIGHT = timedelta(days=1)
"""A write that was begun in a strand's last moment has ended by then."""


@dataclass(frozen=True)
class Strand:
    """What decides about one strand."""

    head: Head
    opening: str
    """The hash of its opening."""
    opened_at: datetime
    latest: datetime
    """When its last access was, or when it was opened."""
    signed: bool
    """Whether a checkpoint names its last entry, or it has none."""
    ended: bool
    """Whether its process signed that it ends."""


def rule(days: int) -> str:
    """Give the name of the rule, as it is signed for."""
    return f"older than {days} days"


def why_kept(strand: Strand, newest: int, now: datetime, days: int) -> Kept | None:
    """Say why a strand stays; None where it may be dropped."""
    if now - strand.latest <= timedelta(days=days):
        return "young"
    if strand.head.strand >= newest:
        return "newest"
    if not strand.signed:
        return "unsigned"
    return None if strand.ended or now - strand.opened_at > STRAND_FOR + _IN_FLIGHT else "open"


def sorted_out(strands: Collection[Strand], now: datetime, days: int) -> tuple[list[Strand], dict[int, Kept]]:
    """Give the strands that may be dropped, and why each of the others stays."""
    newest = max((strand.head.strand for strand in strands), default=0)
    kept = {strand.head.strand: why_kept(strand, newest, now, days) for strand in strands}
    may_go = [strand for strand in strands if kept[strand.head.strand] is None]
    return may_go, {number: why for number, why in kept.items() if why is not None}
