"""What tax offices certify: income by year, and local taxes item by item."""

import pytest

from tests.unit.extraction.forms import STYLES, form, read_form

WHO = [("발급번호", "1234-567-8901-234"), ("성명", "김가상"), ("주민등록번호", "900101-1******")]
INCOME_FOOT = [(240, 120, "2022-12-12"), (240, 90, "가상세무서장", 14)]
FILED = ("종합소득세 신고 현황", (100.0, 100.0, 150.0, 150.0), ("귀속연도", "소득구분", "수입금액", "소득금액"))
FILINGS = [("2021년 귀속", "사업소득", "50,000,000", "20,000,000"), ("2020년 귀속", "사업소득", "0", "-1,000,000")]
YEAR_END = (
    "연말정산 현황",
    (80.0, 80.0, 140.0, 110.0, 90.0),
    ("귀속연도", "소득구분", "상호\n사업자등록번호", "소득금액\n(과세대상급여액)", "총결정세액"),
)
SALARY = ("2021", "근로소득", "한빛가상(주)\n120-81-47521", "36,000,000원", "1,200,000원")
TAX_FOOT = [(240, 120, "2022년 12월 12일"), (230, 90, "서울특별시 중구청장", 14)]
TAXES = (
    "과세내역",
    (80.0, 60.0, 50.0, 110.0, 70.0, 55.0, 60.0, 60.0),
    ("세목", "부과연월", "구분", "과세대상", "과세표준", "본세", "지방교육세 등", "합계"),
)
ASSESSED = [
    ("재산세(주택)", "2022.07", "1기분", "가상동 1", "300,000,000", "150,000", "30,000", "180,000"),
    ("주민세(개인분)", "2022.08", "정기분", "", "-", "4,800", "1,200", "6,000"),
]


def income(tables, style="gap", title="소득금액증명") -> dict:
    return read_form("INCOME", form(title, WHO, style, tables=tables, foot=INCOME_FOOT))


@pytest.mark.parametrize("style", STYLES)
def test_both_kinds_of_income_are_read_under_their_headings(style):
    certificate = income([(*FILED, FILINGS), (*YEAR_END, [SALARY])], style)
    assert certificate["values"]["filed"] == [
        {"year": 2021, "category": "사업소득", "revenue": 50_000_000, "income": 20_000_000},
        {"year": 2020, "category": "사업소득", "revenue": 0, "income": -1_000_000},
    ]
    assert certificate["values"]["year_end"] == [
        {
            "year": 2021,
            "category": "근로소득",
            "payer": "한빛가상(주)",
            "payer_number": "120-81-47521",
            "income": 36_000_000,
            "tax": 1_200_000,
        }
    ]
    assert (certificate["number"], certificate["issuer"]) == ("1234-567-8901-234", "가상세무서장")


@pytest.mark.parametrize(("table", "name"), [((*FILED, FILINGS), "filed"), ((*YEAR_END, [SALARY]), "year_end")])
def test_one_of_the_two_is_enough(table, name):
    values = income([table])["values"]
    assert {"filed", "year_end"} & values.keys() == {name}


def test_without_either_the_certificate_is_not_read():
    assert income([])["unreadable"] == "reader_failed"


def test_a_table_under_another_heading_is_neither():
    assert income([("원천징수 내역", *FILED[1:], FILINGS)])["unreadable"] == "reader_failed"


def test_a_payer_whose_number_fails_its_check_digit_is_noted_with_its_row():
    wrong = (*SALARY[:2], "미소식당\n120-81-47522", *SALARY[3:])
    certificate = income([(*YEAR_END, [SALARY, wrong])])
    assert certificate["values"]["year_end"][1]["payer_number"] == "120-81-47522"
    assert [finding["names"] for finding in certificate["findings"]] == [["year_end[1].payer_number"]]


@pytest.mark.parametrize("amount", ["3,60,000", "3,600천원", "약 3,600,000", "3.600.000"])
def test_an_amount_in_doubt_is_null(amount):
    rows = [(*SALARY[:3], amount, SALARY[4])]
    assert income([(*YEAR_END, rows)])["values"]["year_end"][0]["income"] is None


@pytest.mark.parametrize(("unit", "unreadable"), [("(단위 : 원)", None), ("(단위 : 천원)", "reader_failed")])
def test_amounts_in_thousands_are_not_taken_for_won(unit, unreadable):
    pdf = form("소득금액증명", WHO, tables=[(*FILED, FILINGS)], foot=[*INCOME_FOOT, (450, 740, unit)])
    assert read_form("INCOME", pdf)["unreadable"] == unreadable


def test_a_year_that_cannot_be_read_leaves_its_table_out():
    rows = [("21", *FILINGS[0][1:])]
    assert income([(*FILED, rows), (*YEAR_END, [SALARY])])["values"].keys() & {"filed", "year_end"} == {"year_end"}


@pytest.mark.parametrize("title", ["소득금액증명원", "소득금액 증명"])
def test_every_wording_of_the_title_is_known(title):
    assert income([(*FILED, FILINGS)], title=title)["unreadable"] is None


@pytest.mark.parametrize(
    "title", ["소득확인증명서", "근로소득 원천징수영수증", "사실증명", "소득금액증명 신청서", "납세증명서"]
)
def test_another_tax_paper_is_refused(title):
    assert income([(*FILED, FILINGS)], title=title)["unreadable"] == "wrong_certificate"


def local(rows=ASSESSED, style="gap", title="지방세 세목별 과세증명서", who="성명(법인명)") -> dict:
    entries = [("발급번호", "제 2022-00123 호"), (who, "김가상"), ("주민(법인ㆍ외국인)등록번호", "900101-1******")]
    entries.append(("주소(영업소)", "서울특별시 중구 가상대로 1"))
    return read_form("LTAX_ITEM", form(title, entries, style, tables=[(*TAXES, rows)], foot=TAX_FOOT))


@pytest.mark.parametrize("style", STYLES)
def test_local_taxes_are_read_item_by_item(style):
    certificate = local(style=style)
    assert certificate["values"] == {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "address": "서울특별시 중구 가상대로 1",
        "taxes": [
            {
                "item": "재산세(주택)",
                "month": "2022-07",
                "class": "1기분",
                "object": "가상동 1",
                "base": 300_000_000,
                "tax": 150_000,
                "other": 30_000,
                "total": 180_000,
            },
            {
                "item": "주민세(개인분)",
                "month": "2022-08",
                "class": "정기분",
                "object": None,
                "base": None,
                "tax": 4_800,
                "other": 1_200,
                "total": 6_000,
            },
        ],
    }
    assert (certificate["number"], certificate["issuer"]) == ("2022-00123", "서울특별시 중구청장")


def test_a_month_that_cannot_be_read_leaves_the_taxes_out():
    assert local([(ASSESSED[0][0], "2022년", *ASSESSED[0][2:])])["unreadable"] == "reader_failed"


def test_sums_that_do_not_add_up_make_the_taxes_unreadable():
    sums = ("합계", "", "", "", "", "154,800", "31,200", "186,001")
    assert local([*ASSESSED, sums])["unreadable"] == "reader_failed"
    assert local([*ASSESSED, (*sums[:-1], "186,000")])["unreadable"] is None


def test_no_taxes_is_an_empty_list():
    assert local([])["values"]["taxes"] == []


@pytest.mark.parametrize(
    "title", ["지방세 납세증명서", "지방세 세목별 미과세증명서", "지방세 납부확인서", "지방세 세목별 과세증명서 신청서"]
)
def test_another_local_tax_paper_is_refused(title):
    assert local(title=title)["unreadable"] == "wrong_certificate"
