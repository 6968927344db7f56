"""What the health insurance certifies: cover gained and lost, and premiums billed and paid."""

import pytest

from tests.unit.extraction.forms import STYLES, form, read_form

FOOT = [(240, 120, "2022. 12. 12."), (200, 90, "국민건강보험공단 이사장", 14)]
INSURED = [("발급번호", "1234-5678-9012-3456"), ("성명", "김가상"), ("주민등록번호", "900101-1******")]
SPELLS = (
    "자격득실 내역",
    (40.0, 100.0, 160.0, 100.0, 100.0),
    ("No", "가입자구분", "사업장 명칭", "자격취득일", "자격상실일"),
)
HISTORY = [
    ("1", "직장가입자", "한빛가상(주)", "2021.03.02", ""),
    ("2", "지역세대주", "", "2016.11.11", "2021.03.02"),
]
PAYER = [
    *INSURED,
    ("주소", "서울특별시 중구 가상대로 1"),
    ("가입자구분", "직장가입자"),
    ("사업장명", "한빛가상(주)"),
    ("사업장관리번호", "12081475210"),
    ("사업장 소재지", "서울특별시 구로구 가상로 2"),
    ("납부기간", "2022.01 ~ 2022.02"),
]
PAYMENTS = (
    "납부내역",
    (70.0, 70.0, 70.0, 70.0, 70.0, 70.0, 90.0),
    ("년월", "고지보험료>건강", "고지보험료>장기요양", "납부보험료>건강", "납부보험료>장기요양", "계", "납부일"),
)
MONTHS = [
    ("2022.01", "100,000", "12,000", "100,000", "12,000", "112,000", "2022.02.10"),
    ("2022.02", "100,000", "12,000", "0", "0", "0", ""),
]
SUMS = ("합계", "200,000", "24,000", "100,000", "12,000", "112,000", "")


def history(rows=HISTORY, style="gap", title="건강보험자격득실확인서", header=SPELLS[2]) -> dict:
    return read_form("NHI_HIST", form(title, INSURED, style, tables=[(*SPELLS[:2], header, rows)], foot=FOOT))


@pytest.mark.parametrize("style", STYLES)
def test_cover_is_read_and_a_blank_loss_means_still_insured(style):
    certificate = history(style=style)
    assert certificate["values"] == {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "spells": [
            {
                "serial": 1,
                "category": "직장가입자",
                "workplace": "한빛가상(주)",
                "acquired_on": "2021-03-02",
                "lost_on": None,
            },
            {
                "serial": 2,
                "category": "지역세대주",
                "workplace": None,
                "acquired_on": "2016-11-11",
                "lost_on": "2021-03-02",
            },
        ],
    }
    assert (certificate["number"], certificate["issuer"]) == ("1234-5678-9012-3456", "국민건강보험공단 이사장")


@pytest.mark.parametrize("lost", ["현재", "-", "2021.13.01", "미상"])
def test_a_loss_that_cannot_be_read_is_never_taken_for_none(lost):
    assert history([(*HISTORY[0][:4], lost), HISTORY[1]])["unreadable"] == "reader_failed"


@pytest.mark.parametrize("said", ["", "조회된 내역이 없습니다", "조회된 내역이 없습니다.", "해당 사항 없음"])
def test_a_history_without_rows_is_blank(said):
    assert history([("", "", said, "", "")] if said else [])["values"]["spells"] == []


def test_any_other_text_in_place_of_rows_is_not_a_blank_history():
    assert history([("", "", "전산 장애로 조회할 수 없음", "", "")])["unreadable"] == "reader_failed"


@pytest.mark.parametrize(
    "title", ["고용보험 자격득실확인서", "건강보험자격확인서", "건강보험료 납부확인서", "국민연금 가입증명서"]
)
def test_another_insurances_history_is_refused(title):
    assert history(title=title)["unreadable"] == "wrong_certificate"


def premiums(rows=(*MONTHS, SUMS), style="gap", title="건강·장기요양보험료 납부확인서", entries=PAYER) -> dict:
    return read_form("NHI_PAY", form(title, entries, style, tables=[(*PAYMENTS, rows)], foot=FOOT))


@pytest.mark.parametrize("style", STYLES)
def test_premiums_are_read_under_their_common_headers(style):
    certificate = premiums(style=style)
    values = certificate["values"]
    assert {name: value for name, value in values.items() if name != "payments"} == {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "address": "서울특별시 중구 가상대로 1",
        "category": "직장가입자",
        "workplace": "한빛가상(주)",
        "workplace_number": "120-81-47521-0",
        "workplace_address": "서울특별시 구로구 가상로 2",
        "period_from": "2022-01",
        "period_to": "2022-02",
    }
    assert values["payments"] == [
        {
            "month": "2022-01",
            "billed_health": 100_000,
            "billed_care": 12_000,
            "paid_health": 100_000,
            "paid_care": 12_000,
            "total": 112_000,
            "paid_on": "2022-02-10",
        },
        {
            "month": "2022-02",
            "billed_health": 100_000,
            "billed_care": 12_000,
            "paid_health": 0,
            "paid_care": 0,
            "total": 0,
            "paid_on": None,
        },
    ]
    assert certificate["findings"] == []


def test_sums_that_do_not_add_up_make_the_payments_unreadable():
    assert premiums([*MONTHS, ("합계", "200,000", "24,000", "100,001", *SUMS[4:])])["unreadable"] == "reader_failed"


def test_a_workplace_number_that_fails_its_check_digit_is_kept_and_noted():
    entries = [(label, "120-81-47522-0" if label == "사업장관리번호" else value) for label, value in PAYER]
    certificate = premiums(entries=entries)
    assert certificate["values"]["workplace_number"] == "120-81-47522-0"
    assert certificate["findings"] == [{"code": "business_number_check", "names": ["workplace_number"], "claims": []}]


def test_the_address_of_the_insured_is_not_that_of_the_workplace():
    entries = [entry for entry in PAYER if entry[0] != "주소"]
    values = premiums(entries=entries)["values"]
    assert "address" not in values
    assert values["workplace_address"] == "서울특별시 구로구 가상로 2"


@pytest.mark.parametrize("period", ["2022.02 ~ 2022.01", "2022.01", "2022.01.01 ~ 2022.02.28", "01.2022 ~ 02.2022"])
def test_a_period_in_doubt_is_left_out(period):
    entries = [(label, period if label == "납부기간" else value) for label, value in PAYER]
    values = premiums(entries=entries)["values"]
    assert values.keys().isdisjoint({"period_from", "period_to"})


@pytest.mark.parametrize(
    "title", ["건강보험료 납부확인서", "건강ㆍ장기요양보험료 납부확인서", "건강보험료 납부확인서(연말정산용)"]
)
def test_every_wording_of_the_title_is_known(title):
    assert premiums(title=title)["unreadable"] is None


@pytest.mark.parametrize(
    "title", ["국민연금보험료 납부확인서", "건강보험료 완납증명서", "건강보험료 납부영수증", "납부확인서"]
)
def test_another_payments_confirmation_is_refused(title):
    assert premiums(title=title)["unreadable"] == "wrong_certificate"
