"""One certificate as the command line tells it: what was read, field by field, how long it holds, where it is. Pure."""

from datetime import date
from typing import Any

from services.extraction.rules import Reading
from shared.catalog.templates import OWN_FIELDS
from shared.regions import Place, in_seoul, workplace_in_seoul


def told(file: str, reading: Reading, today: date | None) -> dict[str, Any]:
    """Return what was read of `file`, as JSON.

    `file`, `kind`, `unreadable`, `authenticity`, `evidence`, `findings`, `valid_until`, and `days_left` from `today`,
    which is 0 on the last day and less after it; `values` (with `number`, `issued_on`, `issuer` and `valid_until`); and
    `fields`, a list of `name`, `value`, `page`, `box`, `raw`, `source`, `normaliser`, `confidence` and, of an address,
    `region`: whether it is in Seoul, as eligibility would say by the text alone.
    """
    certificate = reading.certificate.model_dump(mode="json")
    values = {name: certificate[name] for name in OWN_FIELDS} | certificate["values"]
    fields = []
    for name, place in reading.provenance.fields.items():
        field = {"name": name, "value": _value_at(values, name)} | place.model_dump(mode="json")
        fields.append(field | ({"region": _region(field, values)} if place.normaliser == "address" else {}))
    until = reading.certificate.valid_until
    head = ("kind", "unreadable", "authenticity", "evidence", "findings", "valid_until")
    return {
        "file": file,
        **{name: certificate[name] for name in head},
        "days_left": (until - today).days if until and today else None,
        "values": values,
        "fields": fields,
    }


def _region(field: dict[str, Any], values: dict[str, Any]) -> Place:
    address = str(field["value"] or "")
    if field["name"] == "workplace_address":
        return workplace_in_seoul(str(values.get("workplace") or ""), address)
    return in_seoul(address)


def _value_at(values: dict[str, Any], name: str) -> Any:
    """Return the value that a provenance key names: `birth_date`, or `employments[0].lost_on`."""
    table, bracket, rest = name.partition("[")
    if not bracket:
        return values.get(name)
    row, _, column = rest.partition("].")
    return values[table][int(row)][column]
