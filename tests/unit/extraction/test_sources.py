"""Sources that agree make one value, and its place on the page is kept; where they disagree an official is told."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.rules import certificate_of
from services.extraction.sources import Account, merge
from shared.facts import Provenance
from tests.unit.extraction.papers import kinds

HISTORY, HOUSEHOLD, LETTER = (kinds()[name] for name in ("EI_HIST", "RR_FULL", "EMPLOY"))
SPELL = {
    "serial": 1,
    "occupation": "사무원",
    "workplace": "한빛",
    "acquired_on": "2020-01-02",
    "lost_on": None,
    "remark": None,
}


def account(source, values):
    """What a source says, with a place for everything: on page 1 for print, nowhere for data."""
    stood = {}
    for name, value in values.items():
        cells = (
            {f"{name}[{at}].{part}": cell for at, row in enumerate(value) for part, cell in row.items()}
            if isinstance(value, list)
            else {name: value}
        )
        for place, (path, cell) in enumerate(cells.items()):
            if cell is not None:
                box = (10.0 * place, 100.0, 10.0 * place + 9, 110.0) if source == "text" else None
                stood[path] = Provenance(
                    page=1 if box else 0,
                    box=box,
                    raw=f"{source}: {cell}",
                    normaliser="text",
                    source=source,
                    confidence=1.0 if box else 0.8,
                )
    return Account(source, values, stood)


def merged(kind, **said):
    return merge([account(source, values) for source, values in said.items()], kind)


def disputes(found):
    return {
        finding.names: tuple(claim.value for claim in finding.claims)
        for finding in found.findings
        if finding.code == "sources_disagree"
    }


def test_the_first_source_gives_the_value_and_print_its_place():
    found = merged(LETTER, metadata={"holder_name": "김가상"}, text={"holder_name": "김가상"})
    place = found.stood["holder_name"]
    assert found.values == {"holder_name": "김가상"}
    assert (place.source, place.page, place.box, place.raw) == ("metadata", 1, (0.0, 100.0, 9.0, 110.0), "text: 김가상")
    assert (place.confidence, found.findings) == (1.0, ())


def test_what_only_the_data_beside_it_says_is_taken_with_less_confidence_and_a_finding():
    found = merged(LETTER, metadata={"holder_name": "김가상", "department": "총무팀"}, text={"holder_name": "김가상"})
    (finding,) = found.findings
    assert (finding.code, finding.names, finding.claims) == ("metadata_only", ("department",), ())
    assert (found.stood["department"].page, found.stood["department"].box) == (0, None)
    assert found.stood["department"].confidence < 1


def test_what_only_data_inside_the_file_says_is_no_finding():
    found = merged(LETTER, embedded={"department": "총무팀"}, text={"holder_name": "김가상"})
    assert (found.values, found.findings) == ({"holder_name": "김가상", "department": "총무팀"}, ())


def test_a_value_that_sources_disagree_about_is_taken_from_neither():
    found = merged(LETTER, metadata={"holder_name": "김가상"}, text={"holder_name": "김나상"})
    (finding,) = found.findings
    assert (found.values, found.stood) == ({}, {})
    assert (finding.code, finding.names) == ("sources_disagree", ("holder_name",))
    assert [(claim.source, claim.value, claim.page, claim.box) for claim in finding.claims] == [
        ("metadata", "김가상", 0, None),
        ("text", "김나상", 1, (0.0, 100.0, 9.0, 110.0)),
    ]


def test_two_that_agree_do_not_outvote_a_third():
    found = merged(LETTER, metadata={"position": "과장"}, embedded={"position": "과장"}, text={"position": "차장"})
    assert disputes(found) == {("position",): ("과장", "과장", "차장")}


@pytest.mark.parametrize(
    ("kind", "name", "data", "print_"),
    [
        (LETTER, "workplace_address", "서울특별시 중구 가상로 1, 3층(가상동)", "서울특별시 중구 가상로 1,3층 (가상동)"),
        (LETTER, "workplace", "(주)한빛", "㈜한빛"),
        (LETTER, "workplace", "GUBI Korea", "Gubi  Korea"),
        (LETTER, "workplace", unicodedata.normalize("NFD", "한빛"), "한빛"),
        (LETTER, "number", "2022-000123", "2022000123"),
        (HOUSEHOLD, "householder", "KIM GASANG", "Kim Gasang"),
    ],
)
def test_spellings_of_one_thing_agree(kind, name, data, print_):
    found = merged(kind, metadata={name: data}, text={name: print_})
    assert (found.values, found.findings) == ({name: data}, ())


@pytest.mark.parametrize(
    ("name", "data", "print_"),
    [
        ("workplace", "주식회사 한빛", "한빛"),
        ("workplace", "한빛 1", "한빛 11"),
        ("business_number", "123-45-67890", "123-45-67891"),
        ("hired_on", "2020-01-02", "2020-02-01"),
        ("employed_until", None, "2022-01-31"),
        ("employed_until", "2022-01-31", None),
    ],
)
def test_different_things_disagree(name, data, print_):
    found = merged(LETTER, metadata={name: data}, text={name: print_})
    assert (found.values, disputes(found)) == ({}, {(name,): (data, print_)})


def test_three_rows_and_two_disagree_as_a_table():
    rows = [SPELL | {"serial": serial} for serial in (1, 2, 3)]
    found = merged(HISTORY, metadata={"employments": rows}, text={"employments": rows[:2]})
    (finding,) = found.findings
    assert ("employments" in found.values, finding.names) == (False, ("employments",))
    assert [len(claim.value) for claim in finding.claims] == [3, 2]
    assert finding.claims[1].box == (0.0, 100.0, 99.0, 110.0)


def test_no_rows_and_one_disagree():
    found = merged(HISTORY, embedded={"employments": []}, text={"employments": [SPELL]})
    assert disputes(found) == {("employments",): ([], [SPELL])}


def test_no_rows_twice_agree():
    assert merged(HISTORY, metadata={"employments": []}, text={"employments": []}).values == {"employments": []}


@pytest.mark.parametrize(
    "change", [{"lost_on": "2022-01-01"}, {"workplace": "두레"}, {"acquired_on": "2020-01-03"}, {"serial": 2}]
)
def test_a_cell_that_must_not_be_missing_takes_the_table_with_it(change):
    found = merged(HISTORY, metadata={"employments": [SPELL]}, text={"employments": [SPELL | change]})
    assert (found.values, [finding.names for finding in found.findings]) == ({}, [("employments",)])


def test_another_cell_is_left_out_alone():
    found = merged(HISTORY, metadata={"employments": [SPELL]}, text={"employments": [SPELL | {"occupation": "교사"}]})
    assert found.values == {"employments": [SPELL | {"occupation": None}]}
    assert disputes(found) == {("employments[0].occupation",): ("사무원", "교사")}
    assert "employments[0].occupation" not in found.stood


def test_a_blank_where_blanks_say_nothing_is_filled_by_the_other_source():
    blank = SPELL | {"occupation": None}
    for data, print_ in ((SPELL, blank), (blank, SPELL)):
        found = merged(HISTORY, metadata={"employments": [data]}, text={"employments": [print_]})
        assert found.values == {"employments": [SPELL]}
    filled = merged(HISTORY, metadata={"employments": [SPELL]}, text={"employments": [blank]})
    assert [(finding.code, finding.names) for finding in filled.findings] == [
        ("metadata_only", ("employments[0].occupation",))
    ]


def test_a_column_of_one_source_alone_is_kept():
    narrow = {name: cell for name, cell in SPELL.items() if name not in ("occupation", "remark")}
    found = merged(HISTORY, embedded={"employments": [SPELL]}, text={"employments": [narrow]})
    assert (found.values, found.findings) == ({"employments": [SPELL]}, ())


def test_what_no_template_has_is_kept_and_compared_too():
    known = SPELL | {"workplace_address": "서울특별시 중구"}
    found = merged(HISTORY, embedded={"employments": [known], "code": "1"}, text={"employments": [SPELL]})
    assert found.values == {"employments": [known], "code": "1"}
    other = merged(
        HISTORY, metadata={"employments": [known]}, embedded={"employments": [SPELL | {"workplace_address": "부산"}]}
    )
    assert other.values == {"employments": [SPELL | {"workplace_address": None}]}
    assert disputes(other) == {("employments[0].workplace_address",): ("서울특별시 중구", "부산")}


def test_a_required_value_in_dispute_does_not_make_it_unreadable():
    employments = {"employments": [SPELL]}
    found = merged(
        HISTORY, metadata={"holder_name": "김가상"} | employments, text={"holder_name": "김나상"} | employments
    )
    assert certificate_of(found.values, HISTORY, 0, found.disputed).unreadable is None
    assert certificate_of(found.values, HISTORY, 0).unreadable == "reader_failed"


def test_a_date_of_issue_in_dispute_grants_no_validity():
    values = {"householder": "김가상", "address": "서울특별시", "members": []}
    found = merged(HOUSEHOLD, metadata=values | {"issued_on": "2022-12-01"}, text=values | {"issued_on": "2022-12-02"})
    certificate = certificate_of(found.values, HOUSEHOLD, 0, found.disputed)
    assert (certificate.unreadable, certificate.issued_on, certificate.valid_until) == (None, None, None)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "serial": st.integers(1, 2),
            "workplace": st.sampled_from(["한빛", "두레"]),
            "acquired_on": st.sampled_from(["2020-01-02", "2020-01-03"]),
            "lost_on": st.sampled_from([None, "2022-01-01"]),
            "occupation": st.sampled_from([None, "교사"]),
        }
    ),
    max_size=2,
)
VALUES = st.fixed_dictionaries({}, optional={"holder_name": st.sampled_from(["김가상", "김나상"]), "employments": ROWS})


@given(st.lists(st.tuples(st.sampled_from(["metadata", "embedded", "text"]), VALUES), max_size=3))
def test_no_source_is_ever_contradicted_in_silence(said):
    found = merge([account(source, values) for source, values in said], HISTORY)
    about = {name for finding in found.findings if finding.code == "sources_disagree" for name in finding.names}
    for _, values in said:
        for name, value in values.items():
            taken = found.values.get(name)
            if name in about:
                assert name not in found.values
            elif name == "employments":
                for at, (row, mine) in enumerate(zip(value, taken, strict=True)):
                    for part, cell in row.items():
                        blank = cell is None and part != "lost_on"
                        assert blank or mine[part] == cell or f"employments[{at}].{part}" in about
            else:
                assert taken == value
