"""What of a programme an official works on at once: all of it, or what was sent to one of its offices. Pure.

Whoever may not work on every office's works on one at a time, so that every list, count and decision is of a place that
is theirs whole, and a page of a list stays one range of an index.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.catalog import Programme


@dataclass(frozen=True)
class Reach:
    """A programme, and whose submissions of it are meant."""

    programme: Programme
    office: str
    """The one office that is meant; empty: all."""
    offices: tuple[str, ...]
    """Those that may be chosen, the official's own first."""
    whole: bool
    """Whether all of them together may be."""

    @property
    def name(self) -> str:
        """Name the place for what an official keeps by it: one for all offices, or for each that is worked on alone."""
        return self.programme.id if self.whole else f"{self.programme.id}|{self.office}"

    def holds(self, place: tuple[str, str]) -> bool:
        """Tell whether what was sent to this programme and office is meant."""
        return place[0] == self.programme.id and self.office in ("", place[1])


def reach(
    programme: Programme, offices: Sequence[str], may: Callable[[str], bool], *, own: str, wanted: str = ""
) -> Reach | None:
    """Give what somebody works on of a programme that these offices receive for; None where nothing is theirs.

    `may` tells whether an office's is theirs, `own` is the one they belong to, `wanted` the one they ask for. One that
    is not theirs is never widened or changed to another.
    """
    theirs = sorted(filter(may, offices), key=lambda office: office != own)
    whole = bool(theirs) and len(theirs) == len(offices)
    if not (may(wanted) if wanted else theirs):
        return None
    return Reach(programme, wanted or ("" if whole else theirs[0]), tuple(theirs), whole)
