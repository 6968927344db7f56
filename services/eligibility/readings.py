"""What a certificate says in the terms of the conditions: whose it is, where they live, where they work and since when.

Values are JSON from a reader of PDFs, so any may be missing or of another shape; then it is unknown, never an error.
What a kind calls its values is said in `shared/catalog/certificates`; no other module here knows those names.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple

from pydantic import JsonValue

from services.eligibility.kleene import Result
from shared.facts import Certificate, Submitter

_MEMBERS = ("RR_FULL", "members")
_RESIDENT = "거주자"
_ROW = ("workplace", "workplace_address", "acquired_on", "lost_on")
_CERTIFIED = ("workplace", "business_number", "workplace_address", "hired_on", "employed_until")
"""What says where somebody works and since when: in a row of the history, and on an employer's certificate."""


class Holder(NamedTuple):
    """Whose certificate it is, and the paths of the values that say so."""

    match: Literal["same", "differs", "unclear"]
    birth_path: str = ""
    resident: bool = True
    """False where the register's 등록상태 (registration status) is another than 거주자 (resident)."""
    moved_in: date | None = None
    """The later of the household's and the holder's own 전입일/변동일 (date of moving in, or of change)."""
    moved_in_path: str = ""
    disputed: tuple[str, ...] = ()
    """Names of values that would say whose it is, had sources not disagreed on them."""
    row: int | None = None
    """Their row on the register, from 0."""


class Job(NamedTuple):
    """One employment."""

    current: Result
    """Whether it holds on the as-of date."""
    workplace: str
    number: str | None
    address: str
    district_code: str | None
    values: Mapping[str, JsonValue]
    names: tuple[str, ...]
    """What those of its values are called that say where somebody works and since when."""
    row: str
    """The path of its row, where it is one of a table."""
    disputed: tuple[str, ...]
    """Names of its values on which sources disagree."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Where what is there stands."""
        return tuple(f"{self.row}{name}" for name in self.names if self.values.get(name) is not None)


_OWN = Holder("same", "birth_date")
"""Of nearly every certificate that lists no household."""


def holder(certificate: Certificate, submitter: Submitter) -> Holder:
    """Tell whether `certificate` is the submitter's: name and birth date must agree, in one row of a 등본.

    On other kinds that list a family, the holder is the one it was issued for. Of a submitter who is only listed beside
    them nothing is said: whether it is theirs too is for a person to tell.
    """
    kind, table = _MEMBERS
    if certificate.kind != kind:
        match = _match(certificate.values.get("holder_name"), certificate.values.get("birth_date"), submitter)
        if match == "same" and not certificate.findings:
            return _OWN
        if match == "differs" and any(_is(row, submitter) for row in rows(certificate, table)):
            match = "unclear"
        return Holder(match, "birth_date", disputed=disputed(certificate, ("holder_name", "birth_date")))
    listed = rows(certificate, table)
    matches = []
    for at, row in enumerate(listed):
        match = _match(row.get("name"), row.get("birth_date"), submitter)
        if match == "same":
            return _listed(certificate, row, at)
        matches.append(match)
    cells = [f"{table}[{at}].{name}" for at in range(len(listed)) for name in ("name", "birth_date")]
    match = "differs" if matches and "unclear" not in matches else "unclear"
    return Holder(match, disputed=disputed(certificate, cells or [table]))


def _listed(certificate: Certificate, row: Mapping[str, JsonValue], at: int) -> Holder:
    path = f"{_MEMBERS[1]}[{at}]."
    moved_in, moved_in_path = day(certificate.values.get("moved_in_on")), "moved_in_on"
    own = day(row.get("moved_in_on"))
    if own and (moved_in is None or own > moved_in):
        moved_in, moved_in_path = own, f"{path}moved_in_on"
    resident = text(row.get("status")) in ("", _RESIDENT)
    return Holder("same", f"{path}birth_date", resident, moved_in, moved_in_path if moved_in else "", (), at)


def jobs(certificate: Certificate, as_of: date) -> tuple[Job, ...] | None:
    """Give the employments on `certificate`, in its order; None where it holds none that could be read as such."""
    if certificate.kind == "EMPLOY":
        return (_certified_job(certificate, as_of),)
    if not isinstance(certificate.values.get("employments"), list):
        return None
    numbered = enumerate(rows(certificate, "employments"))
    return tuple([_insured_job(certificate, row, f"employments[{at}].", as_of) for at, row in numbered])


def disputed(certificate: Certificate, names: Iterable[str]) -> tuple[str, ...]:
    """Give those of these values, named as in provenance, on which its sources disagree: they are taken from neither.

    Where sources disagree on a whole table, they do on each of its cells.
    """
    if not certificate.findings:
        return ()
    said = {name for one in certificate.findings if one.code == "sources_disagree" for name in one.names}
    return tuple(dict.fromkeys(place for name in names for place in (name, name.partition("[")[0]) if place in said))


def text_of(certificate: Certificate, name: str) -> str:
    """Give the value `name` as text, empty where there is none."""
    return text(certificate.values.get(name))


def _insured_job(certificate: Certificate, row: Mapping[str, JsonValue], path: str, as_of: date) -> Job:
    """A row of the history. 상실일 (loss date) is the day after leaving (고용보험법 14조①3호); blank: still insured."""
    acquired, lost = day(row.get("acquired_on")), day(row.get("lost_on"))
    current: Result = "cannot_tell"
    if (acquired and acquired > as_of) or (lost and lost <= as_of):
        current = "not_met"
    elif acquired and (lost or ("lost_on" in row and row["lost_on"] is None)):
        current = "met"
    unsettled = disputed(certificate, [f"{path}{name}" for name in _ROW]) if certificate.findings else ()
    return _job(row, current, "workplace_number", _ROW, path, unsettled)


def _certified_job(certificate: Certificate, as_of: date) -> Job:
    """An employer's certificate. The end of a period is its last day; one up to the date of issue means the present."""
    values = certificate.values
    hired, until = day(values.get("hired_on")), day(values.get("employed_until"))
    present = min(as_of, certificate.issued_on or as_of)
    current: Result = "cannot_tell"
    if (hired and hired > as_of) or (until and until < present):
        current = "not_met"
    elif hired and (until or values.get("employed_until") is None):
        current = "met"
    return _job(values, current, "business_number", _CERTIFIED, "", disputed(certificate, _CERTIFIED))


def _job(
    values: Mapping[str, JsonValue],
    current: Result,
    number: str,
    names: tuple[str, ...],
    row: str,
    unsettled: tuple[str, ...],
) -> Job:
    return Job(
        current,
        text(values.get("workplace")),
        text(values.get(number)) or None,
        text(values.get("workplace_address")),
        text(values.get("workplace_district_code")) or None,
        values,
        names,
        row,
        unsettled,
    )


def _match(name: JsonValue, born: JsonValue, submitter: Submitter) -> Literal["same", "differs", "unclear"]:
    said, on = text(name), day(born)
    if on and on != submitter.birth_date:
        return "differs"
    if said and said != submitter.name and _name(said) != _name(submitter.name):
        return "differs"
    return "same" if said and on else "unclear"


def _is(row: Mapping[str, JsonValue], submitter: Submitter) -> bool:
    return _match(row.get("name"), row.get("birth_date"), submitter) == "same"


def _name(text: str) -> str:
    """A person's name for comparing: composed, half width, no spaces, without the hanja in brackets behind it."""
    return "".join(unicodedata.normalize("NFKC", text).partition("(")[0].split()).casefold()


def rows(certificate: Certificate, table: str) -> list[dict[str, JsonValue]]:
    """Give the rows of a table, one that is none as an empty one; no rows where there is no table."""
    found = certificate.values.get(table)
    return [row if isinstance(row, dict) else {} for row in found] if isinstance(found, list) else []


def text(value: JsonValue) -> str:
    """Give a value as text, empty where it is none."""
    return value.strip() if isinstance(value, str) else ""


def age(born: date, on: date) -> int:
    """Give completed years (만 나이) from `born` to `on`; 29 February comes on 1 March where a year has none."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def day(value: JsonValue) -> date | None:
    """Give a value as a date, None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
