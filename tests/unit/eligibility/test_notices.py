"""Every programme's notice as a table of cases that reads like it: `notices/<PROGRAMME>.yaml`."""

import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from services.eligibility.explaining import Decision, Screening
from services.eligibility.rules import Answer, Question, decide, explain
from shared.catalog import Programme
from shared.facts import Certificate, Facts, Settled, Submitter
from tests.unit.eligibility.cases import SEOUL, catalog, submitter

ANY_DAY = date(2021, 3, 2)
OWN = ("issued_on", "unreadable", "valid_until", "authenticity")
FILES = sorted((Path(__file__).parent / "notices").glob("*.yaml"))
TABLES = [yaml.safe_load(path.read_text("utf-8")) for path in FILES]
CASES = [(table, case) for table in TABLES for case in table["cases"]]


def household(name: str, me: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a register, by what the tables call them."""
    other = {"relation": "본인", "name": "박예시", "birth_date": "1961-05-05", "status": "거주자"}
    return {
        "couple": [other, me | {"relation": "배우자"}],
        "alone": [me | {"relation": "본인"}],
        "child": [other, me | {"relation": "자녀"}],
        "strangers": [other],
    }[name]


def certificate(part: int, kind: str, said: dict[str, Any], who: Submitter, table: dict[str, Any]) -> Certificate:
    said = dict(said)
    own = {"issued_on": table.get("issued", table["day"])} | {name: said.pop(name) for name in OWN if name in said}
    me = {"name": who.name, "birth_date": who.birth_date.isoformat(), "status": "거주자"}
    usual: dict[str, Any] = {"holder_name": who.name, "birth_date": who.birth_date.isoformat()}
    if kind == "RR_FULL":
        usual = {"householder": "박예시", "address": table.get("home", SEOUL)}
        said["members"] = household(said.get("members", "alone"), me)
    if kind == "EMPLOY":
        usual |= {
            "workplace": "주식회사 한빛가상",
            "workplace_address": SEOUL,
            "hired_on": "2021-03-02",
            "employed_until": None,
        }
    if kind == "EI_HIST":
        firm = {"workplace": "주식회사 한빛가상", "acquired_on": ANY_DAY}
        said["employments"] = [firm | row for row in said["employments"]]
    values = {name: value for name, value in (usual | said).items() if value is not None or kind == "EMPLOY"}
    plain = {"values": iso(values), "authenticity": "genuine", **own}
    if own.get("unreadable"):
        plain["values"] = {}
    return Certificate.model_validate({"part": part, "kind": kind, **plain})


def iso(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: iso(one) for name, one in value.items()}
    if isinstance(value, list):
        return [iso(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


class Given(NamedTuple):
    """A case of a table, as rules take it."""

    facts: Facts
    who: Submitter
    programme: Programme
    as_of: date
    answers: dict[Question, Answer]


def given(table: dict[str, Any], case: dict[str, Any]) -> Given:
    programme = catalog().programmes[table["programme"]]
    table = table | {"day": case.get("day", table["day"])}
    who = submitter(birth_date=case.get("born", date(1990, 1, 1)), declared_work=case.get("work"))
    sent = [next(iter(one.items())) for one in case["sends"]]
    facts = Facts(certificates=tuple(certificate(at, kind, said, who, table) for at, (kind, said) in enumerate(sent)))
    settled = {
        code: Settled(result=said, source="전산검색", on=table["day"], by="이담당")
        for code, said in case.get("settled", {}).items()
    }
    facts = facts.model_copy(update={"settled": settled})
    answers = {
        Question(topic="workplace_in_seoul", name=firm): Answer(value=said, source="명부", on=table["day"], by="명부")
        for firm, said in case.get("answers", {}).items()
    }
    named = programme.announced_on if programme.as_of.policy == "announcement" else table["day"]
    return Given(facts, who, programme, named, answers)


def decided(table: dict[str, Any], case: dict[str, Any]) -> tuple[Decision, Screening, Programme]:
    facts, who, programme, named, answers = given(table, case)
    decision = decide(facts, who, programme, as_of=named, answers=answers)
    return decision, explain(decision, programme, named), programme


@pytest.mark.parametrize(
    ("table", "case"), CASES, ids=[f"{table['programme']}: {case['case']}" for table, case in CASES]
)
def test_the_notice(table, case):
    decision, screening, _ = decided(table, case)
    assert screening.outcome == case["outcome"]
    told = {one.code: one for one in screening.conditions}
    for code, expected in case.get("found", {}).items():
        assert expected in (told[code].result, told[code].why), (code, told[code].result, told[code].why)
    for name in ("priority", "score"):
        if name in case:
            assert getattr(decision, name) == getattr(screening, name) == case[name]
    if "settled_by" in case:
        assert list(screening.settling) == case["settled_by"]


@pytest.mark.parametrize("table", TABLES, ids=[table["programme"] for table in TABLES])
def test_every_reason_is_two_whole_sentences_that_name_the_document(table):
    for case in table["cases"]:
        decision, screening, programme = decided(table, case)
        for told in screening.conditions:
            assert re.fullmatch(r"[^{}]+니다\. [^{}]+니다\.( 출처 [^{}]+\.)?", told.reason_ko), told.reason_ko
            assert re.fullmatch(r"[^{}]+\. [^{}]+\.", told.reason_en), told.reason_en
            sent = decision.found[told.code].sent
            if sent:
                assert programme.titles[sent.kind].ko in told.reason_ko
                assert programme.titles[sent.kind].en in told.reason_en
            elif told.why == "not_sent":
                leaf = next(one for one in programme.leaves if one.code == told.code)
                assert any(programme.titles[kind].ko in told.reason_ko for kind in leaf.observes)


def test_every_programme_has_a_table():
    assert {table["programme"] for table in TABLES} == set(catalog().programmes)


@pytest.mark.parametrize("table", TABLES, ids=[table["programme"] for table in TABLES])
def test_every_condition_of_a_programme_is_met_and_not_met_or_untold_somewhere_in_its_table(table):
    seen: dict[str, set[str]] = {}
    for case in table["cases"]:
        for told in decided(table, case)[1].conditions:
            seen.setdefault(told.code, set()).add(told.result)
    never = {
        "STUDIES_IN_SEOUL",
        "URGENT_LOW_INCOME",
        "EMERGENCY_SUPPORT",
    }
    assert {code for code, results in seen.items() if len(results) < 2} <= never
