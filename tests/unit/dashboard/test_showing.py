"""What an opened submission looks like: every value named, placed, and without a resident number's back part."""

from types import SimpleNamespace
from typing import Any

from services.dashboard.pages import words
from services.dashboard.pages.conditions import conditions
from services.dashboard.pages.showing import anchor, papers
from shared.catalog import load
from shared.facts import Certificate, Facts
from shared.standing import CLASSES
from tests.builders.desk import FACTS, PROGRAMME, PROVENANCE, screening

CATALOG = load()


def opened(facts: Facts | None = FACTS, *, placed: bool = True) -> Any:
    held = (SimpleNamespace(kind="EI_HIST"),)
    return SimpleNamespace(
        facts=facts, provenance=PROVENANCE if facts and placed else None, case=SimpleNamespace(certificates=held)
    )


def test_a_box_is_measured_from_the_upper_left_corner() -> None:
    [paper] = papers(opened(), CATALOG)
    box = next(box for box in paper.pages[0].boxes if box.label == "성명")
    assert (box.x, box.y, box.width, box.height) == (98.0, 842.0 - 714.0, 54.0, 16.0)


def test_every_value_with_a_place_points_at_its_box() -> None:
    [paper] = papers(opened(), CATALOG)
    boxes = {box.anchor for page in paper.pages for box in page.boxes}
    placed = [value for group in paper.groups for value in group.values if value.anchor]
    assert {value.anchor for value in placed} == boxes == {anchor(0, "holder_name"), anchor(0, "birth_date")}


def test_a_resident_number_is_covered_in_the_raw_text() -> None:
    [paper] = papers(opened(), CATALOG)
    raw = {value.label: value.raw for group in paper.groups for value in group.values}
    assert raw["생년월일"] == "900101-*******"


def test_a_table_is_shown_row_by_row_under_the_certificates_own_labels() -> None:
    [paper] = papers(opened(), CATALOG)
    rows = paper.groups[1]
    assert rows.title == "자격 이력 1"
    assert {value.label: value.text for value in rows.values} == {
        "일련번호": "1", "사업장 명칭": "주식회사 한빛가상", "상실일": "—",
    }  # fmt: skip


def test_the_number_of_a_household_member_is_not_called_that_of_the_certificate() -> None:
    members = [{"number": 1, "relation": "본인"}]
    register = Certificate(part=0, kind="RR_FULL", number="1-2", values={"members": members})
    [paper] = papers(opened(Facts(certificates=(register,))), CATALOG)
    assert [[value.label for value in group.values] for group in paper.groups] == [["발급번호"], ["번호", "세대주관계"]]


def test_what_was_not_read_yet_is_shown_as_declared() -> None:
    [paper] = papers(opened(None), CATALOG)
    assert (paper.title, paper.groups) == ("고용보험 자격이력 내역서", ())


def test_a_scan_has_a_page_to_look_at_and_a_broken_file_has_none() -> None:
    def pages(reason: Any) -> int:
        unreadable = Facts(certificates=(Certificate(part=0, kind="EI_HIST", unreadable=reason),))
        [paper] = papers(opened(unreadable, placed=False), CATALOG)
        assert paper.unreadable == words.UNREADABLE[reason]
        return len(paper.pages)

    assert (pages("no_text_layer"), pages("damaged")) == (1, 0)


def test_conditions_carry_the_programmes_names_and_no_resident_number() -> None:
    [condition] = conditions(screening("review"), CATALOG.programme_versions[PROGRAMME, 1])
    assert condition.name == "만 19세 이상 69세 이하"
    assert "1234567" not in condition.reason
    assert condition.anchors == (anchor(0, "birth_date"),)


def test_every_class_has_a_word() -> None:
    assert all(name in words.CLASS and name in words.CLASS_HELP for name in CLASSES)


def test_a_question_is_put_into_words() -> None:
    text = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": None}
    assert words.question(text) == "「주식회사 한빛가상」의 사업장이 서울에 있습니까?"
