"""장애인증명서: the degree of a disability however it is said, and the hospital's paper of the same title refused."""

import pytest

from tests.unit.extraction.forms import STYLES, form, read_form
from tests.unit.extraction.papers import read_paper

SEVERE, NOT_SEVERE = "장애의 정도가 심한 장애인", "장애의 정도가 심하지 않은 장애인"
ENTRIES = [
    ("발급번호", "제 2022-000123 호"),
    ("성명", "김가상"),
    ("주민등록번호", "900101-1******"),
    ("주소", "서울특별시 중구 가상대로 1"),
    ("주장애", "지체장애"),
    ("부장애", ""),
    ("장애정도", SEVERE),
    ("장애등록일", "2015. 3. 2."),
    ("용도", "제출용"),
]
FOOT = [(240, 420, "2022년 12월 12일"), (230, 390, "서울특별시 중구청장 (직인)", 14)]


def changed(label: str, value: str | None) -> list[tuple[str, str]]:
    """The entries with that one said otherwise, or not at all."""
    return [(one, value if one == label else old) for one, old in ENTRIES if one != label or value is not None]


def read(entries=ENTRIES, style="gap", foot=FOOT, title="장애인증명서") -> dict:
    return read_form("DISAB", form(title, entries, style, foot=foot))


@pytest.mark.parametrize("style", STYLES)
def test_a_certificate_is_read_however_its_labels_stand(style):
    certificate = read(style=style)
    assert certificate["values"] == {
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "address": "서울특별시 중구 가상대로 1",
        "disability": "지체장애",
        "degree": "severe",
        "registered_on": "2015-03-02",
    }
    assert (certificate["number"], certificate["issued_on"]) == ("2022-000123", "2022-12-12")
    assert (certificate["issuer"], certificate["valid_until"]) == ("서울특별시 중구청장", None)


@pytest.mark.parametrize(
    ("printed", "degree"),
    [
        (SEVERE, "severe"),
        (NOT_SEVERE, "not_severe"),
        ("장애의정도가 심하지않은 장애인", "not_severe"),
        ("심한 장애(중증)", "severe"),
        (f"■ {SEVERE}  □ {NOT_SEVERE}", "severe"),
        (f"□ {SEVERE}  ■ {NOT_SEVERE}", "not_severe"),
        (f"[ ] {SEVERE} [√] {NOT_SEVERE}", "not_severe"),
    ],
)
def test_the_degree_is_a_code_however_it_is_said(printed, degree):
    assert read(changed("장애정도", printed))["values"]["degree"] == degree


@pytest.mark.parametrize(
    "printed", ["3급", "심함", f"{SEVERE}이 아님", f"□ {SEVERE} □ {NOT_SEVERE}", f"■ {SEVERE} ■ {NOT_SEVERE}", ""]
)
def test_a_certificate_whose_degree_is_in_doubt_is_not_read(printed):
    assert read(changed("장애정도", printed))["unreadable"] == "reader_failed"


def test_a_second_disability_is_read_and_the_first_is_not_taken_for_it():
    values = read(changed("부장애", "시각장애"))["values"]
    assert (values["disability"], values["disability_second"]) == ("지체장애", "시각장애")


def test_the_first_registration_is_not_the_registration():
    values = read([*changed("장애등록일", None), ("최초등록일", "2001. 1. 2.")])["values"]
    assert "registered_on" not in values


def test_the_guardian_is_not_the_holder():
    assert read([*ENTRIES, ("보호자 성명", "박가상")])["values"]["holder_name"] == "김가상"


@pytest.mark.parametrize(
    "entry",
    [
        ("장애기간", "2020. 1. 1. ~ 영구"),
        ("의료기관명", "가상대학교병원"),
        ("병 원 명", "가상대학교병원"),
        ("근거", "「소득세법 시행령」 제107조"),
    ],
)
@pytest.mark.parametrize("kind", ["DISAB", None])
def test_the_certificate_for_the_income_tax_has_the_same_title_and_is_refused(entry, kind):
    certificate, _ = read_paper(form("장애인증명서", [*ENTRIES, entry], foot=FOOT), kind)
    assert certificate["unreadable"] == "wrong_certificate"


def test_the_purpose_may_speak_of_the_income_tax():
    assert read(changed("용도", "소득세 연말정산용"))["unreadable"] is None


@pytest.mark.parametrize("title", ["장애인등록증", "장애진단서", "장애정도 결정서", "장애인증명서 발급 신청서"])
def test_a_near_title_is_refused(title):
    assert read(title=title)["unreadable"] == "wrong_certificate"
