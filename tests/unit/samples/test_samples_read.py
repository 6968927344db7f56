"""What is printed on a sample is what its expectation says, whatever the case and however it is said."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import islice

import pypdfium2
import pytest
from pydantic import JsonValue

from services.wallet_simulator.samples import CASES, KINDS, Issuer, Person, Sample, cases_of, make, population
from services.wallet_simulator.samples.kinds.manner import DAYS, MONTHS
from services.wallet_simulator.samples.paper import MARK
from shared.facts import Certificate

ISSUED_ON = date(2022, 12, 12)
PEOPLE = tuple(islice(population(11, varied=True), 40))
CODES = {
    "severe": "장애의정도가심한장애인",
    "not_severe": "장애의정도가심하지않은장애인",
    "single_parent": "한부모가족",
    "young_single_parent": "청소년한부모가족",
    "grandparent": "조손가족",
    "livelihood": "생계급여",
    "medical": "의료급여",
    "housing": "주거급여",
    "education": "교육급여",
}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


def a_sample(kind: str, issuer: Issuer, case: str = "ordinary", person: Person = PEOPLE[3], seed: int = 5) -> Sample:
    return make(kind, person=person, seed=seed, issued_on=ISSUED_ON, issuer=issuer, case=case)


def text_of(pdf: bytes) -> str:
    """The text layer of all pages, composed and without any space."""
    document = pypdfium2.PdfDocument(pdf)
    text = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)
    return unicodedata.normalize("NFC", text)


def spellings(value: str | int) -> set[str]:
    """In what ways that value may stand on a page, without spaces."""
    match value:
        case int():
            return {str(value), f"{value:,}"}
        case str() if value in CODES:
            return {CODES[value]}
        case str() if len(value) == 10 and value[4] == value[7] == "-":
            day = date.fromisoformat(value)
            return {"".join(spell(day).split()) for spell in DAYS.values()} | {f"{day:%y%m%d}-"}
        case str() if len(value) == 7 and value[4] == "-":
            return {"".join(spell(date.fromisoformat(f"{value}-01")).split()) for spell in MONTHS.values()}
        case str() if value.replace("-", "").isdigit():
            return {value, value.replace("-", "")}
    return {"".join(value.split())}


def leaves(value: JsonValue) -> Iterator[str | int]:
    match value:
        case str() | int():
            yield value
        case list():
            for item in value:
                yield from leaves(item)
        case dict():
            yield from leaves([*value.values()])


def missing(sample: Sample) -> list[str | int]:
    """Which expected values stand nowhere in the text layer."""
    text, expected = text_of(sample.pdf), sample.expected
    assert expected.unreadable is None
    assert expected.values
    assert expected.number
    assert expected.issuer
    assert expected.issued_on
    all_of_it = [dict(expected.values), expected.number, expected.issuer, expected.issued_on.isoformat()]
    return [leaf for leaf in leaves([*all_of_it]) if not any(spelt in text for spelt in spellings(leaf))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_expected_value_stands_in_the_text_layer_in_every_case(kind: str, issuer: Issuer) -> None:
    for case in cases_of(kind):
        if CASES[case].unreadable:
            continue
        sample = a_sample(kind, issuer, case, PEOPLE[0])
        if text_of(sample.pdf):  # else it is read from what is handed in beside it
            assert not missing(sample), case


@pytest.mark.parametrize("kind", KINDS)
def test_every_expected_value_stands_in_the_text_layer_however_it_varies(kind: str, issuer: Issuer) -> None:
    for seed, person in enumerate(PEOPLE[:20]):
        sample = make(kind, person=person, seed=seed, issued_on=ISSUED_ON, issuer=issuer, varied=True)
        assert not missing(sample), seed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("varied", [False, True])
def test_what_is_expected_does_not_depend_on_the_producer(kind: str, varied: bool, issuer: Issuer) -> None:
    made = [
        make(
            kind,
            person=PEOPLE[7],
            seed=7,
            issued_on=ISSUED_ON,
            issuer=issuer,
            varied=varied,
            producer=producer,
            case="unsigned",
        )
        for producer in ("typst", "reportlab")
    ]
    assert made[0].expected == made[1].expected
    assert made[0].pdf != made[1].pdf
    assert not missing(made[1])


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_that_it_is_a_sample(kind: str, issuer: Issuer) -> None:
    for case in ("ordinary", "letter_spaced", *({"long_table"} & KINDS[kind].cases)):
        document = pypdfium2.PdfDocument(a_sample(kind, issuer, case).pdf)
        assert all(MARK in page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("varied", [False, True])
def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(
    kind: str, varied: bool, issuer: Issuer
) -> None:
    def pdf(seed: int) -> bytes:
        return make(kind, person=PEOPLE[3], seed=seed, issued_on=ISSUED_ON, issuer=issuer, varied=varied).pdf

    assert pdf(5) == pdf(5)
    assert len({pdf(seed) for seed in range(12)}) == 12


@pytest.mark.parametrize("kind", KINDS)
def test_how_numbers_and_names_are_printed_changes_no_fact(kind: str, issuer: Issuer) -> None:
    def read(case: str) -> Certificate:
        return a_sample(kind, issuer, case).expected

    assert read("rrn_unmasked") == read("letter_spaced") == read("nfd_names") == read("ordinary")


def test_a_case_a_kind_does_not_have_is_refused_with_those_it_has(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="ordinary"):
        a_sample("EMPLOY", issuer, "transfer")


def test_a_kind_names_only_cases_that_are_described() -> None:
    assert all(kind.cases <= CASES.keys() for kind in KINDS.values())
    assert {name for kind in KINDS for name in cases_of(kind)} == CASES.keys()


def test_an_unmasked_number_is_printed_whole_and_never_expected(issuer: Issuer) -> None:
    for kind in KINDS:
        sample = a_sample(kind, issuer, "rrn_unmasked")
        front = f"{PEOPLE[3].birth_date:%y%m%d}-{PEOPLE[3].sex_digit}"
        text = text_of(sample.pdf)
        after = text[text.index(front) + len(front) :][:6]
        assert after.isdigit()
        assert front not in sample.expected.model_dump_json()
        assert not sample.expected.findings


def test_decomposed_names_are_decomposed_in_the_text_layer(issuer: Issuer) -> None:
    person = Person("김가상", date(1990, 1, 1), 1)
    document = pypdfium2.PdfDocument(a_sample("EMPLOY", issuer, "nfd_names", person).pdf)
    assert unicodedata.normalize("NFD", person.name) in document[0].get_textpage().get_text_bounded()
