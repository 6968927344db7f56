"""What an official should know of one certificate, in sentences; where sources disagree, what each says. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.dashboard.pages import words
from services.dashboard.pages.labels import Labels
from shared.facts import Certificate, Claim, Finding

_SHOWN_ANYWAY = frozenset({"unreadable", "unverified"})
"""Said at the head of the certificate, with why."""


@dataclass(frozen=True)
class Place:
    """A value that is meant, and where to find it: `anchor` names its box on a page, empty where it has none."""

    label: str
    anchor: str


@dataclass(frozen=True)
class Said:
    """What one source says of a value."""

    source: str
    text: str
    page: int
    anchor: str


@dataclass(frozen=True)
class Note:
    """One finding."""

    code: str
    word: str
    says: str
    about: tuple[Place, ...]
    claims: tuple[Said, ...]
    paths: tuple[str, ...] = ()
    """The values it is about, by name."""


def anchor(part: int, path: str) -> str:
    """Name the box of a value, as an element's id."""
    return f"box-{part}-" + "".join(char if char.isalnum() else "-" for char in path)


def claimed(part: int, finding: Finding) -> list[tuple[Claim, str]]:
    """Give each claim of a finding, with the name of its box, empty where it has none.

    The first on a page has the box that the value itself would have had: what leads to the value leads there.
    """
    found: list[tuple[Claim, str]] = []
    placed = 0
    for claim in finding.claims:
        stands = bool(claim.box and claim.page and finding.names)
        found.append((claim, anchor(part, finding.names[0] + f".{placed}" * bool(placed)) if stands else ""))
        placed += stands
    return found


def notes(certificate: Certificate, found: Iterable[str], labels: Labels, boxes: Iterable[str]) -> tuple[Note, ...]:
    """Give what was `found` when it was screened, as codes, and then what was noted when it was read.

    `boxes` are the names of the boxes that there are.
    """
    noted = {finding.code for finding in certificate.findings}
    codes = [code for code in dict.fromkeys(found) if code not in noted and code not in _SHOWN_ANYWAY]
    there = frozenset(boxes)
    return tuple(
        [Note(code, words.of(words.FINDING, code), words.SAYS.get(code, ""), (), ()) for code in codes]
        + [_noted(certificate, finding, labels, there) for finding in certificate.findings]
    )


def _noted(certificate: Certificate, finding: Finding, labels: Labels, boxes: frozenset[str]) -> Note:
    anchors = ((name, anchor(certificate.part, name)) for name in finding.names)
    return Note(
        code=finding.code,
        word=words.of(words.FINDING, finding.code),
        says=words.SAYS.get(finding.code, ""),
        about=tuple(Place(labels.full(name), at if at in boxes else "") for name, at in anchors),
        claims=_said(certificate, finding, labels),
        paths=finding.names,
    )


def _said(certificate: Certificate, finding: Finding, labels: Labels) -> tuple[Said, ...]:
    name = finding.names[0] if finding.names else ""
    return tuple(
        Said(words.of(words.SOURCE, claim.source), labels.write(name, claim.value), claim.page, box)
        for claim, box in claimed(certificate.part, finding)
    )
