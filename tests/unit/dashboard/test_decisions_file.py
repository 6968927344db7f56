"""Receipt numbers and decisions from a file: read as Korean spreadsheets write them, and judged line by line."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.decisions_file import Line, NotAFile, judged, read
from services.dashboard.pages import words
from services.dashboard.rules import Entry
from shared.standing import ScreeningMark, Standing

AT = datetime(2022, 12, 12, 1, tzinfo=UTC)
OFFICE = "sonmok9988"
TABLE = "접수번호,지갑 앱,결정\r\nR-1,네이버,적격\r\nR-2,토스,부적격\r\n"
LINES = [Line(2, "R-1", "적격"), Line(3, "R-2", "부적격")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_file_is_read_as_it_was_saved(encoding: str) -> None:
    assert read(TABLE.encode(encoding), 10) == LINES


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace(",", "\t"),
        TABLE.replace(",", ";"),
        TABLE.replace("\r\n", "\n"),
        "Receipt,x,Decision\nR-1,,적격\n\nR-2,,부적격\n".replace("\n\n", "\n"),
        "접수번호,x,결정\n'R-1 ,, 적격\nR-2,,부적격",
    ],
)
def test_separators_headings_and_what_spreadsheets_add_do_not_matter(text: str) -> None:
    assert read(text.encode(), 10) == LINES


def test_a_column_of_reasons_is_read_where_there_is_one() -> None:
    table = "결정,사유,접수번호\n적격,'=다른 서류로 확인함,R-1\n부적격,,R-2\n"
    assert [(line.receipt, line.reason) for line in read(table.encode(), 10)] == [
        ("R-1", "=다른 서류로 확인함"), ("R-2", ""),
    ]  # fmt: skip


def test_a_line_is_numbered_as_in_the_file() -> None:
    found = read('접수번호,결정,비고\nR-1,적격,"두\n줄"\n\nR-2,부적격,\n'.encode(), 10)
    assert [(line.number, line.receipt) for line in found] == [(3, "R-1"), (5, "R-2")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_columns"),
        ("접수번호,이름\nR-1,가".encode(), "no_columns"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not_text"),
        (("접수번호,결정\n" + "R,적격\n" * 11).encode(), "too_many"),
    ],
)
def test_what_is_no_such_table_is_told_by_a_code_that_has_words(content: bytes, code: str) -> None:
    with pytest.raises(NotAFile, match=code):
        read(content, 10)
    assert code in words.WRONG_FILE


@given(st.binary(max_size=200))
def test_no_file_does_any_harm(content: bytes) -> None:
    with suppress(NotAFile):
        read(content, 10)


def an_entry(receipt: str = "R-1", outcome: str = "eligible", **changes: object) -> Entry:
    mark = ScreeningMark(
        revision=1, rule_version=1, as_of=date(2022, 12, 12), edition=0, outcome=outcome, waiting_on=(), findings=()
    )  # type: ignore[arg-type]
    standing = Standing(receipt=receipt, programme_id="P", office=OFFICE, received_at=AT, revision=1, screening=mark)
    return Entry(f"s-{receipt}", 1, standing.model_copy(update=changes))


def judge(
    *lines: Line, entry: Entry | None = None, pending: tuple[str, ...] = (), offices: tuple[str, ...] = (OFFICE,)
) -> tuple[list[object], list[str], int]:
    entries = {entry.standing.receipt or "": entry} if entry else {}
    good, problems, empty = judged(lines, entries, pending, programme_id="P", may=offices.__contains__)
    assert len(good) + len(problems) + empty == len(lines)
    return list(good), [problem.reason for problem in problems], empty


LINE = Line(2, "R-1", "적격")


@pytest.mark.parametrize(
    ("line", "entry", "reason"),
    [
        (LINE, None, "not_found"),
        (LINE, an_entry(office="other"), "other_office"),
        (LINE, an_entry(programme_id="Q"), "other_programme"),
        (replace(LINE, decision="보류"), an_entry(), "unknown_decision"),
        (LINE, an_entry(taken_back_at=AT), "taken_back"),
        (LINE, an_entry(withdrawn_at=AT), "withdrawn"),
        (LINE, an_entry(expired_at=AT), "expired"),
        (LINE, an_entry(decided_at=AT, decision="eligible"), "decided"),
        (LINE, an_entry(screening=None), "not_screened"),
        (LINE, an_entry(outcome="review"), "not_looked_at"),
        (LINE, an_entry(outcome="ineligible"), "not_looked_at"),
    ],
)
def test_a_line_that_makes_no_decision_is_told_why_in_words(line: Line, entry: Entry | None, reason: str) -> None:
    assert judge(line, entry=entry) == ([], [reason], 0)
    assert words.problem(reason) != reason


def test_what_is_already_pending_and_what_stands_twice_is_told() -> None:
    assert judge(LINE, entry=an_entry(), pending=("s-R-1",))[1] == ["pending"]
    good, problems, _ = judge(LINE, replace(LINE, number=3, decision="부적격"), entry=an_entry())
    assert (len(good), problems) == (1, ["twice"])


def test_other_than_what_was_screened_is_decided_only_where_somebody_has_looked() -> None:
    looked = an_entry(outcome="review", viewed_at=AT)
    why = "다른 서류로 확인함"
    assert judge(replace(LINE, reason=f" {why}\n"), entry=looked) == ([(looked, "eligible", why)], [], 0)


@pytest.mark.parametrize("said", ["", "음", "  \t ", "네네네네"])
def test_other_than_what_was_screened_is_decided_only_with_a_reason(said: str) -> None:
    line = replace(LINE, reason=said)
    assert judge(line, entry=an_entry(outcome="review", viewed_at=AT)) == ([], ["no_reason"], 0)
    assert words.problem("no_reason") != "no_reason"
    assert judge(line, entry=an_entry())[0] == [(an_entry(), "eligible", "")]


def test_what_was_sent_to_another_office_is_decided_by_those_who_may_there() -> None:
    elsewhere = an_entry(office="other")
    assert judge(LINE, entry=elsewhere, offices=("other",)) == ([(elsewhere, "eligible", "")], [], 0)
    assert judge(LINE, entry=an_entry(), offices=("other",))[1] == ["other_office"]


def test_a_line_without_a_decision_is_passed_over() -> None:
    assert judge(replace(LINE, decision=""), entry=an_entry()) == ([], [], 1)
