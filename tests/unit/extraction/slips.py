"""Kinds of the tests' own, so that what they say of tables does not hang on any certificate's template."""

from typing import Any

from shared.catalog.templates import CertificateKind


def kind(*tables: dict[str, Any]) -> CertificateKind:
    return CertificateKind(
        id="SLIP",
        title="확인표",
        english="slip",
        issued_by="someone",
        required=(tables[0]["name"],),
        fields=(),
        tables=tables,
    )


def column(label: str, *parts: dict[str, Any], group: str = "") -> dict[str, Any]:
    return {"labels": [label], "group": [group] if group else [], "parts": parts}


def part(name: str, as_type: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": as_type, **more}


PAYMENTS = kind(
    {
        "name": "payments",
        "anchor": "month",
        "totals": ["합계"],
        "counted": r"총 (\d+)개월",
        "blank": ["납부 내역이 없습니다"],
        "columns": [
            column("년월", part("month", "month", required=True)),
            column("건강", part("billed_health", "won"), group="고지보험료"),
            column("장기요양", part("billed_care", "won"), group="고지보험료"),
            column("건강", part("paid_health", "won"), group="납부보험료"),
            column("장기요양", part("paid_care", "won"), group="납부보험료"),
            column("납부일", part("paid_on", "date")),
        ],
    }
)
PAYMENTS_HEADER = ["년월", "고지보험료>건강", "고지보험료>장기요양", "납부보험료>건강", "납부보험료>장기요양", "납부일"]
PAYMENTS_WIDTHS = [70, 80, 80, 80, 80, 90]
MONTHS = [
    ["2022-01", "100,000", "10,000", "100,000", "10,000", "2022-02-10"],
    ["2022-02", "100,000", "10,000", "0", "0", ""],
    ["2022-03", "90,000", "", "90,000", "0", "2022-04-10"],
]
MONTHS_READ = [
    {
        "month": "2022-01",
        "billed_health": 100_000,
        "billed_care": 10_000,
        "paid_health": 100_000,
        "paid_care": 10_000,
        "paid_on": "2022-02-10",
    },
    {
        "month": "2022-02",
        "billed_health": 100_000,
        "billed_care": 10_000,
        "paid_health": 0,
        "paid_care": 0,
        "paid_on": None,
    },
    {
        "month": "2022-03",
        "billed_health": 90_000,
        "billed_care": None,
        "paid_health": 90_000,
        "paid_care": 0,
        "paid_on": "2022-04-10",
    },
]

MEMBERS = kind(
    {
        "name": "members",
        "serial": "number",
        "anchor": "name",
        "columns": [
            column("번호", part("number", "integer")),
            column("성명", part("name", "name", required=True)),
            column("생년월일", part("birth_date", "rrn")),
            column("성명 주민등록번호", part("name", "name", required=True), part("birth_date", "rrn")),
            column("관계", part("relation")),
        ],
    }
)

INCOMES = kind(
    {
        "name": "filed",
        "anchor": "year",
        "headings": ["종합소득세 신고 현황"],
        "columns": [
            column("귀속연도", part("year", "year", required=True)),
            column("소득구분", part("category")),
            column("소득금액", part("income", "won")),
        ],
    },
    {
        "name": "year_end",
        "anchor": "year",
        "headings": ["연말정산 현황"],
        "columns": [
            column("귀속연도", part("year", "year", required=True)),
            column("소득구분", part("category")),
            column("상호 사업자등록번호", part("payer"), part("payer_number", "business_number")),
            column("소득금액", part("income", "won")),
        ],
    },
)
