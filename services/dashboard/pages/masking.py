"""What names a person, covered until an official says why it must be seen. Pure.

Covered are names, birth dates, addresses and numbers of documents: wherever they stand on the screen, in sentences too,
and on the picture of the page. What is decided on stays: dates, amounts, workplaces, whether a condition is met.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from services.dashboard.covers import Covers
from services.dashboard.pages.conditions import Condition
from services.dashboard.pages.showing import Paper, Value
from shared.catalog import Catalog, CertificateKind
from shared.catalog.templates import ValueType
from shared.facts import Certificate, Facts, Submitter
from shared.gate import Opened

COVERED: frozenset[ValueType] = frozenset({"name", "address", "number", "rrn"})
_RRN = re.compile(r"(?<!\d)\d{6}\s*-\s*[\d*]{7}")
_LEAST = 2
"""Letters a text must have to be looked for elsewhere: one alone stands everywhere."""


@dataclass(frozen=True)
class Mask:
    """The texts that name somebody, each with what is shown in its place."""

    secrets: Mapping[str, str]
    paths: frozenset[tuple[int, str]]
    """Part and path of each value that is covered."""

    @staticmethod
    def of(opened: Opened, catalog: Catalog) -> "Mask":
        """Find what is to be covered in an opened submission."""
        secrets = dict(_of_submitter(opened.submitter))
        paths: set[tuple[int, str]] = set()
        for facts in (opened.read, opened.facts):
            for certificate in facts.certificates if facts else ():
                kind = catalog.certificates.get(certificate.kind)
                for path, value, as_type in _identifying(certificate, kind):
                    paths.add((certificate.part, path))
                    if isinstance(value, str):
                        secrets[value] = covered(value, as_type)
        return Mask({text: secrets[text] for text in sorted(secrets, key=len, reverse=True)}, frozenset(paths))

    def text(self, text: str) -> str:
        """Cover every secret in a text, and the front of any resident registration number."""
        for secret, shown in self.secrets.items():
            if len(secret) >= _LEAST:
                text = text.replace(secret, shown)
        return _RRN.sub(_DOTS, text)

    def condition(self, condition: Condition) -> Condition:
        """Cover a condition."""
        return replace(
            condition,
            reason=self.text(condition.reason),
            observed=self.text(condition.observed),
            said=self.text(condition.said),
        )

    def paper(self, paper: Paper) -> Paper:
        """Cover a certificate."""
        return replace(
            paper,
            number=covered(paper.number, "number") if paper.number != "—" else paper.number,
            groups=tuple(
                replace(group, values=tuple(self._value(paper.part, value) for value in group.values))
                for group in paper.groups
            ),
            notes=tuple(
                replace(note, claims=tuple(replace(said, text=self.text(said.text)) for said in note.claims))
                if not any((paper.part, path) in self.paths for path in note.paths)
                else replace(note, claims=tuple(replace(said, text=_DOTS) for said in note.claims))
                for note in paper.notes
            ),
        )

    def _value(self, part: int, value: Value) -> Value:
        value = replace(value, why=self.text(value.why))
        if (part, value.path) in self.paths:
            shown = self.secrets.get(value.text, _DOTS if value.text != "—" else value.text)
            return replace(value, text=shown, raw=_DOTS if value.raw else "", was=_DOTS if value.was else "")
        return replace(value, text=self.text(value.text), raw=self.text(value.raw), was=self.text(value.was))

    def covers(self, opened: Opened, part: int, page: int) -> Covers:
        """Give what to cover on the picture of a page."""
        places = opened.provenance.certificates if opened.provenance else ()
        boxes = [
            place.box
            for one in places
            if one.part == part
            for path, place in one.fields.items()
            if place.box and place.page == page and (part, path) in self.paths
        ]
        claims = [
            claim.box
            for certificate in _certificates(opened.read)
            if certificate.part == part
            for finding in certificate.findings
            if any((part, name) in self.paths for name in finding.names)
            for claim in finding.claims
            if claim.box and claim.page == page
        ]
        return Covers((*boxes, *claims), tuple(text for text in self.secrets if len(text) >= _LEAST))


_DOTS = "●●●"


def covered(text: str, as_type: ValueType) -> str:
    """Give what is shown of a text: enough to tell two apart, too little to name somebody."""
    if as_type == "rrn":
        return f"{text[:4]}-**-**" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else _DOTS
    if as_type == "name":
        return text[0] + "*" * max(len(text) - 2, 1) + (text[-1] if len(text) > 2 else "")
    if as_type == "address":
        return " ".join([*text.split()[:2], "***"])
    return text[:2] + "*" * max(len(text) - 4, 3) + text[-2:]


def _certificates(facts: Facts | None) -> tuple[Certificate, ...]:
    return facts.certificates if facts else ()


def _of_submitter(submitter: Submitter) -> Iterator[tuple[str, str]]:
    yield submitter.name, covered(submitter.name, "name")
    yield submitter.birth_date.isoformat(), covered(submitter.birth_date.isoformat(), "rrn")


def _identifying(certificate: Certificate, kind: CertificateKind | None) -> Iterator[tuple[str, JsonValue, ValueType]]:
    types: Mapping[str, ValueType] = kind.types if kind else {}
    if certificate.number:
        yield "number", certificate.number, "number"
    for finding in certificate.findings:
        for name in finding.names:
            as_type = types.get(re.sub(r"\[\d+\]", "[]", name))
            if as_type in COVERED:
                yield name, None, as_type
    for path, value, name in _values(certificate.values):
        as_type = types.get(name, "text" if kind else "name")
        if as_type in COVERED:
            yield path, value, as_type


def _values(values: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue, str]]:
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                for column, cell in row.items() if isinstance(row, dict) else ():
                    yield f"{name}[{number}].{column}", cell, f"{name}[].{column}"
        else:
            yield name, value, name
