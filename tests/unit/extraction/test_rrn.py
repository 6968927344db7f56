"""The back part of a resident registration number is found however it is written, and goes no further than reading."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.outcomes import facts_of
from services.extraction.rrn import back_parts, without_back_parts
from services.extraction.rules import Reading
from shared.facts import Certificate, CertificateProvenance, Claim, Finding, Provenance

FRONT, BACK = "900101", "1234567"
WRITTEN = [
    "900101-1234567",
    "9001011234567",
    "900101 - 1234567",
    "900101 1234567",
    "900101-\r\n1234567",
    "9 0 0 1 0 1 - 1 2 3 4 5 6 7",
    "900101-12 34567",
    "９００１０１－１２３４５６７",
    "x900101-1234567x",
    "900101-123****",
]


def strings(*values):
    """Every text in JSON values."""
    for value in values:
        match value:
            case str():
                yield value
            case list():
                yield from strings(*value)
            case dict():
                yield from strings(*value.values())


@pytest.mark.parametrize("number", WRITTEN)
def test_a_number_is_found_however_it_is_written_and_its_birth_date_alone_is_left(number):
    hidden = without_back_parts(f"성명 {number}(본인)")
    assert len(hidden) == len(f"성명 {number}(본인)")
    assert "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", hidden))) == FRONT


noise = st.text(alphabet="0123456789 -*\n가", max_size=30)


@given(noise, noise, st.sampled_from(["", "-", " - ", " ", "\r\n", "-\n", "\ufffe"]))
def test_nothing_around_a_number_hides_it(before, after, between):
    text = f"{before}가{FRONT}{between}{BACK}가{after}"
    start = len(before) + 1 + len(FRONT + between)
    assert (start, start + len(BACK)) in back_parts(text)
    assert back_parts(without_back_parts(text)) == []


@given(st.recursive(st.none() | st.integers() | st.text(max_size=20), lambda one: st.lists(one), max_leaves=8))
def test_what_holds_none_is_left_as_it_is(value):
    assert without_back_parts(value) == value or any(back_parts(text) for text in strings(value))


@pytest.mark.parametrize("number", WRITTEN)
def test_whatever_was_read_no_back_part_is_in_what_is_kept(number):
    claim = Claim(source="metadata", value={"주민등록번호": [number]})
    certificate = Certificate(
        part=0,
        kind="EMPLOY",
        number=number,
        issuer=f"{number} 귀하",
        values={"holder_name": "김가상", "table": [{"remark": number, "days": 4, "lost_on": None}]},
        findings=(Finding(code="sources_disagree", names=("remark",), claims=(claim,)),),
    )
    place = Provenance(page=1, box=None, raw=number, normaliser="text", source="text", confidence=1)
    reading = Reading(certificate, CertificateProvenance(part=0, fields={"table[0].remark": place}))
    facts, provenance = facts_of([reading])
    kept = facts.certificates[0]
    assert kept.values["holder_name"] == "김가상"
    assert kept.values["table"][0]["days"] == 4
    texts = list(strings(facts.model_dump(mode="json"), provenance.model_dump(mode="json")))
    assert len([text for text in texts if "*" in text or "＊" in text]) == 5
    assert [text for text in texts if back_parts(text)] == []
