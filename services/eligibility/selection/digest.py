"""A run's rows as text, and one digest of all of them. Pure.

A row is one line of six fields, joined by `|`: submission id, class, standing, place (empty where there is none),
revision, edition. The digest is SHA-256 over the lines in order of submission ids (of their ASCII bytes), each ended by
one line feed. Neither the order in which the population was read nor who worked on it can show in it.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import ge
from typing import cast

from shared.events import RunClass, RunStanding, SelectionRow


def line(
    submission_id: str, outcome: RunClass, standing: RunStanding, place: int | None, revision: int, edition: int
) -> str:
    """Give a row as text, without its line feed."""
    return f"{submission_id}|{outcome}|{standing}|{place or ''}|{revision}|{edition}"


def row_of(text: str) -> SelectionRow:
    """Read a line back."""
    submission_id, outcome, standing, place, revision, edition = text.split("|")
    return SelectionRow(
        submission_id=submission_id,
        outcome=cast(RunClass, outcome),
        standing=cast(RunStanding, standing),
        place=int(place) if place else None,
        revision=int(revision),
        edition=int(edition),
    )


def erased(text: str, outcome: RunClass) -> str:
    """Give what is left of a row when its submission is gone: that it is."""
    return line(text.partition("|")[0], outcome, "none", None, 0, 0)


class Digest:
    """The digest of a run's rows, portion by portion, in order of submission ids."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._hash = hashlib.sha256()
        self._last = ""

    def add(self, lines: Sequence[str]) -> None:
        """Take these in. Raises `ValueError` unless each submission comes once and behind all before it."""
        if not lines:
            return
        names = [self._last, *[text[: text.index("|")] for text in lines]]
        if any(map(ge, names, names[1:])):
            raise ValueError("rows are not in order")
        self._last = names[-1]
        self._hash.update("\n".join([*lines, ""]).encode("ascii"))

    @property
    def digest(self) -> str:
        """The digest so far, in hexadecimal."""
        return self._hash.hexdigest()


class Tally(Digest):
    """Sums a run up as well."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.received = 0
        self.classes: Counter[RunClass] = Counter()
        self.standings: Counter[RunStanding] = Counter()

    def add(self, lines: Sequence[str]) -> None:
        """Take these in, and count them. Raises `ValueError` as above."""
        super().add(lines)
        fields = [text.split("|", 3) for text in lines]
        self.received += len(lines)
        self.classes.update(cast(RunClass, field[1]) for field in fields)
        self.standings.update(cast(RunStanding, field[2]) for field in fields)


@dataclass(frozen=True)
class Result:
    """What came of a run, as it is stored."""

    digest: str = ""
    firsts: tuple[str, ...] = ()
    """The first submission of each portion of rows, which tells in which portion a submission stands."""
    failed: str = ""
    """Why there is no draft, as a code; empty where there is one."""
