"""What a table may look like: ruled or not, without serial numbers, with cells above others, with sums and counts."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from shared.catalog.templates import Table
from tests.unit.extraction.grids import Setting, Sheet, on_pages, table, tables_in
from tests.unit.extraction.slips import (
    INCOMES,
    MEMBERS,
    MONTHS,
    MONTHS_READ,
    PAYMENTS,
    PAYMENTS_HEADER,
    PAYMENTS_WIDTHS,
)

RULES = ["all", "level", "frame", "upright", "none"]
FAMILY = [["김가상", "1990-01-01", "본인"], ["이나라", "1991-02-02", "배우자"], ["김다온", "2015-03-03", "자녀"]]


def payments(rows, setting=None, header=PAYMENTS_HEADER, above=(), widths=PAYMENTS_WIDTHS):
    sheet = table(setting or Setting(), widths, header, rows)
    sheet.texts += above
    return tables_in(on_pages(sheet), PAYMENTS).get("payments")


def members(header, rows, setting, widths=(90, 120, 80, 80)):
    found = tables_in(on_pages(table(setting, widths[: len(header)], header, rows)), MEMBERS)
    return found.get("members")


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("header_align", ["left", "center", "right"])
def test_a_table_without_numbers_under_shared_header_cells_is_read(rules, align, header_align):
    assert payments(MONTHS, Setting(rules=rules, align=align, header_align=header_align)) == MONTHS_READ


@pytest.mark.parametrize("rules", RULES)
def test_columns_may_stand_in_any_order_and_some_may_be_missing(rules):
    order = [5, 3, 4, 0]
    rows = [[row[at] for at in order] for row in MONTHS]
    names = ["paid_on", "paid_health", "paid_care", "month"]
    found = payments(rows, Setting(rules=rules), [PAYMENTS_HEADER[at] for at in order], widths=[90, 80, 80, 70])
    assert found == [{name: row[name] for name in names} for row in MONTHS_READ]


def test_one_header_cell_may_say_what_two_above_each_other_do():
    header = [cell.replace(">", "\n") for cell in PAYMENTS_HEADER]
    assert payments(MONTHS, header=header) == MONTHS_READ


def test_a_cell_above_others_without_any_rule_belongs_to_those_around_its_middle():
    header = ["년월", "고지보험료>건강", "고지보험료>장기요양", "납부보험료>장기요양", "납부일"]
    rows = [["2022-01", "100,000", "10,000", "7,000", ""]]
    (row,) = payments(rows, Setting(rules="none"), header, widths=[70, 80, 80, 80, 90])
    assert (row["billed_health"], row["billed_care"], row["paid_care"]) == (100_000, 10_000, 7_000)
    assert "paid_health" not in row


@pytest.mark.parametrize("rules", RULES)
def test_the_row_of_sums_is_checked_and_no_row(rules):
    sums = ["합계", "290,000", "20,000", "190,000", "10,000", ""]
    assert payments([*MONTHS, sums], Setting(rules=rules)) == MONTHS_READ
    assert payments([*MONTHS, [*sums[:2], "20,001", *sums[3:]]], Setting(rules=rules)) is None


@pytest.mark.parametrize("sums", [["합계", "-", "", "", "10,000", ""], ["합 계", "290,000", "", "", "", "3개월"]])
def test_sums_that_are_not_printed_are_not_missed(sums):
    assert payments([*MONTHS, sums]) == MONTHS_READ


def test_a_sum_that_cannot_be_read_is_no_proof():
    assert payments([*MONTHS, ["합계", "이십구만", "", "", "", ""]]) is None


def test_a_row_below_the_sums_is_in_doubt():
    assert payments([*MONTHS[:2], ["합계", "200,000", "", "", "", ""], MONTHS[2]]) is None


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(("count", "reads"), [("총 3개월", True), ("총  4 개월", False)])
def test_a_printed_count_of_rows_must_be_right(rules, count, reads):
    found = payments(MONTHS, Setting(rules=rules), above=[(40, 615, f"조회기간 {count} 내역 중")])
    assert found == (MONTHS_READ if reads else None)


@pytest.mark.parametrize(("count", "found"), [("총 0개월", []), ("총 2개월", None)])
def test_a_table_that_says_it_is_blank_must_count_none(count, found):
    above = [(40, 615, count), (200, 540, "납부 내역이 없습니다")]
    assert payments([], Setting(rules="none"), above=above) == found


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("numbered", [True, False])
def test_members_are_read_with_a_serial_column_and_without(rules, numbered):
    rows = [[str(at), *row] if numbered else row for at, row in enumerate(FAMILY, start=1)]
    header = ["번호", "성명", "생년월일", "관계"][not numbered :]
    found = members(header, rows, Setting(rules=rules), (40, 90, 120, 80)[not numbered :])
    assert [(row["name"], row["birth_date"], row["relation"]) for row in found] == [tuple(row) for row in FAMILY]
    assert [row.get("number") for row in found] == ([1, 2, 3] if numbered else [None] * 3)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("middle", [True, False])
def test_a_name_above_a_number_in_one_cell_is_one_row(rules, middle):
    rows = [["본인", "김가상\n900101-1******"], ["배우자", "이나라\n910202-2******"]]
    found = members(["관계", "성명\n주민등록번호"], rows, Setting(rules=rules, middle=middle), (80, 140))
    assert found == [
        {"relation": "본인", "name": "김가상", "birth_date": "1990-01-01"},
        {"relation": "배우자", "name": "이나라", "birth_date": "1991-02-02"},
    ]


def test_a_name_that_wraps_in_a_ruled_cell_begins_one_row():
    rows = [["KIM GASANG\nDAVID", "1990-01-01", "본인"], ["이나라", "1991-02-02", "배우자"]]
    found = members(["성명", "생년월일", "관계"], rows, Setting())
    assert [row["birth_date"] for row in found] == ["1990-01-01", "1991-02-02"]


def test_a_name_that_may_be_two_is_not_read_without_rules():
    rows = [["KIM GASANG\nDAVID", "1990-01-01", "본인"], ["이나라", "1991-02-02", "배우자"]]
    assert members(["성명", "생년월일", "관계"], rows, Setting(rules="none")) is None


def section(setting, heading, header, rows, between=""):
    sheet = table(setting, [80, 90, 130, 90][: len(header)], header, rows)
    sheet.texts.append((40, setting.top + 8 + 18 * bool(between), heading))
    sheet.texts += [(300, setting.top + 8, between)] if between else []
    return sheet


def both_sections(setting, between=""):
    filed = section(
        setting, "1. 종합소득세 신고 현황", ["귀속연도", "소득구분", "소득금액"], [["2021", "사업", "5,000"]], between
    )
    header = ["귀속연도", "소득구분", "상호\n사업자등록번호", "소득금액"]
    below = replace(setting, top=filed.bottom - 60)
    rows = [
        ["2021년", "근로", "주식회사 한빛가상\n120-81-47521", "70,000"],
        ["2020년", "근로", "미소식당\n120-81-47521", "0"],
    ]
    year_end = section(below, "□ 연말정산 현황", header, rows, between)
    return Sheet(filed.texts + year_end.texts, filed.strokes + year_end.strokes, year_end.bottom)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("between", ["", "(단위: 원)"])
def test_tables_that_share_labels_are_told_apart_by_their_headings(rules, between):
    found = tables_in(on_pages(both_sections(Setting(rules=rules), between)), INCOMES)
    assert found["filed"] == [{"year": 2021, "category": "사업", "income": 5_000}]
    assert [(row["payer"], row["payer_number"], row["income"]) for row in found["year_end"]] == [
        ("주식회사 한빛가상", "120-81-47521", 70_000),
        ("미소식당", "120-81-47521", 0),
    ]


def test_a_table_under_another_heading_is_another_table():
    sheet = section(Setting(), "원천징수 현황", ["귀속연도", "소득구분", "소득금액"], [["2021", "사업", "5,000"]])
    assert tables_in(on_pages(sheet), INCOMES) == {}


@pytest.mark.parametrize("rules", RULES)
def test_a_header_alone_above_the_next_heading_is_a_blank_table(rules):
    filed = section(Setting(rules=rules), "종합소득세 신고 현황", ["귀속연도", "소득구분", "소득금액"], [])
    below = Setting(rules=rules, top=filed.bottom - 40)
    header = ["귀속연도", "소득구분", "상호\n사업자등록번호", "소득금액"]
    year_end = section(below, "연말정산 현황", header, [["2021", "근로", "한빛\n120-81-47521", "1"]])
    sheet = Sheet(filed.texts + year_end.texts, filed.strokes + year_end.strokes, year_end.bottom)
    found = tables_in(on_pages(sheet), INCOMES)
    assert (found.get("filed"), len(found["year_end"])) == ([], 1)


def test_an_unknown_ruled_column_is_ignored_where_nothing_else_is_missing():
    rows = [[*row[:1], "특이", *row[1:]] for row in MONTHS]
    header = [PAYMENTS_HEADER[0], "적요란", *PAYMENTS_HEADER[1:]]
    widths = [70, 50, *PAYMENTS_WIDTHS[1:]]
    assert payments(rows, header=header, widths=widths) == MONTHS_READ


@pytest.mark.parametrize("rules", RULES)
def test_an_unknown_column_that_may_be_a_missing_one_leaves_the_table_out(rules):
    header = ["관계", "성명", "출생연월일"]
    assert members(header, [["본인", "김가상", "1990-01-01"]], Setting(rules=rules)) is None


def test_an_unknown_unruled_column_leaves_the_table_out():
    rows = [[*row, "특이"] for row in MONTHS]
    assert (
        payments(rows, Setting(rules="none"), [*PAYMENTS_HEADER, "적요란"], widths=[*PAYMENTS_WIDTHS[:5], 70, 50])
        is None
    )


@pytest.mark.parametrize("label", ["성 명", "성   명", "성    명"])
def test_a_letter_spaced_header_is_the_same(label):
    found = members([label, "생년월일", "관계"], FAMILY, Setting(rules="none"))
    assert [row["name"] for row in found] == ["김가상", "이나라", "김다온"]


def test_what_stands_below_nothing_more_is_no_row():
    sheet = table(Setting(rules="none"), [90, 120, 80], ["성명", "생년월일", "관계"], FAMILY)
    sheet.texts.append((150, sheet.bottom - 4, "= 이하 여백 ="))
    assert len(tables_in(on_pages(sheet), MEMBERS)["members"]) == 3


def test_a_number_broken_over_two_lines_of_a_ruled_cell_is_one():
    rows = [["2022-0\n1", "137,829,00\n0원", "10,000", "", "", "2022-02-1\n0"]]
    (row,) = payments(rows)
    assert (row["month"], row["billed_health"], row["paid_on"]) == ("2022-01", 137_829_000, "2022-02-10")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"anchor": None}, id="nothing begins its rows"),
        pytest.param({"anchor": "day"}, id="its rows begin with what it does not have"),
        pytest.param({"serial": "number"}, id="it is numbered by a column it does not have"),
        pytest.param({"counted": "총 3개월"}, id="its count has no group"),
        pytest.param({"counted": r"(총) (\d+)개월"}, id="its count has two groups"),
    ],
)
def test_a_table_whose_rows_cannot_be_told_apart_is_no_template(change):
    (payments_table,) = PAYMENTS.tables
    with pytest.raises(ValidationError):
        Table.model_validate(payments_table.model_dump() | change)
