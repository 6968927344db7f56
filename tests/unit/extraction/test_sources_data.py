"""Data beside a certificate: understood by a schema alone, however hostile, and held against the page."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.data import trees
from services.extraction.data.trees import Malformed, handed_in, parse
from services.extraction.pdf import prepare
from services.wallet_simulator.samples import metadata
from shared.facts import Certificate
from tests.unit.extraction.letters import LETTER, SAYS, SCAN, WHOLE_RRN, certificate, findings, result, said
from tests.unit.extraction.papers import CERTIFICATES, EMPLOY_TITLE, paper


@pytest.fixture(scope="module", autouse=True)
def _templates():
    prepare({"certificates": str(CERTIFICATES)})


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_metadata_beside_a_letter_says_the_same_as_the_letter(form, wrapped):
    beside = metadata.handed_in(SAYS, form)
    found = result(LETTER, beside if wrapped else base64.b64decode(beside))
    plain = certificate(LETTER)
    assert found["certificate"] == plain
    assert (plain["values"], plain["findings"]) == (SAYS.values, [])
    place = found["provenance"]["fields"]["holder_name"]
    assert (place["source"], place["page"], place["raw"]) == ("metadata", 1, "김가상(金佳想)")
    assert place["box"] == result(LETTER)["provenance"]["fields"]["holder_name"]["box"]


@pytest.mark.parametrize(
    "changes",
    [
        {"발급일자": "20221212"},
        {"발급일자": "2022년 12월 12일"},
        {"발급일자": "2022-12-12T23:59:59+09:00"},
        {"발급일자": "20221212235959"},
        {"생년월일": "900101-1******"},
        {"생년월일": "9001011234567"},
        {"성명": "김 가 상 (金佳想)"},
        {"회사명": "주식회사  한빛\u200b가상"},
        {"재직종료일자": "현재"},
        {"재직종료일자": ""},
        {"발급번호": "제2022-001호"},
    ],
)
def test_the_same_in_another_spelling_agrees(changes):
    found = certificate(LETTER, said(**changes))
    assert (found["values"], found["findings"]) == (certificate(LETTER)["values"], [])


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"성명": "김나상"}, "holder_name"),
        ({"생년월일": "900102-1******"}, "birth_date"),
        ({"재직종료일자": "2022-11-30"}, "employed_until"),
        ({"발급일자": "2022-12-12T23:59:59+09:00".replace("12-12", "12-13")}, "issued_on"),
    ],
)
def test_another_value_is_a_finding_and_taken_from_neither(changes, name):
    found = certificate(LETTER, said(**changes))
    assert findings(found) == [("sources_disagree", name)]
    assert (name in found["values"], found.get(name), found["unreadable"]) == (False, None, None)


@pytest.mark.parametrize(
    "changes", [{"발급일자": "12/12/2022"}, {"발급일자": "2022-12-12T01:00:00Z"}, {"성명": "김가상 2"}]
)
def test_what_cannot_be_understood_is_not_said(changes):
    found = result(LETTER, said(**changes))
    assert (found["certificate"]["values"], found["certificate"]["findings"]) == (SAYS.values, [])
    name = {"발급일자": "issued_on", "성명": "holder_name"}[next(iter(changes))]
    assert found["provenance"]["fields"][name]["source"] == "text"


def test_a_scan_is_read_from_the_data_beside_it():
    found = result(SCAN, metadata.handed_in(SAYS))
    assert (found["certificate"]["unreadable"], found["certificate"]["values"]) == (None, SAYS.values)
    assert {(place["page"], place["box"]) for place in found["provenance"]["fields"].values()} == {(0, None)}
    assert [code for code, *_ in findings(found["certificate"])] == ["metadata_only"]
    assert found["certificate"]["authenticity"] == "unverified"


def test_a_scan_with_data_that_lacks_what_is_required_has_no_text_layer():
    poor = SAYS.model_copy(update={"values": {"holder_name": "김가상"}})
    assert certificate(SCAN, metadata.handed_in(poor))["unreadable"] == "no_text_layer"


def test_without_a_declared_kind_the_data_of_a_scan_say_it():
    assert certificate(SCAN, metadata.handed_in(SAYS), kind=None)["kind"] == "EMPLOY"
    assert certificate(SCAN, None, kind=None)["unreadable"] == "no_text_layer"


def test_data_about_another_kind_say_nothing_and_are_a_finding():
    other = metadata.handed_in(Certificate(part=0, kind="RR_FULL", values={"householder": "김나상"}))
    found = certificate(LETTER, other)
    (finding,) = found["findings"]
    assert (found["values"], findings(found)) == (SAYS.values, [("sources_disagree", "kind")])
    assert [claim["value"] for claim in finding["claims"]] == ["RR_FULL", "EMPLOY"]
    assert certificate(SCAN, other)["unreadable"] == "wrong_certificate"


def test_a_title_that_is_another_certificates_is_not_made_good_by_data():
    other = paper([(200, 760, "퇴직증명서", 20), (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛")])
    assert certificate(other, metadata.handed_in(SAYS))["unreadable"] == "wrong_certificate"


def test_a_document_whose_code_and_title_are_of_two_kinds_is_not_understood():
    tree = json.loads(metadata.as_json(SAYS))
    tree["공통메타데이터"]["문서종류코드"] = "30000100001"
    found = certificate(LETTER, json.dumps(tree).encode())
    assert findings(found) == [("metadata_unreadable",)]


def test_a_code_without_a_title_is_enough():
    says = Certificate(
        part=0, kind="RR_FULL", values={"householder": "김가상", "address": "서울특별시 중구", "members": []}
    )
    tree = json.loads(metadata.as_json(says))
    del tree["공통메타데이터"]["문서종류명"]
    assert certificate(SCAN, json.dumps(tree).encode(), kind=None)["kind"] == "RR_FULL"


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a xmlns="urn:gubi:example:certificate-data:1">&b;</a>'


@pytest.mark.parametrize(
    "beside",
    [
        b"",
        b"not Base64 at all!",
        b"\xff\xfe{\x00}\x00",
        b'{"a": ',
        b"{" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[1]",
        b"{}",
        b"<a>",
        b"<a></b>",
        LAUGHS.encode(),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 40 + b"</a>" * 40,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
        b"<a>" + b" " * trees.MOST_BYTES + b"</a>",
        b'<a xmlns="urn:gubi:example:certificate-data:1"/>',
        '{"규격": "urn:gubi:example:certificate-data:2"}'.encode(),
        base64.b64encode(b"\xff\xff\xff\xff"),
    ],
)
def test_data_that_cannot_be_understood_is_a_finding_and_harms_nothing(beside):
    found = certificate(LETTER, beside)
    assert (found["values"], findings(found)) == (SAYS.values, [("metadata_unreadable",)])


def test_a_document_with_a_dtd_is_refused_before_anything_in_it_is_read():
    with pytest.raises(Malformed, match="DTD"):
        parse(LAUGHS.encode())


def test_an_xml_declaration_of_another_encoding_does_not_matter_to_what_was_decoded():
    assert parse('<?xml version="1.0" encoding="EUC-KR"?><가>나</가>'.encode()).node == "나"


def test_json_and_xml_come_out_as_one_tree():
    xml = '<r xmlns="n" 가="1"> <나>x<!-- y --></나><나/><다><라 마="2">z</라></다></r>'
    tree = handed_in(base64.b64encode(xml.encode()))
    assert (tree.namespace, tree.root) == ("n", "r")
    assert tree.node == {"@가": "1", "나": ["x", ""], "다": {"라": {"@마": "2", "": "z"}}}
    assert (trees.at(tree.node, "다/라"), trees.at(tree.node, "다/라/@마"), trees.at(tree.node, "나")) == (
        "z",
        "2",
        ["x", ""],
    )
    assert parse(b'{"a": 1.50, "b": [null, true], "c": 12345678901234567890}').node == {
        "a": "1.50",
        "b": [None, None],
        "c": "12345678901234567890",
    }


def test_the_containers_of_an_xmp_packet_are_lists():
    packet = """<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:RDF>
      <rdf:Description rdf:about="" xmlns:e="n"><e:r rdf:parseType="Resource"><e:a>x</e:a><e:b><rdf:Bag>
        <rdf:li rdf:parseType="Resource"><e:c>1</e:c></rdf:li>
        <rdf:li><rdf:Description><e:c>2</e:c></rdf:Description></rdf:li></rdf:Bag></e:b></e:r></rdf:Description></rdf:RDF></x:xmpmeta>"""
    found = trees.in_packet(packet.encode(), "n", "r")
    assert found.node == {"a": "x", "b": [{"c": "1"}, {"c": "2"}]}
    assert trees.in_packet(packet.encode(), "m", "r") is None


@given(st.binary(max_size=60) | st.text("<>/=\"'{}[]:,& a1\\\n", max_size=60).map(str.encode))
def test_whatever_is_handed_in_is_a_document_or_malformed(data):
    try:
        tree = handed_in(data)
    except Malformed:
        return
    assert tree.form in ("json", "xml")
    assert all(isinstance(text, str) for text in trees.texts(tree.node))


def test_a_value_that_is_there_twice_is_not_said():
    xml = metadata.as_xml(SAYS).decode().replace("<성명>김가상</성명>", "<성명>김가상</성명><성명>김나상</성명>")
    place = result(LETTER, xml.encode())["provenance"]["fields"]["holder_name"]
    assert place["source"] == "text"


def test_no_whole_rrn_leaves_the_jail_though_it_is_told_that_there_is_one():
    found = result(LETTER, said(생년월일=WHOLE_RRN, 성명="김나상", 회사명=f"한빛 {WHOLE_RRN}"))
    assert found["whole_rrn"] is True
    assert WHOLE_RRN[7:] not in json.dumps(found)
    assert found["certificate"]["values"]["birth_date"] == "1990-01-01"
    assert findings(found["certificate"])[-1] == ("sources_disagree", "workplace")


@pytest.mark.parametrize(
    ("pdf", "beside", "whole"),
    [
        (LETTER, None, False),
        (LETTER, metadata.handed_in(SAYS), False),
        (LETTER, said(생년월일="900101-1******"), False),
        (LETTER, f"<a>{WHOLE_RRN}</a>".encode(), True),
        (LETTER, f"broken {WHOLE_RRN}".encode(), True),
        (paper([EMPLOY_TITLE, (40, 690, f"주민등록번호 : {WHOLE_RRN}")]), None, True),
        (paper([(40, 690, f"안내문 {WHOLE_RRN}")]), None, True),
        (paper([(110, 690, WHOLE_RRN[7:]), (40, 690, f"안내 {WHOLE_RRN[:7]}")]), None, True),
        (paper([EMPLOY_TITLE, (40, 690, f"주민등록번호 {WHOLE_RRN}")], mode=3), None, True),
    ],
)
def test_a_whole_rrn_is_told_of_wherever_it_stands(pdf, beside, whole):
    assert result(pdf, beside)["whole_rrn"] is whole
