"""What the jail hands back is hostile until validated; what the command line shows says where each value stood."""

import base64
from datetime import date

import pytest

from services.extraction.data.trees import MOST_BYTES
from services.extraction.reading import read_certificate, read_files
from services.wallet_simulator.samples import Issuer, make, metadata, population
from shared.sandbox import Done, Jail, Stopped
from tests.unit.extraction.papers import EMPLOY_TITLE, paper


class TakenOver(Jail):
    """A jail whose worker says whatever the document made it say."""

    def __init__(self, says):
        super().__init__("never.started:task")
        self.says = says

    async def run(self, document, arguments):
        self.asked = arguments
        return self.says


GOOD = {"certificate": {"part": 0, "kind": "EMPLOY"}, "provenance": {"part": 0}, "whole_rrn": False}


@pytest.mark.parametrize(
    "result",
    [
        None,
        [],
        "genuine",
        {},
        GOOD | {"more": 1},
        GOOD | {"certificate": {"part": 1, "kind": "EMPLOY"}},
        GOOD | {"certificate": {"part": 0, "kind": "EI_HIST"}},
        GOOD | {"certificate": {"part": 0, "kind": "EMPLOY", "authenticity": "surely"}},
        GOOD | {"provenance": {"part": 0, "fields": {"name": {"page": "one"}}}},
        GOOD | {"provenance": {"part": 3}},
        GOOD | {"whole_rrn": None},
        {"certificate": GOOD["certificate"], "provenance": GOOD["provenance"]},
    ],
)
async def test_a_result_that_is_not_what_was_asked_for_is_a_failed_reading(result):
    reading = await read_certificate(TakenOver(Done(result)), b"", kind="EMPLOY", pages=30)
    assert reading.certificate.unreadable == "reader_failed"
    assert (reading.certificate.part, reading.certificate.kind, reading.certificate.values) == (0, "EMPLOY", {})


async def test_a_good_result_is_believed():
    reading = await read_certificate(TakenOver(Done(GOOD | {"whole_rrn": True})), b"", kind="EMPLOY", pages=30)
    assert (reading.certificate.unreadable, reading.whole_rrn) == (None, True)


async def test_metadata_goes_into_the_jail_no_longer_than_it_is_read():
    jail = TakenOver(Done(GOOD))
    await read_certificate(jail, b"", kind="EMPLOY", pages=30, metadata=b"x" * (2 * MOST_BYTES))
    assert len(base64.b64decode(jail.asked["metadata"])) == MOST_BYTES + 1
    await read_certificate(jail, b"", kind="EMPLOY", pages=30)
    assert "metadata" not in jail.asked


async def test_a_stopped_document_keeps_its_reason():
    reading = await read_certificate(TakenOver(Stopped("time_limit")), b"", kind="EMPLOY", pages=30, part=2)
    assert (reading.certificate.unreadable, reading.certificate.part) == ("time_limit", 2)


async def test_files_are_told_field_by_field(tmp_path):
    issuer = Issuer.open(tmp_path / "issuer")
    sample = make("EI_HIST", person=next(iter(population(1))), seed=1, issued_on=date(2022, 12, 12), issuer=issuer)
    (tmp_path / "history.pdf").write_bytes(sample.pdf)
    (tmp_path / "letter.pdf").write_bytes(paper([EMPLOY_TITLE, (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛")]))
    (tmp_path / "other.pdf").write_bytes(b"not one")
    beside = {tmp_path / "history.pdf": metadata.handed_in(metadata.contradicted(sample.expected)[0])}
    roots = (tmp_path / "issuer" / "sample-root.pem").read_text()

    history, letter, other = await read_files(
        sorted(tmp_path.glob("*.pdf")), trust_roots=roots, pages=30, metadata=beside
    )

    assert (history["kind"], history["authenticity"], history["unreadable"]) == ("EI_HIST", "genuine", None)
    assert history["values"]["employments"] == sample.expected.values["employments"]
    acquired = next(field for field in history["fields"] if field["name"] == "employments[0].acquired_on")
    assert acquired["value"] == sample.expected.values["employments"][0]["acquired_on"]
    assert acquired["page"] == 1
    assert len(acquired["box"]) == 4
    assert acquired["source"] == "metadata"
    assert [(finding["code"], finding["names"]) for finding in history["findings"]] == [
        ("sources_disagree", ["holder_name"])
    ]
    assert letter["values"]["holder_name"] == "김가상"
    assert letter["authenticity"] == "unverified"
    assert other["unreadable"] == "not_a_pdf"
