"""What an opened submission looks like: every value named, placed, and without a resident number's back part."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from services.dashboard.pages import untold_words, words
from services.dashboard.pages.conditions import conditions
from services.dashboard.pages.labels import Labels
from services.dashboard.pages.notes import anchor
from services.dashboard.pages.showing import Paper, papers
from services.eligibility.trust import Finding as Screened
from shared.catalog import CertificateKind, load
from shared.events import SendFailure
from shared.facts import (
    Certificate,
    CertificateProvenance,
    Claim,
    Evidence,
    Facts,
    FactsProvenance,
    Finding,
    FindingCode,
    Source,
)
from shared.gate import HeldCertificate
from shared.standing import CLASSES
from tests.builders.desk import AS_OF, FACTS, PROGRAMME, PROVENANCE, RRN, screening

CATALOG = load()
HELD = HeldCertificate("blob", b"key", "EI_HIST", "00", 1)


def opened(facts: Facts | None = FACTS, provenance: Any = PROVENANCE, held: Any = HELD, found: Any = ()) -> Any:
    return SimpleNamespace(
        facts=facts,
        read=facts,
        corrections=(),
        provenance=provenance if facts else None,
        case=SimpleNamespace(certificates=(held,)),
        screening={"of_certificates": {"0": list(found)}},
    )


def shown(facts: Facts | None = FACTS, provenance: Any = PROVENANCE, **how: Any) -> Paper:
    [paper] = papers(opened(facts, provenance, **how), CATALOG, AS_OF)
    return paper


def one(**changes: Any) -> Facts:
    return Facts(certificates=(FACTS.certificates[0].model_copy(update=changes),))


def test_a_box_is_measured_from_the_upper_left_corner() -> None:
    paper = shown()
    box = next(box for box in paper.pages[0].boxes if box.label == "성명")
    assert (box.x, box.y, box.width, box.height) == (98.0, 842.0 - 714.0, 54.0, 16.0)


def test_every_value_with_a_place_points_at_its_box() -> None:
    paper = shown()
    placed = [value for group in paper.groups for value in group.values if value.anchor]
    assert {value.anchor for value in placed} == paper.anchors == {anchor(0, "holder_name"), anchor(0, "birth_date")}


def test_a_resident_number_is_covered_in_the_raw_text() -> None:
    paper = shown()
    raw = {value.label: value.raw for group in paper.groups for value in group.values}
    assert raw["생년월일"] == "900101-*******"


def test_a_table_is_shown_row_by_row_under_the_certificates_own_labels() -> None:
    paper = shown()
    rows = paper.groups[1]
    assert rows.title == "자격 이력 1"
    assert {value.label: value.text for value in rows.values} == {
        "일련번호": "1", "사업장 명칭": "주식회사 한빛가상", "상실일": "—",
    }  # fmt: skip


def test_the_number_of_a_household_member_is_not_called_that_of_the_certificate() -> None:
    members = [{"number": 1, "relation": "본인"}]
    register = Certificate(part=0, kind="RR_FULL", number="1-2", values={"members": members})
    paper = shown(Facts(certificates=(register,)))
    assert [[value.label for value in group.values] for group in paper.groups] == [["발급번호"], ["번호", "세대주관계"]]


def test_what_was_not_read_yet_is_shown_as_declared() -> None:
    paper = shown(None)
    assert (paper.title, paper.groups) == ("고용보험 자격이력 내역서", ())


def test_a_scan_has_a_page_to_look_at_and_a_broken_file_has_none() -> None:
    def pages(reason: Any) -> int:
        paper = shown(Facts(certificates=(Certificate(part=0, kind="EI_HIST", unreadable=reason),)), None)
        assert paper.unreadable == words.UNREADABLE[reason]
        assert bool(paper.pages) == (paper.picture_says == "")
        return len(paper.pages)

    assert (pages("no_text_layer"), pages("damaged")) == (1, 0)


def test_conditions_carry_the_programmes_names_and_no_resident_number() -> None:
    version = CATALOG.versions[PROGRAMME, 1]
    [condition] = conditions(screening("review"), version, shown().anchors)
    assert condition.name == "만 19세 이상 69세 이하"
    assert "1234567" not in condition.reason
    assert condition.anchors == (anchor(0, "birth_date"),)
    [condition] = conditions(screening("review"), version, ())
    assert condition.anchors == ()


def test_every_class_has_a_word() -> None:
    assert all(name in words.CLASS and name in words.CLASS_HELP for name in CLASSES)


def test_a_question_is_put_into_words() -> None:
    text = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": None}
    assert words.question(text) == "「주식회사 한빛가상」의 사업장이 서울에 있습니까?"


@pytest.mark.parametrize("table", ["FINDING", "SAYS"])
def test_every_finding_of_the_reader_and_of_screening_has_its_words(table: str) -> None:
    screened = {code for part in get_args(Screened) for code in get_args(part)}
    assert "same_number" in screened
    missing = {*get_args(FindingCode), *screened} - set(getattr(words, table))
    assert missing <= {"unreadable"} if table == "SAYS" else not missing


def test_every_evidence_and_every_source_has_its_words_and_an_unknown_one_says_so() -> None:
    assert set(get_args(Evidence)) == set(words.EVIDENCE)
    assert set(get_args(Source)) == set(words.SOURCE)
    assert "pades:new" in words.evidence("pades:new")


def test_every_way_a_wallet_app_is_not_reached_has_its_words() -> None:
    assert set(get_args(SendFailure)) == set(untold_words.NOT_ACCEPTED)


ADDRESS = (
    Claim(source="metadata", value=f"가상로 1 {RRN}"),
    Claim(source="text", value="가상로 2", page=1, box=(100, 600, 200, 612)),
)


def test_where_sources_disagree_each_is_shown_and_what_stands_on_a_page_leads_to_its_box() -> None:
    disagreeing = one(findings=(Finding(code="sources_disagree", names=("birth_date",), claims=ADDRESS),))
    unplaced = PROVENANCE.certificates[0].model_copy(update={"fields": {}})
    paper = shown(disagreeing, FactsProvenance(certificates=(unplaced,)))
    [note] = paper.notes
    assert [(said.source, said.text, said.page) for said in note.claims] == [
        ("함께 받은 데이터", "가상로 1 900101-*******", 0),
        ("문자층", "가상로 2", 1),
    ]
    assert [said.anchor for said in note.claims] == ["", anchor(0, "birth_date")]
    [box] = paper.pages[0].boxes
    assert (box.anchor, box.claimed, box.label) == (anchor(0, "birth_date"), True, "생년월일 (문자층)")


def test_of_two_claims_on_a_page_each_has_a_box_of_its_own() -> None:
    twice = (*ADDRESS, ADDRESS[1].model_copy(update={"source": "embedded"}))
    paper = shown(one(findings=(Finding(code="sources_disagree", names=("employments[0].workplace",), claims=twice),)))
    [note] = paper.notes
    assert note.about[0].label == "자격 이력 1 · 사업장 명칭"
    assert len({said.anchor for said in note.claims} | {""}) == 3
    assert {said.anchor for said in note.claims} - {""} <= paper.anchors


def test_a_table_on_which_sources_disagree_is_written_out_row_by_row() -> None:
    rows: Any = [{"serial": 1, "workplace": "미소식당", "lost_on": None}, {"serial": 2, "workplace": "한빛가상"}]
    claim = Claim(source="embedded", value=rows)
    [note] = shown(one(findings=(Finding(code="sources_disagree", names=("employments",), claims=(claim,)),))).notes
    assert note.about[0].label == "자격 이력"
    assert note.claims[0].text == "1, 미소식당 · 2, 한빛가상"


def test_what_screening_found_is_told_once_beside_what_the_reader_noted() -> None:
    noted = one(findings=(Finding(code="rrn_redacted"), Finding(code="business_number_check", names=("holder_name",))))
    paper = shown(noted, found=("same_number", "unverified", "rrn_redacted"))
    assert [note.code for note in paper.notes] == ["same_number", "rrn_redacted", "business_number_check"]
    assert paper.notes[0].says == words.SAYS["same_number"]
    [place] = paper.notes[2].about
    assert (place.label, place.anchor) == ("성명", anchor(0, "holder_name"))


@pytest.mark.parametrize(
    ("until", "term", "says"),
    [
        (date(2022, 12, 13), "in_time", "2022-12-13까지 (기준일에 1일 남음)"),
        (AS_OF, "in_time", "2022-12-12까지 (기준일이 마지막 날)"),
        (date(2022, 12, 10), "expired", "2022-12-10까지 (기준일에 2일 지남)"),
        (None, "unknown", "알려진 기한 없음"),
    ],
)
def test_the_term_is_counted_to_the_day_on_which_the_conditions_must_hold(until: Any, term: str, says: str) -> None:
    paper = shown(one(valid_until=until))
    assert (paper.validity, paper.validity_says) == (term, says)


def test_a_blacked_out_copy_says_so_and_a_file_that_is_not_kept_has_no_picture_but_a_sentence() -> None:
    redacted = shown(held=replace(HELD, redacted_at=datetime(2022, 12, 12, tzinfo=UTC)))
    assert ("가린 사본" in redacted.picture_says, len(redacted.pages)) == (True, 1)
    dropped = shown(held=replace(HELD, blob_id=None, key=None))
    assert ("보관하지 않습니다" in dropped.picture_says, dropped.pages) == (True, ())


MADE_UP = CertificateKind.model_validate(
    {
        "id": "MADE_UP",
        "title": "지어낸 증명서",
        "english": "made up",
        "issued_by": "가상",
        "required": ["degree"],
        "fields": [
            {
                "name": "degree",
                "type": "choice",
                "labels": ["정도"],
                "codes": {"심한 정도": "severe", "중증": "severe"},
            },
            {
                "name": "benefits",
                "type": "ticks",
                "labels": ["급여"],
                "codes": {"생계급여": "living", "주거급여": "home"},
            },
            {"name": "covered_from", "type": "month_period", "until": "covered_to", "labels": ["납부기간"]},
        ],
        "tables": [
            {
                "name": "bills",
                "anchor": "month",
                "headings": ["고지 현황"],
                "columns": [
                    {"labels": ["월"], "parts": [{"name": "month", "type": "month"}]},
                    {"labels": ["귀속"], "parts": [{"name": "year", "type": "year"}]},
                    {"labels": ["건강"], "group": ["고지보험료"], "parts": [{"name": "billed", "type": "won"}]},
                ],
            }
        ],
    }
)


def test_a_new_kind_needs_no_words_of_its_own_for_labels_tables_amounts_and_options() -> None:
    labels = Labels(MADE_UP)
    values: Any = {
        "degree": "severe",
        "benefits": ["home", "living"],
        "covered_to": "2022-06",
        "bills": [{"month": "2022-05", "year": 2021, "billed": 1234000}],
    }
    made = Certificate(part=0, kind="MADE_UP", values=values)
    catalog = replace(CATALOG, certificates={"MADE_UP": MADE_UP})
    [paper] = papers(opened(Facts(certificates=(made,)), FactsProvenance(certificates=())), catalog, AS_OF)
    assert [(group.title, [(one.label, one.text) for one in group.values]) for group in paper.groups] == [
        ("증명서 내용", [("정도", "심한 정도"), ("급여", "주거급여 · 생계급여"), ("납부기간 끝", "2022-06")]),
        ("고지 현황 1", [("월", "2022-05"), ("귀속", "2021년"), ("고지보험료 건강", "1,234,000원")]),
    ]
    assert labels.write("degree", "unheard_of") == "unheard_of"
    assert Labels(None).of("anything") == "anything"


@pytest.mark.parametrize("kind", list(CATALOG.certificates))
def test_no_value_of_any_kind_is_called_by_its_name_in_the_code(kind: str) -> None:
    of_kind = CATALOG.certificates[kind]
    paths = [name.replace("[]", "[0]") for name in of_kind.types] + [table.name for table in of_kind.tables]
    labels = Labels(of_kind)
    assert [path for path in paths if labels.of(path) == path.rpartition(".")[2]] == []


def test_where_a_value_came_from_and_how_sure_it_is_stand_beside_it() -> None:
    value = next(value for value in shown().groups[0].values if value.path == "birth_date")
    assert (value.page, value.source, value.confidence) == (1, "문자층", "100%")


def test_a_certificate_whose_places_are_not_known_is_shown_with_its_first_page() -> None:
    paper = shown(FACTS, FactsProvenance(certificates=(CertificateProvenance(part=0),)))
    assert [page.number for page in paper.pages] == [1]
