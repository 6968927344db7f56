"""Examining the access log: what was done to it, and where, in clear sentences. Pure.

The chain finds what was edited, deleted or moved; the checkpoints find what was cut off at an end or written anew. A
strand whose last checkpoint says that it was dropped by the rule of retention need not be there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from shared.audit.chain import Head, digest, parsed
from shared.audit.checkpoints import Signed
from shared.audit.retention import Strand

Kind = Literal["edited", "deleted", "reordered", "truncated", "rewritten", "inserted", "unsigned", "forged"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where: the strand, and the entry in it unless it is the strand as a whole."""

    kind: Kind
    strand: int
    entry: int | None
    sentence: str


@dataclass
class _Walk:
    """How far a strand was walked."""

    hash: str | None
    """Of the last entry; None where it cannot be known."""
    opened_at: datetime
    latest: datetime
    """Of its opening and its entries."""
    entry: int = 0
    hashes: dict[int, str] = field(default_factory=dict)
    """Those of entries that a checkpoint names, and of the opening, as entry 0."""


def _at(document: Mapping[str, Any]) -> datetime:
    """Give when it was; where it does not say, the end of time: such a strand is never old enough."""
    at = document.get("at")
    return at if isinstance(at, datetime) else datetime.max.replace(tzinfo=UTC)


class Examination:
    """Takes everything in order of place, once, and tells what is wrong with it."""

    def __init__(self, strands: Iterable[Mapping[str, Any]], signed: Mapping[int, Sequence[Signed]]) -> None:
        """Take the openings of all strands, and the checkpoints by strand, read before any entry was."""
        self.findings: list[Finding] = []
        self._strays: set[int] = set()
        self.entries = 0
        self._signed = {strand: sorted(lines, key=lambda line: line.entry) for strand, lines in signed.items()}
        self._named = {strand: {line.entry for line in lines} for strand, lines in signed.items()}
        self.dropped: dict[int, Signed] = {}
        """The strands that were dropped by the rule of retention, and the line that says so."""
        self._take_dropped(signed)
        self._walks = self._walked(sorted(strands, key=lambda one: int(one["_id"])))

    @property
    def strands(self) -> int:
        """How many strands there are."""
        return len(self._walks)

    @property
    def leftovers(self) -> list[int]:
        """The dropped strands of which something stands: dropping them was cut short, or a backup was restored."""
        return sorted(self._walks.keys() & self.dropped.keys())

    def standing(self) -> list[Strand]:
        """Give what decides, of each strand that stands and was not dropped, whether it may be dropped."""
        return [
            Strand(
                Head(strand, walk.entry, str(walk.hash)),
                walk.hashes[0],
                walk.opened_at,
                walk.latest,
                signed=not walk.entry  # its opening is there, and says all of it
                or any(line.genuine and line.entry == walk.entry for line in self._signed.get(strand, ())),
                ended=any(line.genuine and line.final for line in self._signed.get(strand, ())),
            )
            for strand, walk in self._walks.items()
            if strand not in self.dropped
        ]

    @property
    def unsigned(self) -> int:
        """How many entries are newer than their strand's last checkpoint: were they cut off, nothing would tell."""
        return sum(head.entry - self._last(head.strand) for head in self.ahead())

    def ahead(self) -> list[Head]:
        """Give how far the strands are written that are ahead of their last checkpoint."""
        walked = (Head(strand, walk.entry, str(walk.hash)) for strand, walk in self._walks.items())
        return [head for head in walked if head.entry > self._last(head.strand)]

    def take(self, document: Mapping[str, Any]) -> None:
        """Take the next entry."""
        self.entries += 1
        place = parsed(document["_id"])
        walk = self._walks.get(place[0]) if place else None
        if place is None or walk is None:
            self._strays.add(place[0] if place else 0)
            return
        strand, entry = place
        if entry > walk.entry + 1:
            first, last = walk.entry + 1, entry - 1
            which = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
            self._find("deleted", strand, first, f"{which} missing from strand {strand}: deleted.")
            walk.hash = None
        self._compare(strand, entry, walk, document)
        walk.entry, walk.hash = entry, document.get("hash")
        walk.latest = max(walk.latest, _at(document))
        if entry in self._named.get(strand, ()):
            walk.hashes[entry] = str(walk.hash)

    def end(self, opened: Collection[int] = (), signed: Mapping[int, Sequence[Signed]] | None = None) -> list[Finding]:
        """Compare with the checkpoints, now that all entries were taken, and give all that was found.

        Which strands are `opened` and `signed` by now excuses those that began, or were dropped, while this went on.
        """
        signed = signed or {}
        self._take_dropped(signed)
        self.findings = [one for one in self.findings if not (one.kind == "deleted" and one.strand in self.dropped)]
        for strand in sorted(self._strays - set(opened)):
            text = f"Entries stand under strand {strand}, whose opening is not there: deleted, or they were inserted."
            self._find("inserted", strand, None, text)
        for strand in sorted(self._walks.keys() | self._signed.keys()):
            if strand in self._signed or strand not in signed:
                self._against_checkpoints(strand)
        return self.findings

    def _take_dropped(self, signed: Mapping[int, Sequence[Signed]]) -> None:
        for strand, lines in signed.items():
            self.dropped.update((strand, line) for line in lines if line.genuine and line.dropped)

    def _find(self, kind: Kind, strand: int, entry: int | None, sentence: str) -> None:
        self.findings.append(Finding(kind, strand, entry, sentence))

    def _last(self, strand: int) -> int:
        return max((line.entry for line in self._signed.get(strand, ()) if line.genuine), default=0)

    def _walked(self, strands: Sequence[Mapping[str, Any]]) -> dict[int, _Walk]:
        walks: dict[int, _Walk] = {}
        number, previous = 0, ""
        for document in strands:
            strand = int(document["_id"])
            for missing in range(number + 1, strand):
                if missing in self.dropped:
                    number, previous = missing, self.dropped[missing].opening
                elif missing not in self._signed:  # otherwise its checkpoints tell it
                    self._find("deleted", missing, None, f"Strand {missing} is missing as a whole: deleted.")
            if digest(document) != document.get("hash"):
                self._find("edited", strand, None, f"The opening of strand {strand} is not as it was written: edited.")
            elif strand == number + 1 and document["previous"] != previous:
                text = f"The opening of strand {number} is not as it was when strand {strand} was opened: written anew."
                self._find("rewritten", number, None, text)
            number, previous = strand, str(document.get("hash"))
            walks[strand] = _Walk(previous, _at(document), _at(document), hashes={0: previous})
        return walks

    def _compare(self, strand: int, entry: int, walk: _Walk, document: Mapping[str, Any]) -> None:
        where = f"Entry {entry} of strand {strand}"
        claims = document.get("entry")
        if claims != entry:
            self._find("reordered", strand, entry, f"{where} was written as entry {claims}: moved.")
        elif digest(document) != document.get("hash"):
            self._find("edited", strand, entry, f"{where} is not as it was written: edited.")
        elif walk.hash is not None and document.get("previous") != walk.hash and not self._told(strand, walk.entry):
            text = f"Entry {walk.entry} of strand {strand} is not as it was when entry {entry} was written: edited."
            self._find("edited", strand, walk.entry, text)

    def _told(self, strand: int, entry: int) -> bool:
        """Tell whether the entry before is known to be wrong: then the one after it need not fit."""
        return any((one.strand, one.entry) == (strand, entry) for one in self.findings[-1:])

    def _against_checkpoints(self, strand: int) -> None:
        lines = self._signed.get(strand, [])
        walk = self._walks.get(strand)
        if forged := sum(not line.genuine for line in lines):
            self._find("forged", strand, None, f"{forged} checkpoints of strand {strand} do not bear our signature.")
        genuine = [line for line in lines if line.genuine]
        if walk is None:
            if genuine and strand not in self.dropped:
                text = f"Strand {strand}, signed up to entry {genuine[-1].entry}, is missing as a whole: deleted."
                self._find("deleted", strand, None, text)
            return
        if not genuine:
            if walk.entry:
                text = f"No checkpoint of strand {strand} is there, though none is written to before one is: deleted."
                self._find("unsigned", strand, None, text)
            return
        last = genuine[-1]
        if last.entry > walk.entry and strand not in self.dropped:
            text = (
                f"Entries {walk.entry + 1} to {last.entry} of strand {strand} are missing at its end, "
                f"where entry {last.entry} was signed at {last.at}: cut off."
            )
            self._find("truncated", strand, walk.entry + 1, text)
        final = [line for line in genuine if line.final]
        if final and walk.entry > final[0].entry:
            text = f"Strand {strand} ended with entry {final[0].entry}, and entries stand after it: inserted."
            self._find("inserted", strand, final[0].entry + 1, text)
        self._signed_otherwise(strand, walk, genuine)

    def _signed_otherwise(self, strand: int, walk: _Walk, genuine: Sequence[Signed]) -> None:
        good = 0
        for line in genuine:
            if line.entry not in walk.hashes:
                continue
            if walk.hashes[line.entry] == line.hash:
                good = line.entry
                continue
            text = (
                f"Entry {line.entry} of strand {strand} is not the one that was signed at {line.at}: "
                f"written anew, somewhere after entry {good}."
            )
            self._find("rewritten", strand, line.entry, text)
            return
