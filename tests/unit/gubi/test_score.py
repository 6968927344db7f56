"""The benchmark counts what it says: a wrong value, a missing one, a row too many, a refusal that did not come."""

from datetime import date

import pytest

from deploy.gubi.bench_extract.score import Score, compare
from shared.facts import Certificate, CertificateProvenance

WANTED = Certificate(
    part=0,
    kind="EI_HIST",
    number="1",
    issued_on=date(2022, 12, 12),
    issuer="근로복지공단",
    values={
        "holder_name": "김가상",
        "employments": [{"serial": 1, "workplace": "한빛", "lost_on": None}, {"serial": 2, "lost_on": "2020-01-01"}],
    },
)


def read(**values):
    return WANTED.model_copy(update={"values": WANTED.values | values})


def faults(certificate):
    return sorted((slip.name, slip.fault) for slip in compare(WANTED, certificate)[2])


def test_a_perfect_reading_has_no_slip_and_counts_each_value_once():
    assert compare(WANTED, WANTED) == (8, 8, [])


def test_another_value_is_wrong_and_none_is_missing():
    assert faults(read(holder_name="김가싱")) == [("holder_name", "wrong")]
    certificate = read()
    certificate.values.pop("holder_name")
    assert faults(certificate) == [("holder_name", "missing")]


def test_a_shifted_row_is_wrong_in_every_cell_that_differs():
    rows = [{"serial": 2, "lost_on": "2020-01-01"}]
    assert faults(read(employments=rows)) == [
        ("employments[0].lost_on", "wrong"),
        ("employments[0].serial", "wrong"),
        ("employments[0].workplace", "missing"),
        ("employments[1].lost_on", "missing"),
        ("employments[1].serial", "missing"),
    ]


def test_a_null_that_says_still_insured_is_wrong_where_a_day_was_expected():
    rows = [WANTED.values["employments"][0], {"serial": 2, "lost_on": None}]
    assert faults(read(employments=rows)) == [("employments[1].lost_on", "wrong")]


def test_a_space_the_reader_was_not_sure_of_is_told_apart_from_a_wrong_one():
    spaced = read(holder_name="김 가상")
    assert compare(WANTED, spaced)[2][0].fault == "wrong"
    right, _, slips = compare(WANTED, spaced, {"holder_name"})
    assert (right, [slip.fault for slip in slips]) == (8, ["unsure_spaces"])
    assert compare(WANTED, read(holder_name="김가싱"), {"holder_name"})[2][0].fault == "wrong"


def test_a_value_nobody_expected_is_wrong():
    assert faults(read(address="서울")) == [("address", "wrong")]


def test_reading_what_should_be_refused_is_wrong_and_refusing_is_not():
    refused = Certificate(part=0, kind="EI_HIST", unreadable="wrong_certificate")
    assert [slip.fault for slip in compare(refused, WANTED)[2]] == ["not_refused"]
    assert compare(refused, refused) == (0, 0, [])


def test_an_unread_document_costs_recall_and_not_precision():
    score = Score()
    nowhere = CertificateProvenance(part=0)
    score.add("one", WANTED, WANTED, nowhere)
    score.add("two", WANTED, Certificate(part=0, kind="EI_HIST", unreadable="reader_failed"), nowhere)
    assert (score.precision, score.recall) == (1.0, 0.5)


def test_nothing_read_and_nothing_expected_is_no_division_by_zero():
    assert Score().as_json()["precision"] == pytest.approx(1.0)
