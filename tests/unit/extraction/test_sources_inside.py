"""Data inside a certificate, and tables in data, are held against the page as data beside it are."""

import json

import pytest

from services.extraction.pdf import prepare
from services.wallet_simulator.samples import metadata
from services.wallet_simulator.samples.pdf import document, stream
from shared.facts import Certificate
from tests.unit.extraction.letters import LETTER, SAYS, SCAN, by_pypdf, certificate, findings, result
from tests.unit.extraction.papers import CERTIFICATES, HISTORY_FOOT, HISTORY_HEAD, history_row, paper


@pytest.fixture(scope="module", autouse=True)
def _templates():
    prepare({"certificates": str(CERTIFICATES)})


@pytest.mark.parametrize(
    "inside",
    [
        lambda pdf: by_pypdf(pdf, lambda writer: writer.add_attachment("a.xml", metadata.as_xml(SAYS))),
        lambda pdf: by_pypdf(pdf, lambda writer: writer.add_attachment("a.json", metadata.as_json(SAYS))),
        lambda pdf: by_pypdf(
            metadata.attached(pdf, metadata.as_xml(SAYS)), lambda writer: writer.compress_identical_objects()
        ),
        lambda pdf: metadata.in_packet(pdf, SAYS),
        lambda pdf: metadata.in_fields(pdf, SAYS),
    ],
)
def test_data_inside_a_letter_says_the_same_as_the_letter(inside):
    found = result(inside(LETTER))
    assert (found["certificate"]["values"], found["certificate"]["findings"]) == (SAYS.values, [])
    place = found["provenance"]["fields"]["holder_name"]
    assert (place["source"], place["page"]) == ("embedded", 1)


def test_a_scan_is_read_from_the_data_inside_it():
    for pdf in (metadata.attached(SCAN, metadata.as_json(SAYS)), metadata.in_packet(SCAN, SAYS)):
        found = certificate(pdf)
        assert (found["unreadable"], found["values"], found["findings"]) == (None, SAYS.values, [])


def test_data_attached_to_a_page_or_packed_away_is_found():
    def annotated(packed):
        spec = b"<</Type/Filespec/F(a)/EF<</F 6 0 R>>>>"
        data = stream(metadata.as_xml(SAYS))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]%s>>" % (
            b"" if packed else b"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 5 0 R>>]"
        )
        associated = b"/AF[5 0 R]" if packed else b""
        return document(
            {
                1: b"<</Type/Catalog/Pages 2 0 R%s>>" % associated,
                2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
                3: page,
                5: spec,
                6: data,
            },
            b"x",
        )

    assert certificate(annotated(packed=False))["values"] == SAYS.values
    assert certificate(annotated(packed=True))["values"] == SAYS.values


def test_two_documents_inside_that_disagree_are_a_finding():
    other, name = metadata.contradicted(SAYS)
    pdf = metadata.in_packet(metadata.attached(SCAN, metadata.as_xml(other)), SAYS)
    assert findings(certificate(pdf)) == [("sources_disagree", name)]


def test_files_of_others_are_none_of_our_business():
    pdf = by_pypdf(LETTER, lambda writer: writer.add_attachment("invoice.xml", b"<invoice>" + b"<!DOCTYPE x>"))
    assert certificate(pdf) == certificate(LETTER)


def test_data_inside_that_bears_our_mark_and_is_broken_is_a_finding():
    broken = metadata.as_xml(SAYS).replace(b"</", b"<", 1)
    assert findings(certificate(metadata.attached(LETTER, broken))) == [("metadata_unreadable",)]


HISTORY = Certificate(
    part=0,
    kind="EI_HIST",
    values={
        "holder_name": "김가상",
        "employments": [
            {
                "serial": 1,
                "occupation": "사무원",
                "workplace": "미소식당",
                "acquired_on": "2021-03-02",
                "lost_on": None,
                "remark": "근로자",
            },
            {
                "serial": 2,
                "occupation": "사무원",
                "workplace": "두레",
                "acquired_on": "2019-03-02",
                "lost_on": "2021-01-01",
                "remark": "근로자",
            },
        ],
    },
)
HISTORY_PAPER = paper(
    [*HISTORY_HEAD, *history_row(580, 1), *history_row(560, 2, "두레", "2019-03-02", "2021-01-01"), *HISTORY_FOOT]
)


def rows(*changed):
    """The history's data with its rows changed."""
    tree = json.loads(metadata.as_json(HISTORY))
    own = tree["전자증명서메타데이터"]["자격이력목록"]
    own["자격이력"] = [row | dict(change) for row, change in zip(own["자격이력"], changed, strict=False)]
    return json.dumps(tree).encode()


def test_a_table_in_data_and_in_print_is_one_table():
    found = result(HISTORY_PAPER, rows({}, {}), kind="EI_HIST")
    assert found["certificate"]["values"]["employments"] == HISTORY.values["employments"]
    assert found["certificate"]["findings"] == []
    assert found["provenance"]["fields"]["employments[1].lost_on"]["source"] == "metadata"
    assert found["provenance"]["fields"]["employments[1].lost_on"]["page"] == 1


def test_what_no_page_prints_is_taken_from_data_that_say_what_type_it_is_of():
    found = result(
        HISTORY_PAPER, rows({"사업장소재지": "서울특별시 중구", "사업장관리번호": "12345678900"}, {}), kind="EI_HIST"
    )
    first, second = found["certificate"]["values"]["employments"]
    assert (first["workplace_address"], first["workplace_number"]) == ("서울특별시 중구", "123-45-67890-0")
    assert (second["workplace_address"], second["lost_on"]) == (None, "2021-01-01")
    assert findings(found["certificate"]) == [
        ("metadata_only", "employments[0].workplace_number", "employments[0].workplace_address")
    ]


def test_a_table_with_a_row_less_in_data_is_a_finding():
    assert findings(certificate(HISTORY_PAPER, rows({}), "EI_HIST")) == [("sources_disagree", "employments")]


@pytest.mark.parametrize(
    "change",
    [
        {"상실일자": "언젠가"},
        {"사업장명칭": ""},
        {"취득일자": "2021-02-30"},
        {"일련번호": "x"},
        {"상실일자": {"a": "b"}},
    ],
)
def test_a_table_with_a_row_in_doubt_is_not_said(change):
    found = result(HISTORY_PAPER, rows(change, {}), kind="EI_HIST")
    assert found["provenance"]["fields"]["employments[0].workplace"]["source"] == "text"
    assert found["certificate"]["findings"] == []


def test_an_empty_list_says_that_there_are_no_rows_and_null_says_nothing():
    for written, unreadable in (({}, None), ("", None), ({"자격이력": []}, None), (None, "no_text_layer")):
        tree = json.loads(rows({}, {}))
        tree["전자증명서메타데이터"]["자격이력목록"] = written
        found = certificate(SCAN, json.dumps(tree).encode(), "EI_HIST")
        assert found["unreadable"] == unreadable
        assert found["values"].get("employments") == (None if unreadable else [])
