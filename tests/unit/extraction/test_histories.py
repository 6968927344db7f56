"""Employment-insurance histories by another producer: rules or none, wrapped cells, more pages, and every doubt."""

import pytest

from tests.unit.extraction.papers import HISTORY_FOOT, HISTORY_HEAD, NEW_PAGE, history_row, paper, read_paper


def employments(*texts, strokes=()):
    certificate, _ = read_paper(paper([*HISTORY_HEAD, *texts, *HISTORY_FOOT], strokes))
    return certificate["values"].get("employments")


def test_an_unruled_table_is_read_by_its_white_space():
    assert employments(
        *history_row(580, 1, "주식회사 한빛가상", occupation="서비스 종사자(132)"),
        *history_row(565, 2, acquired="2016. 9. 8.", lost="2016.11.11"),
    ) == [
        {
            "serial": 1,
            "occupation": "서비스 종사자(132)",
            "workplace": "주식회사 한빛가상",
            "acquired_on": "2021-03-02",
            "lost_on": None,
            "remark": "근로자",
        },
        {
            "serial": 2,
            "occupation": "사무원",
            "workplace": "미소식당",
            "acquired_on": "2016-09-08",
            "lost_on": "2016-11-11",
            "remark": "근로자",
        },
    ]


def test_level_rules_alone_part_the_rows():
    rules = [(35, y, 560, y) for y in (615, 595, 575, 555)]
    rows = employments(*history_row(580, 1), *history_row(560, 2), strokes=rules)
    assert [row["serial"] for row in rows] == [1, 2]


def test_a_whole_grid_drawn_as_rectangles_is_a_table():
    lefts, tops = [35, 85, 215, 325, 415, 485, 560], [615, 595, 555, 535]
    grid = [(x, tops[0], x, tops[-1]) for x in lefts] + [(lefts[0], y, lefts[-1], y) for y in tops]
    wrapped = [(90, 583, "식당 서비스 관련"), (90, 565, "종사자(132)")]
    centred = [(left, 573, text) for left, _, text in history_row(0, 1) if left != 90]
    rows = employments(*wrapped, *centred, *history_row(541, 2), strokes=grid)
    assert [row["occupation"] for row in rows] == ["식당 서비스 관련 종사자(132)", "사무원"]


def test_a_wrapped_cell_belongs_to_the_row_above_it():
    rows = employments(*history_row(580, 1, "주식회사 한빛"), (220, 567, "가상물류"), *history_row(545, 2))
    assert [row["workplace"] for row in rows] == ["주식회사 한빛 가상물류", "미소식당"]


def test_a_blank_loss_date_means_still_insured():
    (row,) = employments(*history_row(580, 1))
    assert row["lost_on"] is None


def test_a_table_goes_on_where_the_next_page_does_not_repeat_its_header():
    rows = employments(*history_row(580, 1), NEW_PAGE, *history_row(780, 2))
    assert [row["serial"] for row in rows] == [1, 2]


def test_a_table_goes_on_under_a_repeated_header():
    rows = employments(*history_row(580, 1), NEW_PAGE, *HISTORY_HEAD[3:], *history_row(580, 2))
    assert [row["serial"] for row in rows] == [1, 2]


@pytest.mark.parametrize("texts", [[], [(200, 580, "조회된 이력이 없습니다")]])
def test_a_header_with_nothing_under_it_is_a_blank_history(texts):
    assert employments(*texts) == []


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([*history_row(580, 1), *history_row(565, 3)], id="a serial number is missing"),
        pytest.param(history_row(580, 2), id="the first row is missing"),
        pytest.param(history_row(580, 1, lost="2021-13-01"), id="a loss date is impossible"),
        pytest.param(history_row(580, 1, lost="미정"), id="a loss date is a word"),
        pytest.param(history_row(580, 1, acquired=""), id="an acquisition date is blank"),
        pytest.param(
            history_row(580, 1, "두 칸에 걸쳐 쓰인 아주 긴 사업장 이름"), id="a name runs into the next column"
        ),
        pytest.param([*history_row(580, 1), (220, 567, "이하여백"), *history_row(560, 2)], id="a line is two rows'"),
        pytest.param(
            [(90, 588, "식당 서비스"), *history_row(577, 1), (90, 566, "종사자")], id="a row begins above its number"
        ),
        pytest.param([*history_row(580, 1), (90, 560, "알 수 없음"), *history_row(480, 2)], id="a row stands apart"),
        pytest.param([(200, 580, "다음 기회에 조회하십시오")], id="an unknown sentence stands in place of rows"),
    ],
)
def test_a_table_in_doubt_is_not_read_at_all(texts):
    certificate, provenance = read_paper(paper([*HISTORY_HEAD, *texts, *HISTORY_FOOT]))
    assert certificate["unreadable"] == "reader_failed"
    assert certificate["values"] == {}
    assert provenance["fields"] == {}


def test_every_value_says_where_it_stood():
    certificate, provenance = read_paper(paper([*HISTORY_HEAD, *history_row(580, 1), *HISTORY_FOOT]))
    place = provenance["fields"]["employments[0].acquired_on"]
    left, bottom, right, top = place["box"]
    assert (place["page"], place["raw"], place["normaliser"], place["source"]) == (1, "2021-03-02", "date", "text")
    assert left == pytest.approx(330, abs=2)
    assert bottom < 580 < top
    assert right > left
    assert provenance["pages"] == [[595.0, 842.0]]
    assert (certificate["number"], certificate["issued_on"]) == ("2022-0000-000001", "2022-12-12")
    assert certificate["issuer"] == "근로복지공단"


def test_the_back_of_the_number_is_not_in_the_provenance():
    head = [
        text if "성명" not in text[2] else (40, 700, "성명 : 김가상    주민등록번호 : 900101-1234567")
        for text in HISTORY_HEAD
    ]
    certificate, provenance = read_paper(paper([*head, *history_row(580, 1), *HISTORY_FOOT]))
    assert certificate["values"]["birth_date"] == "1990-01-01"
    assert provenance["fields"]["birth_date"]["raw"] == "900101-*******"
    assert "234567" not in str((certificate, provenance))
