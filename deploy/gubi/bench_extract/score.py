"""How well certificates were read: each value that was expected or returned is right, wrong or missing. Pure.

Precision is right / (right + wrong), recall right / expected. A value is one labelled field, one of a certificate's own
fields, or one cell of a table, at its place in the order of rows.

Korean may be broken between any two syllables, so where a text wraps, print does not say whether a space was there. A
text that differs from what was expected by such spaces alone is right if the reader said that it is not sure of them (a
confidence below 1), and counted as `unsure_spaces` too; if it was sure, it is wrong.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import JsonValue

from shared.facts import Certificate, CertificateProvenance

OWN_FIELDS = ("number", "issued_on", "issuer", "valid_until")
TELLING_NULLS = frozenset({"lost_on", "employed_until"})
"""Names whose null is a statement (still insured, still employed), and so is wrong where a day was expected."""

Fault = Literal["wrong", "missing", "unread", "not_refused", "unsure_spaces"]


@dataclass(frozen=True, slots=True)
class Slip:
    """One value that is not as expected; `unread` and `not_refused` stand for a whole document."""

    name: str
    fault: Fault
    expected: JsonValue
    read: JsonValue


@dataclass(slots=True)
class Score:
    """Counts over documents and values."""

    documents: int = 0
    right: int = 0
    wrong: int = 0
    expected: int = 0
    unsure_spaces: int = 0
    slips: list[tuple[str, Slip]] = field(default_factory=list)
    """The first ones, each with the name of its document."""

    def add(self, document: str, expected: Certificate, read: Certificate, stood: CertificateProvenance) -> None:
        """Count one document, of which `stood` is where the values stood and how sure the reader was."""
        unsure = {name for name, place in stood.fields.items() if place.confidence < 1}
        right, wanted, slips = compare(expected, read, unsure)
        self.documents += 1
        self.right += right
        self.expected += wanted
        self.wrong += sum(slip.fault in ("wrong", "not_refused") for slip in slips)
        self.unsure_spaces += sum(slip.fault == "unsure_spaces" for slip in slips)
        self.slips += [(document, slip) for slip in slips if slip.fault != "unsure_spaces"]

    def __iadd__(self, other: "Score") -> "Score":
        """Count another's documents too."""
        self.documents += other.documents
        self.right += other.right
        self.wrong += other.wrong
        self.expected += other.expected
        self.unsure_spaces += other.unsure_spaces
        self.slips += other.slips
        return self

    @property
    def precision(self) -> float:
        """Of what was returned, the part that is right; 1 where nothing was."""
        returned = self.right + self.wrong
        return self.right / returned if returned else 1.0

    @property
    def recall(self) -> float:
        """Of what was expected, the part that was returned right; 1 where nothing was."""
        return self.right / self.expected if self.expected else 1.0

    def as_json(self) -> dict[str, Any]:
        """The counts and both ratios, to six places: one wrong value in a hundred thousand still shows."""
        return {
            "documents": self.documents,
            "values": self.expected,
            "wrong": self.wrong,
            "unsure_spaces": self.unsure_spaces,
            "precision": round(self.precision, 6),
            "recall": round(self.recall, 6),
        }


def compare(expected: Certificate, read: Certificate, unsure: Collection[str] = ()) -> tuple[int, int, list[Slip]]:
    """Return how many values are right, how many were expected, and every slip; `unsure` names values in doubt.

    Where the document should be refused there is nothing to expect, and reading it all the same is one wrong value.
    """
    if expected.unreadable:
        return 0, 0, [] if read.unreadable else [Slip("", "not_refused", expected.unreadable, None)]
    wanted = dict(_values(expected))
    count = sum(value is not None for value in wanted.values())
    if read.unreadable:
        return 0, count, [Slip("", "unread", None, read.unreadable)]
    found = dict(_values(read))
    slips = [slip for name in {**wanted, **found} if (slip := _slip(name, wanted, found, unsure))]
    right = sum(value is not None and found.get(name) == value for name, value in wanted.items())
    return right + sum(slip.fault == "unsure_spaces" for slip in slips), count, slips


def _slip(
    name: str, wanted: Mapping[str, JsonValue], found: Mapping[str, JsonValue], unsure: Collection[str]
) -> Slip | None:
    expected, read = wanted.get(name), found.get(name)
    if expected == read:
        return None
    if name in unsure and isinstance(expected, str) and isinstance(read, str) and _letters(expected) == _letters(read):
        return Slip(name, "unsure_spaces", expected, read)
    said = read is not None or (name in found and name.rsplit(".", 1)[-1] in TELLING_NULLS)
    return Slip(name, "wrong" if said else "missing", expected, read)


def _letters(text: str) -> str:
    return "".join(text.split())


def _values(certificate: Certificate) -> Iterator[tuple[str, JsonValue]]:
    plain = certificate.model_dump(mode="json")
    for name in OWN_FIELDS:
        yield name, plain[name]
    for name, value in plain["values"].items():
        if isinstance(value, list) and any(isinstance(row, dict) for row in value):
            for place, row in enumerate(value):
                for column, cell in row.items():
                    yield f"{name}[{place}].{column}", cell
        else:
            yield name, value


def total(scores: Iterable[Score]) -> Score:
    """Return all of them counted together."""
    whole = Score()
    for score in scores:
        whole += score
    return whole
