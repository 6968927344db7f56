"""What an official says is laid over what was read: cell by cell, in order, and the read values stay."""

import json
from datetime import UTC, date, datetime
from typing import Any

from shared.corrections import Correction, laid_over, unreadable_of, with_person
from shared.facts import Certificate, CertificateProvenance, Claim, Facts, FactsProvenance, Finding, Provenance, Settled

CLAIMS = (Claim(source="text", value=1),)
READ = Facts(
    certificates=(
        Certificate(
            part=0,
            kind="EI_HIST",
            issued_on=date(2022, 12, 1),
            values={"holder_name": "김가상", "employments": [{"serial": 1, "lost_on": None}]},
            findings=(
                Finding(code="sources_disagree", names=("birth_date", "address"), claims=CLAIMS),
                Finding(code="rrn_redacted"),
            ),
        ),
        Certificate(part=1, kind="EMPLOY", unreadable="no_text_layer"),
    )
)  # fmt: skip


def said(part: int = 0, unknown: tuple[str, ...] = (), **values: Any) -> Correction:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Correction(
        part=part, values=named, unknown=unknown, reason="이유입니다", official="kim", office="o",
        at=datetime(2022, 12, 12, tzinfo=UTC),
    )  # fmt: skip


def by_path(part: int, values: dict[str, Any]) -> Correction:
    return said(part).model_copy(update={"values": values})


def found(code: str, result: Any) -> Correction:
    settled = Settled(result=result, source="전산검색", on=date(2022, 12, 11), by="이담당") if result else None
    return said().model_copy(update={"part": None, "conditions": {code: settled}})


def test_of_a_condition_what_was_found_last_stands_until_it_is_taken_back() -> None:
    first = laid_over(READ, [found("NO_HOME", "not_met"), found("OTHER", "met"), found("NO_HOME", "met")])
    assert {code: one.result for code, one in first.settled.items()} == {"NO_HOME": "met", "OTHER": "met"}
    assert first.certificates == READ.certificates
    assert laid_over(READ, [found("NO_HOME", "met"), found("NO_HOME", None)]) == READ


def test_what_was_found_is_never_stored_with_the_facts_and_a_correction_of_values_reads_as_it_always_did() -> None:
    assert "settled" not in laid_over(READ, [found("NO_HOME", "met")]).model_dump_json()
    assert "conditions" not in said(holder_name="김나상").model_dump_json()
    again = found("NO_HOME", "met")
    assert Correction.model_validate_json(again.model_dump_json()) == again


def test_what_a_newer_version_stored_besides_is_ignored_wherever_it_stands() -> None:
    newer = found("NO_HOME", "met").model_dump(mode="json") | {"seen_by": "another"}
    newer["conditions"]["NO_HOME"]["register"] = "land"
    assert Correction.model_validate_json(json.dumps(newer)) == found("NO_HOME", "met")
    facts = READ.model_dump(mode="json") | {"read_by": "another"}
    facts["certificates"][0] |= {"paper": "A5"}
    assert Facts.model_validate_json(json.dumps(facts)) == READ


def test_nothing_said_is_the_very_same() -> None:
    assert laid_over(READ, ()) is READ


def test_values_dates_cells_and_new_rows_are_what_was_said_last() -> None:
    facts = laid_over(
        READ,
        [
            said(holder_name="김나상", issued_on="2022-11-30"),
            by_path(0, {"employments[0].lost_on": "2022-01-01", "employments[1].serial": 2}),
            said(holder_name="김다상"),
        ],
    )
    one = facts.certificates[0]
    assert one.values["holder_name"] == "김다상"
    assert one.issued_on == date(2022, 11, 30)
    assert one.values["employments"] == [{"serial": 1, "lost_on": "2022-01-01"}, {"serial": 2}]
    assert READ.certificates[0].values["employments"] == [{"serial": 1, "lost_on": None}]


def test_a_blank_says_something_and_the_unknown_nothing() -> None:
    one = laid_over(
        READ, [by_path(0, {"employments[0].serial": None}), said(unknown=("holder_name", "issued_on"))]
    ).certificates[0]
    assert one.values == {"employments": [{"serial": None, "lost_on": None}]}
    assert one.issued_on is None


def test_a_row_that_would_leave_a_hole_is_not_there() -> None:
    one = laid_over(READ, [by_path(0, {"employments[5].serial": 6})]).certificates[0]
    assert one.values["employments"] == [{"serial": 1, "lost_on": None}]


def test_a_disagreement_ends_for_the_value_that_a_person_settled_and_for_no_other() -> None:
    left = laid_over(READ, [said(birth_date="1990-01-01")]).certificates[0].findings
    assert [(one.code, one.names) for one in left] == [("sources_disagree", ("address",)), ("rrn_redacted", ())]
    both = laid_over(READ, [said(birth_date="1990-01-01", address="서울")]).certificates[0].findings
    assert [one.code for one in both] == ["rrn_redacted"]


def test_what_was_read_by_hand_is_readable_and_what_came_later_answers_for_what_was_before() -> None:
    assert unreadable_of(READ.certificates, 0) == READ.certificates[1]
    assert unreadable_of(READ.certificates, 2) is None
    by_hand = laid_over(READ, [said(part=1, holder_name="김가상")])
    assert unreadable_of(by_hand.certificates, 0) is None
    assert by_hand.certificates[1].values == {"holder_name": "김가상"}


def test_a_corrected_value_is_a_persons_and_keeps_the_place_and_the_text_it_was_read_from() -> None:
    place = Provenance(page=1, box=(1, 2, 3, 4), raw="김 가 상", normaliser="name", source="text", confidence=0.9)
    read = FactsProvenance(
        certificates=(CertificateProvenance(part=0, pages=((1, 1),), fields={"holder_name": place}),)
    )
    after = with_person(read, [said(holder_name="김나상", address="서울"), said(part=1, holder_name="김가상")])
    name, address = after.certificates[0].fields["holder_name"], after.certificates[0].fields["address"]
    assert (name.source, name.box, name.raw, name.confidence) == ("person", place.box, "김 가 상", 1)
    assert (address.source, address.page, address.box) == ("person", 0, None)
    assert after.certificates[1].fields["holder_name"].source == "person"
    assert after.certificates[0].pages == ((1, 1),)
