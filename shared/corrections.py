"""What an official says: values corrected or read by hand, and conditions found out, laid over what was read. Pure.

What was read stays as it was, beside it. A correction is sealed under its submission's key and stands in the gate's own
document, so that it is erased with the submission and nothing can be read without it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import not_
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.facts import Certificate, CertificateProvenance, Facts, FactsProvenance, Finding, Provenance, Settled

NOT_BY_HAND = ("number", "issuer")
"""By these copies of one certificate are found: whoever may not see the original must not be able to change them."""

UNKNOWN = object()
_PATH = re.compile(r"^(\w+)(?:\[(\d+)\]\.(\w+))?$")
_DATES = ("issued_on", "valid_until")


class Correction(BaseModel):
    """What one official said at once: of values of one certificate, or of conditions that none settles.

    What a newer version said besides is ignored, as in events.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    part: int | None
    """The certificate; None where it is about conditions."""
    values: dict[str, JsonValue] = {}
    """By name as the keys of provenance are, normalised; None is a blank that says something, as a loss date that is
    not there: still insured."""
    unknown: tuple[str, ...] = ()
    """Names of values of which it cannot be told what they are. Missing is not false."""
    conditions: dict[str, Settled | None] = Field(default={}, exclude_if=not_)
    """By condition code; None takes back what was said before. Left out where there is none, as it was once unknown."""
    reason: str
    official: str
    office: str
    at: datetime


def laid_over(facts: Facts, corrections: Sequence[Correction]) -> Facts:
    """Give what counts: the facts as read, with corrections in the order in which they were made."""
    if not corrections:
        return facts
    said = _by_part(corrections)
    settled: dict[str, Settled | None] = {}
    for correction in corrections:
        settled |= correction.conditions
    certificates = (_corrected(one, said[one.part]) if one.part in said else one for one in facts.certificates)
    known = {code: one for code, one in settled.items() if one}
    return facts.model_copy(update={"certificates": tuple(certificates), "settled": known})


def with_person(provenance: FactsProvenance, corrections: Sequence[Correction]) -> FactsProvenance:
    """Give where all of it stood: of what a person said, where the machine had read it, if it had."""
    said = _by_part(corrections)
    known = {one.part: one for one in provenance.certificates}
    places = [_placed(known.get(part, CertificateProvenance(part=part)), said[part]) for part in sorted(said)]
    others = [one for one in provenance.certificates if one.part not in said]
    return FactsProvenance(certificates=tuple(sorted((*places, *others), key=lambda one: one.part)))


def unreadable_of(certificates: Iterable[Certificate], newest: int) -> Certificate | None:
    """Give the first certificate for which a submission counts as unreadable: it is sent all or nothing.

    `newest` is the first part of the latest revision: what was asked for and has come answers for what was unreadable
    before, and whether it suffices is for the rules to say.
    """
    return next((one for one in certificates if one.unreadable and one.part >= newest), None)


def _by_part(corrections: Sequence[Correction]) -> dict[int, dict[str, Any]]:
    said: dict[int, dict[str, Any]] = {}
    for correction in corrections:
        if correction.part is not None:
            unknown = dict.fromkeys(correction.unknown, UNKNOWN)
            said.setdefault(correction.part, {}).update({**correction.values, **unknown})
    return said


def _corrected(certificate: Certificate, said: Mapping[str, Any]) -> Certificate:
    own: dict[str, Any] = {}
    values = dict(certificate.values)
    for name, value in _in_order(said):
        table, row, column = _steps(name)
        if row is not None:
            values[table] = _with_cell(values.get(table), row, column, value)
        elif name in _DATES:
            own[name] = date.fromisoformat(value) if isinstance(value, str) else None
        elif value is UNKNOWN:
            values.pop(name, None)
        else:
            values[name] = value
    settled = {step for name in said for step in (name, _steps(name)[0])}
    findings = tuple(_left(certificate.findings, settled))
    return certificate.model_copy(update={**own, "values": values, "findings": findings, "unreadable": None})


def _with_cell(rows: JsonValue, number: int, column: str, value: Any) -> JsonValue:
    """One cell more or other; the row after the last is a new one, and one further on does not exist."""
    kept: list[JsonValue] = list(rows) if isinstance(rows, list) else []
    if number > len(kept):
        return kept
    row = kept[number] if number < len(kept) else {}
    cells = {**row, column: value} if isinstance(row, dict) else {column: value}
    return [*kept[:number], {name: cell for name, cell in cells.items() if cell is not UNKNOWN}, *kept[number + 1 :]]


def _left(findings: Iterable[Finding], settled: set[str]) -> Iterator[Finding]:
    """Of findings about values, those about values that no person has settled."""
    for finding in findings:
        names = tuple(name for name in finding.names if name not in settled)
        if names or not finding.names:
            yield finding.model_copy(update={"names": names})


def _placed(known: CertificateProvenance, said: Mapping[str, Any]) -> CertificateProvenance:
    fields = dict(known.fields)
    for name in said:
        read = known.fields.get(name)
        page, box, raw = (read.page, read.box, read.raw) if read else (0, None, "")
        fields[name] = Provenance(page=page, box=box, raw=raw, normaliser="person", source="person", confidence=1)
    return known.model_copy(update={"fields": fields})


def _in_order(said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """By row, so that new rows come one after the other."""
    return sorted(said.items(), key=lambda item: _steps(item[0])[1] or 0)


def _steps(name: str) -> tuple[str, int | None, str]:
    found = _PATH.match(name)
    if found is None:
        return name, None, ""
    return found[1], int(found[2]) if found[2] is not None else None, found[3] or ""
