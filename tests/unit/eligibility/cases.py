"""Invented people and certificates (가상) for the screening tests, every value of which can be overridden."""

from datetime import date
from functools import cache

from pydantic import JsonValue

from services.eligibility.rules import ConditionResult, screen
from shared.catalog import Programme, load
from shared.facts import Certificate, Facts, Finding, Submitter

TODAY = date(2022, 12, 12)
SEOUL, BUSAN = "서울특별시 중구 세종대로 110", "부산광역시 중구 중구로 120"


catalog = cache(load)


def programme(**changes: object) -> Programme:
    return catalog().programmes["SONMOK9988_2022"].model_copy(update=changes)


def submitter(**changes: object) -> Submitter:
    given = {"wallet_address": "1" + "a" * 30, "name": "김가상", "birth_date": date(1990, 1, 1)}
    return Submitter.model_validate(given | changes)


def certificate(kind: str, values: dict[str, JsonValue], **changes: object) -> Certificate:
    given = {"part": 0, "kind": kind, "authenticity": "genuine", "issued_on": date(2022, 12, 10), "values": values}
    return Certificate.model_validate(given | changes)


def job(**changes: JsonValue) -> dict[str, JsonValue]:
    """A row of the employment-insurance history: still insured at a firm whose address is not printed."""
    row: dict[str, JsonValue] = {"workplace": "주식회사 한빛가상", "acquired_on": "2021-03-02", "lost_on": None}
    return row | changes


def history(*rows: dict[str, JsonValue], **changes: object) -> Certificate:
    values = {"holder_name": "김가상", "birth_date": "1990-01-01", "employments": list(rows)}
    return certificate("EI_HIST", values, **changes)


def employed(values: dict[str, JsonValue] | None = None, **changes: object) -> Certificate:
    given: dict[str, JsonValue] = {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "workplace": "주식회사 한빛가상",
        "workplace_address": SEOUL,
        "hired_on": "2021-03-02",
        "employed_until": None,
    }
    return certificate("EMPLOY", given | (values or {}), **changes)


def household(address: str = SEOUL, members: JsonValue = None, **changes: object) -> Certificate:
    """A household copy on which the submitter is the second member."""
    rows: JsonValue = members or [
        {"relation": "본인", "name": "박예시", "birth_date": "1988-05-05", "status": "거주자"},
        {"relation": "배우자", "name": "김가상", "birth_date": "1990-01-01", "status": "거주자"},
    ]
    return certificate("RR_FULL", {"householder": "박예시", "address": address, "members": rows}, **changes)


def disagreeing(sent: Certificate, *names: str) -> Certificate:
    """The same certificate, had its sources said different things of these values: they are taken from neither."""
    values = {name: value for name, value in sent.values.items() if name not in names}
    for name in names:
        table, _, cell = name.partition("[")
        if cell:
            rows = [dict(row) for row in values[table]]  # type: ignore[arg-type, union-attr]
            rows[int(cell.partition("]")[0])].pop(cell.partition(".")[2], None)
            values[table] = rows  # type: ignore[assignment]
    own = {name: None for name in names if name in ("issued_on", "valid_until", "number", "issuer")}
    findings = (Finding(code="sources_disagree", names=names),)
    return sent.model_copy(update={"values": values, "findings": findings, **own})


def facts(*certificates: Certificate) -> Facts:
    return Facts(certificates=tuple(one.model_copy(update={"part": at}) for at, one in enumerate(certificates)))


def of(
    code: str,
    sent: Certificate,
    rules: Programme | None = None,
    born: str = "1990-01-01",
    as_of: date = TODAY,
) -> ConditionResult:
    """The result of one condition, for one certificate."""
    found = screen(facts(sent), submitter(birth_date=born), rules or programme(), as_of=as_of, answers={})
    return next(one for one in found.conditions if one.code == code)
