"""What an official should know of values although they were read beyond doubt. Pure."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from services.extraction.normalise import check_digit_fits
from shared.catalog.templates import ValueType
from shared.facts import Finding


def number_findings(values: Mapping[str, JsonValue], types: Mapping[str, ValueType]) -> tuple[Finding, ...]:
    """Return a finding for each business number, or workplace number, whose check digit does not fit.

    `values` are a certificate's, tables as lists of rows; `types` are its kind's.
    """
    return tuple(
        Finding(code="business_number_check", names=(path,))
        for path, name, value in _each(values)
        if types.get(name) in ("business_number", "workplace_number")
        and isinstance(value, str)
        and not check_digit_fits(value)
    )


def _each(values: Mapping[str, JsonValue]) -> Iterator[tuple[str, str, JsonValue]]:
    """Yield every value with its path, as `filed[0].payer_number`, and its name among the types."""
    for name, value in values.items():
        for place, row in enumerate(value) if isinstance(value, list) else ():
            if isinstance(row, dict):
                yield from ((f"{name}[{place}].{part}", f"{name}[].{part}", cell) for part, cell in row.items())
        yield name, name, value
