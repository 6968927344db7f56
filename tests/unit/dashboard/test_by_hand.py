"""What an official types is a value of its type, or is told to be none; and nothing is changed that they left alone."""

from datetime import date
from typing import Any

import pytest

from services.dashboard.by_hand import Mistyped, fields_of, typed
from shared.catalog import load
from shared.corrections import NOT_BY_HAND
from shared.facts import Certificate

CATALOG = load().certificates
HISTORY = Certificate(
    part=0,
    kind="EI_HIST",
    issued_on=date(2022, 12, 1),
    number="2022-001",
    values={"holder_name": "김가상", "employments": [{"serial": 1, "workplace": "한빛가상", "lost_on": None}]},
)


def as_shown(certificate: Certificate) -> dict[str, list[str]]:
    """The form as it is sent when nobody touched it."""
    return {field.path: [field.text] for field in fields_of(certificate, CATALOG[certificate.kind])}


def change(certificate: Certificate = HISTORY, **said: str | list[str]) -> Any:
    kind = CATALOG[certificate.kind]
    form = as_shown(certificate) | {name: value if isinstance(value, list) else [value] for name, value in said.items()}
    return typed(form, fields_of(certificate, kind), kind, certificate)


@pytest.mark.parametrize("kind", CATALOG)
def test_a_form_nobody_touched_changes_nothing_and_no_key_to_copies_is_in_it(kind: str) -> None:
    fresh = Certificate(part=0, kind=kind)
    assert not change(fresh).anything
    assert not set(NOT_BY_HAND) & {field.path for field in fields_of(fresh, CATALOG[kind])}


def test_a_changed_value_alone_is_taken_and_an_emptied_one_is_unknown() -> None:
    assert change(holder_name="김나상") == change(holder_name=" 김나상 ")
    assert change(holder_name="김나상").values == {"holder_name": "김나상"}
    assert change(holder_name="").unknown == ("holder_name",)


def test_in_a_table_an_emptied_cell_is_a_blank_and_a_new_row_is_typed_whole() -> None:
    assert change(**{"employments[0].workplace": ""}).values == {"employments[0].workplace": None}
    new = change(**{"employments[1].workplace": "둘째가상", "employments[1].acquired_on": "2022-01-03"}).values
    assert new["employments[1].workplace"] == "둘째가상"
    assert new["employments[1].lost_on"] is None
    assert all(path.startswith("employments[1].") for path in new)


@pytest.mark.parametrize(
    ("path", "text"),
    [("issued_on", "2022-13-01"), ("issued_on", "어제"), ("birth_date", "900101"), ("employments[0].serial", "하나"),
     ("holder_name", "김가상 900101-1234567")],
)  # fmt: skip
def test_what_is_no_value_is_told_by_its_field(path: str, text: str) -> None:
    with pytest.raises(Mistyped, match=path.replace("[", r"\[")):
        change(**{path: text})


def test_a_term_that_follows_from_the_day_of_issue_follows_a_corrected_day() -> None:
    kind = next(kind for kind in CATALOG.values() if kind.valid_days)
    days = kind.valid_days or 0
    day = date(2022, 12, 1)
    granted = Certificate(part=0, kind=kind.id, issued_on=day, valid_until=date.fromordinal(day.toordinal() + days))
    later = date.fromordinal(day.toordinal() + 5)
    found = change(granted, issued_on=later.isoformat()).values
    assert found["valid_until"] == date.fromordinal(later.toordinal() + days).isoformat()
    printed = granted.model_copy(update={"valid_until": date(2030, 1, 1)})
    assert "valid_until" not in change(printed, issued_on=later.isoformat()).values


def test_amounts_options_and_numbers_are_taken_as_they_are_written() -> None:
    blss = Certificate(part=0, kind="BLSS", values={"benefits": ["livelihood"]})
    [benefits] = [field for field in fields_of(blss, CATALOG["BLSS"]) if field.path == "benefits"]
    other = next(code for code in benefits.options.values() if code != "livelihood")
    assert change(blss, benefits=["", other]).values == {"benefits": [other]}
    with pytest.raises(Mistyped):
        change(blss, benefits=["", "nothing"])
    income = Certificate(part=0, kind="INCOME")
    won = next(field.path for field in fields_of(income, CATALOG["INCOME"]) if field.type == "won")
    assert change(income, **{won: "1,234,000원"}).values[won] == 1_234_000
