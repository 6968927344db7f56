"""What the command line is told of a reading: how long it holds, and where each address is."""

from datetime import date

import pytest

from services.extraction.rules import Reading, unreadable
from services.extraction.telling import told
from shared.facts import Certificate, CertificateProvenance, Provenance

PLACE = {"page": 1, "box": None, "raw": "", "source": "text", "confidence": 1}


def reading(kind="EMPLOY", valid_until=None, **values) -> Reading:
    certificate = Certificate(part=0, kind=kind, valid_until=valid_until, values=values)
    addresses = {name: Provenance(normaliser="address", **PLACE) for name in values if name.endswith("address")}
    texts = {name: Provenance(normaliser="text", **PLACE) for name in values if not name.endswith("address")}
    return Reading(certificate, CertificateProvenance(part=0, fields=addresses | texts))


def regions(found: dict) -> dict:
    return {field["name"]: field.get("region") for field in found["fields"]}


@pytest.mark.parametrize(
    ("address", "region"),
    [("서울특별시 중구 가상대로 1", "inside"), ("부산광역시 중구 가상대로 1", "outside"), ("서울로 1, 2층", "unknown")],
)
def test_an_address_is_told_with_its_region(address, region):
    assert regions(told("a.pdf", reading(address=address), None)) == {"address": region}


def test_a_workplace_is_judged_by_its_name_too():
    values = {"workplace": "서울산업(주) 부산지점", "workplace_address": "서울특별시 중구 가상대로 1"}
    assert regions(told("a.pdf", reading(**values), None)) == {"workplace": None, "workplace_address": "unknown"}


@pytest.mark.parametrize(("today", "left"), [(date(2023, 3, 12), 0), (date(2023, 3, 1), 11), (date(2023, 3, 14), -2)])
def test_the_days_left_are_counted_from_today(today, left):
    found = told("a.pdf", reading(valid_until=date(2023, 3, 12)), today)
    assert (found["valid_until"], found["days_left"]) == ("2023-03-12", left)


@pytest.mark.parametrize("valid_until", [None, date(2023, 3, 12)])
def test_without_a_last_day_or_a_today_no_days_are_left(valid_until):
    assert told("a.pdf", reading(valid_until=valid_until), None)["days_left"] is None
    assert told("a.pdf", reading(), date(2023, 1, 1))["days_left"] is None


def test_what_cannot_be_read_is_told_with_its_reason_and_no_fields():
    found = told("a.pdf", unreadable("encrypted", "EMPLOY", 0), date(2023, 1, 1))
    assert (found["unreadable"], found["fields"], found["findings"]) == ("encrypted", [], [])
