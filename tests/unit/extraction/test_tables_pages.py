"""Tables over more pages: under a repeated header or none, with rows broken between them, and where one ends."""

from dataclasses import replace

import pytest

from tests.unit.extraction.grids import Setting, on_pages, table, tables_in
from tests.unit.extraction.slips import (
    INCOMES,
    MEMBERS,
    MONTHS,
    MONTHS_READ,
    PAYMENTS,
    PAYMENTS_HEADER,
    PAYMENTS_WIDTHS,
    column,
    kind,
    part,
)

RULES = ["all", "level", "frame", "upright", "none"]
ROWS = kind(
    {
        "name": "rows",
        "serial": "number",
        "columns": [
            column("번호", part("number", "integer", required=True)),
            column("주소", part("address", "address")),
            column("전입일", part("moved_in_on", "date")),
        ],
    }
)
HEADER = ["번호", "주소", "전입일"]
WIDTHS = [50, 180, 90]
LOW = Setting(top=230)
HIGH = Setting(top=780)


def sheets(setting, first, second, *, again, header=PAYMENTS_HEADER, widths=PAYMENTS_WIDTHS):
    """Two pages, each with the word 예시 above and its number below, as certificates have."""
    pages = [
        table(replace(setting, top=230), widths, header, first),
        table(replace(setting, top=780), widths, header if again else [], second),
    ]
    for number, sheet in enumerate(pages, start=1):
        sheet.texts += [(280, 820, "예시"), (280, 30, f"{number} / 2")]
    return pages


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("again", [True, False])
def test_rows_without_numbers_go_on_over_the_page(rules, again):
    pages = sheets(Setting(rules=rules), MONTHS[:2], MONTHS[2:], again=again)
    assert tables_in(on_pages(*pages), PAYMENTS)["payments"] == MONTHS_READ


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("again", [True, False])
def test_the_sums_alone_may_stand_on_the_next_page(rules, again):
    sums = ["합계", "290,000", "20,000", "190,000", "10,000", ""]
    pages = sheets(Setting(rules=rules), MONTHS, [sums], again=again)
    assert tables_in(on_pages(*pages), PAYMENTS)["payments"] == MONTHS_READ
    wrong = sheets(Setting(rules=rules), MONTHS, [[*sums[:4], "1", ""]], again=again)
    assert tables_in(on_pages(*wrong), PAYMENTS) == {}


@pytest.mark.parametrize(("again", "found"), [(True, {}), (False, {"payments": MONTHS_READ[:2]})])
def test_the_sums_are_a_tables_last_row(again, found):
    sums = ["합계", "200,000", "20,000", "100,000", "10,000", ""]
    pages = sheets(Setting(), [*MONTHS[:2], sums], MONTHS[2:], again=again)
    assert tables_in(on_pages(*pages), PAYMENTS) == found


@pytest.mark.parametrize("rules", RULES)
def test_a_heading_is_not_repeated_with_its_header(rules):
    header, widths = ["귀속연도", "소득구분", "소득금액"], [80, 90, 90]
    rows = [["2021", "사업", "5,000"], ["2020", "", "7,000"], ["2019", "기타", "0"]]
    one, two = sheets(Setting(rules=rules), rows[:2], rows[2:], again=True, header=header, widths=widths)
    one.texts.append((40, 238, "종합소득세 신고 현황"))
    assert [row["year"] for row in tables_in(on_pages(one, two), INCOMES)["filed"]] == [2021, 2020, 2019]


@pytest.mark.parametrize("rules", RULES)
def test_a_repeated_header_under_another_text_is_in_doubt(rules):
    header, widths = ["귀속연도", "소득구분", "소득금액"], [80, 90, 90]
    one, two = sheets(
        Setting(rules=rules), [["2021", "", "5"]], [["2020", "", "7"]], again=True, header=header, widths=widths
    )
    one.texts.append((40, 238, "종합소득세 신고 현황"))
    two.texts.append((40, 788, "사업소득 원천징수 현황"))
    assert tables_in(on_pages(one, two), INCOMES) == {}


@pytest.mark.parametrize("again", [True, False])
def test_a_row_broken_between_ruled_pages_is_one(again):
    first = ["1", "서울특별시 강남구 가상대로 244,\n가상빌라 121동 1307호 가상동", "2020-01-02"]
    pages = sheets(
        Setting(),
        [first],
        [["", "(가상마을)", ""], ["2", "경기도", "2021-03-04"]],
        again=again,
        header=HEADER,
        widths=WIDTHS,
    )
    one, two = tables_in(on_pages(*pages), ROWS)["rows"]
    assert one["address"].replace(" ", "") == "서울특별시강남구가상대로244,가상빌라121동1307호가상동(가상마을)"
    assert (one["moved_in_on"], two["number"], two["address"]) == ("2020-01-02", 2, "경기도")


@pytest.mark.parametrize("again", [True, False])
def test_a_row_whose_rest_alone_is_on_the_next_page_is_whole(again):
    first = ["1", "서울특별시 강남구 가상대로 244,\n가상빌라 121동 1307호 가상동", "2020-01-02"]
    pages = sheets(Setting(), [first], [["", "(가상마을)", ""]], again=again, header=HEADER, widths=WIDTHS)
    (row,) = tables_in(on_pages(*pages), ROWS)["rows"]
    assert row["address"].endswith("(가상마을)")


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(["", "경기도", ""], id="the line before had room for it"),
        pytest.param(["", "(가상마을)", "2021-03-04"], id="a day is never broken"),
        pytest.param(["", "", "2021-03-04"], id="a second day"),
    ],
)
def test_what_may_be_a_row_without_its_number_is_no_rest(rest):
    first = [
        "1",
        "서울특별시 강남구 가상대로" if rest[1] == "경기도" else "서울특별시 강남구 가상대로 244, 1호",
        "2020-01-02",
    ]
    pages = sheets(Setting(), [first], [rest], again=True, header=HEADER, widths=WIDTHS)
    assert tables_in(on_pages(*pages), ROWS) == {}


@pytest.mark.parametrize("rules", ["level", "frame", "none"])
@pytest.mark.parametrize("again", [True, False])
def test_an_unruled_row_broken_between_pages_is_in_doubt(rules, again):
    first = ["1", "서울특별시 강남구 가상대로 244,\n가상빌라 121동 1307호 가상동", "2020-01-02"]
    fragment = [["", "(가상마을)", ""]]
    pages = sheets(Setting(rules=rules), [first], fragment, again=again, header=HEADER, widths=WIDTHS)
    found = tables_in(on_pages(*pages), ROWS).get("rows")
    assert found is None or found[0]["address"].endswith("(가상마을)")


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("again", [True, False])
def test_a_row_on_the_next_page_that_lost_its_beginning_is_never_dropped(rules, again):
    rows = [["본인", "김가상", "1990-01-01"], ["배우자", "", "1991-02-02"]]
    pages = sheets(
        Setting(rules=rules), rows[:1], rows[1:], again=again, header=["관계", "성명", "생년월일"], widths=[80, 90, 120]
    )
    assert tables_in(on_pages(*pages), MEMBERS) == {}


@pytest.mark.parametrize("again", [True, False])
def test_a_table_does_not_go_on_after_another_one(again):
    header, widths = ["귀속연도", "소득구분", "소득금액"], [80, 90, 90]
    filed = table(Setting(top=700), widths, header, [["2021", "사업", "5,000"]])
    filed.texts.append((40, 708, "종합소득세 신고 현황"))
    year_end = table(
        Setting(top=600),
        [*widths[:2], 130, 90],
        [*header[:2], "상호\n사업자등록번호", "소득금액"],
        [["2021", "", "한빛", "1"]],
    )
    year_end.texts.append((40, 608, "연말정산 현황"))
    filed.texts += year_end.texts
    filed.strokes += year_end.strokes
    next_page = table(HIGH, widths, header if again else [], [["2019", "사업", "1"]])
    found = tables_in(on_pages(filed, next_page), INCOMES)
    assert len(found.get("filed", [0])) == 1


def test_text_below_a_table_that_seems_to_go_on_is_doubt():
    one, two = sheets(Setting(), MONTHS[:2], MONTHS[2:], again=False)
    one.texts.append((60, 100, "위와 같이 확인합니다"))
    assert tables_in(on_pages(one, two), PAYMENTS) == {}
