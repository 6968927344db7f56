"""What a welfare office certifies: recipients and their benefits, near poverty, single parents."""

import pytest

from tests.unit.extraction.forms import STYLES, form, read_form

RECIPIENT = [
    ("발급번호", "제2022-00123호"),
    ("세대주 성명", "박가상(朴假想)"),
    ("수급자 성명", "김가상"),
    ("주민등록번호", "900101-*******"),
    ("세대주와의 관계", "자녀"),
    ("주소", "서울특별시 중구 가상대로 1"),
    ("급여종류", "■ 생계급여  □ 의료급여  ■ 주거급여  □ 교육급여"),
    ("보장기관", "서울특별시 중구"),
]
NEAR_POVERTY = [("성명", "김가상"), ("생년월일", "1990. 1. 1."), ("주소", "서울특별시 중구 가상대로 1")]
SINGLE_PARENT = [("세대주 성명", "김가상"), ("주민등록번호", "900101-2●●●●●●"), ("지원구분", "조손가족")]
FOOT = [(240, 120, "2022년 12월 12일"), (230, 90, "서울특별시 중구청장", 14)]
MEMBERS = ("가구원", (120.0, 160.0, 120.0), ("성명(한자)", "주민등록번호", "관계"))
FAMILY = [("김가온(金假溫)", "150203-3******", "자녀"), ("MARIA SANTOS", "850505-6******", "배우자")]


def changed(entries, label, value):
    return [(one, value if one == label else old) for one, old in entries]


def recipient(entries=RECIPIENT, style="gap", title="국민기초생활수급자 증명서", **about) -> dict:
    return read_form("BLSS", form(title, entries, style, foot=FOOT, **about))


@pytest.mark.parametrize("style", STYLES)
def test_a_recipient_is_read_with_every_benefit(style):
    certificate = recipient(style=style)
    assert certificate["values"] == {
        "householder": "박가상",
        "holder_name": "김가상",
        "birth_date": "1990-01-01",
        "relation": "자녀",
        "address": "서울특별시 중구 가상대로 1",
        "benefits": ["livelihood", "housing"],
        "agency": "서울특별시 중구",
    }
    assert (certificate["number"], certificate["issuer"]) == ("2022-00123", "서울특별시 중구청장")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "printed",
    [
        "[ ] 생계급여  [√] 의료급여  [ ] 주거급여  [√] 교육급여",
        "생계급여   의료급여 ○   주거급여   교육급여 ○",
        "생계급여( )  의료급여(○)  주거급여( )  교육급여(○)",
    ],
)
def test_benefits_are_ticked_in_every_usual_way(printed, style):
    assert recipient(changed(RECIPIENT, "급여종류", printed), style)["values"]["benefits"] == ["medical", "education"]


@pytest.mark.parametrize(
    "printed",
    [
        "생계급여  의료급여  주거급여  교육급여",
        "생계급여 ○ 의료급여 주거급여 교육급여",
        "□ 생계급여  □ 의료급여  □ 주거급여  □ 교육급여",
        "■ 생계급여  □ 의료급여",
        "의료급여",
    ],
)
def test_benefits_in_doubt_make_the_certificate_unreadable(printed):
    assert recipient(changed(RECIPIENT, "급여종류", printed))["unreadable"] == "reader_failed"


def test_options_in_cells_of_their_own_are_read_with_the_mark_below_each():
    xs = (40, 190, 280, 370, 460, 550)
    options = [
        (x + 5, 485, name) for x, name in zip(xs[1:], ("생계급여", "의료급여", "주거급여", "교육급여"), strict=False)
    ]
    strokes = [(x, 500, x, 456) for x in xs] + [(40, 500, 550, 500), (190, 478, 550, 478), (40, 456, 550, 456)]
    marks = [(230, 463, "○"), (500, 463, "○")]
    foot = [*FOOT, (45, 474, "급여종류"), *options, *marks]
    entries = [entry for entry in RECIPIENT if entry[0] != "급여종류"]
    pdf = form("수급자 증명서", entries, foot=foot, strokes=strokes)
    assert read_form("BLSS", pdf)["values"]["benefits"] == ["livelihood", "education"]


def test_an_unknown_label_in_the_next_cell_is_no_option():
    xs = (40, 190, 330, 430, 550)
    strokes = [(x, 500, x, 478) for x in xs] + [(40, y, 550, y) for y in (500, 478)]
    foot = [*FOOT, (45, 485, "지원구분"), (195, 485, "조손가족"), (335, 485, "처리번호"), (435, 485, "가1")]
    pdf = form("한부모가족증명서", SINGLE_PARENT[:2], foot=foot, strokes=strokes)
    assert read_form("SINGLEP", pdf)["values"]["support"] == "grandparent"


def test_an_applicant_is_not_the_recipient():
    assert recipient([*RECIPIENT, ("신청인 성명", "박대리")])["values"]["holder_name"] == "김가상"


def test_recipients_of_two_names_are_none():
    assert recipient([*RECIPIENT, ("성명", "박가상")])["unreadable"] == "reader_failed"


def test_the_householder_is_not_the_recipient():
    entries = [entry for entry in RECIPIENT if entry[0] != "수급자 성명"]
    assert recipient(entries)["unreadable"] == "reader_failed"


def test_members_are_read_and_their_labels_are_not_the_holders():
    certificate = recipient(tables=[(*MEMBERS, FAMILY)])
    assert certificate["values"]["members"] == [
        {"name": "김가온", "birth_date": "2015-02-03", "relation": "자녀"},
        {"name": "MARIA SANTOS", "birth_date": "1985-05-05", "relation": "배우자"},
    ]
    assert (certificate["values"]["holder_name"], certificate["values"]["relation"]) == ("김가상", "자녀")


def test_members_that_cannot_be_read_do_not_give_their_values_to_the_holder():
    heading, widths, header = MEMBERS
    entries = [entry for entry in RECIPIENT if entry[0] != "세대주와의 관계"]
    values = recipient(entries, tables=[(heading, (*widths, 90.0), (*header, "알 수 없음"), [(*FAMILY[0], "")])])[
        "values"
    ]
    assert values["holder_name"] == "김가상"
    assert "relation" not in values


@pytest.mark.parametrize(
    "title", ["의료급여증명서", "기초연금 수급자 확인서", "수급자 증명서 발급 신청서", "차상위계층 확인서"]
)
def test_another_recipients_paper_is_refused(title):
    assert recipient(title=title)["unreadable"] == "wrong_certificate"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("title", ["차상위계층 확인서", "차 상 위 계 층 확 인 서"])
def test_near_poverty_is_read(style, title):
    certificate = read_form("NEARPOOR", form(title, NEAR_POVERTY, style, foot=FOOT, tables=[(*MEMBERS, FAMILY)]))
    values = certificate["values"]
    assert (values["holder_name"], values["birth_date"]) == ("김가상", "1990-01-01")
    assert values["address"] == "서울특별시 중구 가상대로 1"
    assert [member["name"] for member in values["members"]] == ["김가온", "MARIA SANTOS"]


def test_an_applicant_who_is_not_the_person_concerned_leaves_the_holder_in_doubt():
    entries = [("신청인 성명", "박대리"), ("대상자 성명", "김가상")]
    assert read_form("NEARPOOR", form("차상위계층 확인서", entries, foot=FOOT))["unreadable"] == "reader_failed"


@pytest.mark.parametrize("title", ["차상위 본인부담경감대상자 증명서", "자활근로자 확인서", "차상위계층 확인 신청서"])
def test_other_proofs_of_near_poverty_are_other_certificates(title):
    assert read_form("NEARPOOR", form(title, NEAR_POVERTY, foot=FOOT))["unreadable"] == "wrong_certificate"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("printed", "support"),
    [
        ("조손가족", "grandparent"),
        ("청소년 한부모가족", "young_single_parent"),
        ("■ 한부모가족  □ 청소년한부모가족  □ 조손가족", "single_parent"),
    ],
)
def test_a_single_parent_is_read(style, printed, support):
    entries = changed(SINGLE_PARENT, "지원구분", printed)
    certificate = read_form("SINGLEP", form("한부모가족증명서", entries, style, foot=FOOT))
    assert certificate["values"] == {"holder_name": "김가상", "birth_date": "1990-01-01", "support": support}


@pytest.mark.parametrize("printed", ["한부모", "가족", "□ 한부모가족  □ 청소년한부모가족  □ 조손가족", ""])
def test_a_kind_of_support_in_doubt_makes_the_certificate_unreadable(printed):
    entries = changed(SINGLE_PARENT, "지원구분", printed)
    assert read_form("SINGLEP", form("한부모가족증명서", entries, foot=FOOT))["unreadable"] == "reader_failed"


@pytest.mark.parametrize("title", ["가족관계증명서", "한부모가족 증명서 발급 신청서", "한부모가족지원 대상자 확인서"])
def test_a_near_title_of_a_single_parent_is_refused(title):
    assert read_form("SINGLEP", form(title, SINGLE_PARENT, foot=FOOT))["unreadable"] == "wrong_certificate"
