"""What is printed on a sample is what its expectation says, and each case shows what it promises."""

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest
from pydantic import JsonValue

from deploy.gubi.samples import make_samples
from services.wallet_simulator.samples import CASES, KINDS, Issuer, Person, Sample, cases_of, make, population

ISSUED_ON = date(2022, 12, 12)
PEOPLE = tuple(islice(population(11), 40))
ALL = [(kind, case) for kind in KINDS for case in cases_of(kind)]
READABLE = [(kind, case) for kind, case in ALL if not CASES[case].unreadable]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


def a_sample(kind: str, issuer: Issuer, case: str = "ordinary", person: Person = PEOPLE[3], seed: int = 5) -> Sample:
    return make(kind, person=person, seed=seed, issued_on=ISSUED_ON, issuer=issuer, case=case)


def text_of(pdf: bytes) -> str:
    """The text layer of all pages, without any space."""
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)


def leaves(value: JsonValue) -> Iterator[str]:
    """Every value that stands on the page as it is; dates are spelt differently from kind to kind."""
    match value:
        case str() if not value[:4].isdigit():
            yield "".join(value.split())
        case list():
            for item in value:
                yield from leaves(item)
        case dict():
            for item in value.values():
                yield from leaves(item)


@pytest.mark.parametrize(("kind", "case"), READABLE)
def test_every_expected_value_stands_in_the_text_layer(kind: str, case: str, issuer: Issuer) -> None:
    sample = a_sample(kind, issuer, case)
    text = text_of(sample.pdf)
    if case == "nfd_names":
        assert unicodedata.normalize("NFD", PEOPLE[3].name) in text
        text = unicodedata.normalize("NFC", text)
    assert sample.expected.unreadable is None
    assert sample.expected.values
    assert sample.expected.number
    assert sample.expected.number.replace(" ", "") in text
    missing = [leaf for leaf in leaves(dict(sample.expected.values)) if leaf not in text]
    assert not missing
    assert sample.expected.issuer
    assert "".join(sample.expected.issuer.split()) in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_that_it_is_a_sample(kind: str, issuer: Issuer) -> None:
    for case in ("ordinary", "letter_spaced", *({"two_pages"} & KINDS[kind].cases)):
        document = pypdfium2.PdfDocument(a_sample(kind, issuer, case).pdf)
        assert all("예시 — 가상의 사람, 효력 없음" in page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(kind: str, issuer: Issuer) -> None:
    assert a_sample(kind, issuer).pdf == a_sample(kind, issuer).pdf
    assert len({a_sample(kind, issuer, seed=seed).pdf for seed in range(20)}) == 20


def test_a_case_a_kind_does_not_have_is_refused_with_those_it_has(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="ordinary"):
        a_sample("EMPLOY", issuer, "transfer")


def test_a_kind_names_only_cases_that_are_described() -> None:
    assert all(kind.cases <= CASES.keys() for kind in KINDS.values())
    assert {name for kind in KINDS for name in cases_of(kind)} == CASES.keys()


def test_the_age_of_a_certificate_is_counted_from_the_as_of_date(issuer: Issuer) -> None:
    for days in (89, 90, 91):
        assert a_sample("EMPLOY", issuer, f"issued_{days}_days").expected.issued_on == ISSUED_ON - timedelta(days=days)


def test_histories_show_a_loss_on_the_as_of_date_and_on_the_day_after(issuer: Issuer) -> None:
    def last_lost(case: str) -> JsonValue:
        rows = a_sample("EI_HIST", issuer, case).expected.values["employments"]
        assert isinstance(rows, list)
        assert isinstance(rows[0], dict)
        return rows[0]["lost_on"]

    assert last_lost("lost_as_of") == "2022-12-12"
    assert last_lost("lost_day_after") == "2022-12-13"
    assert last_lost("transfer") is None


def test_a_transfer_is_two_rows_of_one_firm_that_meet(issuer: Issuer) -> None:
    rows = a_sample("EI_HIST", issuer, "transfer").expected.values["employments"]
    assert isinstance(rows, list)
    now, before = rows[:2]
    assert isinstance(now, dict)
    assert isinstance(before, dict)
    assert now["workplace"] == before["workplace"]
    assert now["acquired_on"] == before["lost_on"]


def days_of(sample: Sample) -> list[str]:
    """Every day in a history as it is printed, row by row, loss before acquisition."""
    rows = sample.expected.values["employments"]
    assert isinstance(rows, list)
    days = [row[name] for row in rows if isinstance(row, dict) for name in ("lost_on", "acquired_on")]
    return [day for day in days if isinstance(day, str)]


@pytest.mark.parametrize("person", PEOPLE)
def test_no_life_holds_work_before_youth_or_two_jobs_at_once(person: Person, issuer: Issuer) -> None:
    days = days_of(a_sample("EI_HIST", issuer, person=person))
    assert days == sorted(days, reverse=True)
    assert days[-1] > f"{person.birth_date.year + 14}"


@pytest.mark.parametrize("person", PEOPLE[:12])
def test_a_long_table_goes_on_on_a_second_page_for_young_and_old(person: Person, issuer: Issuer) -> None:
    for kind in ("EI_HIST", "RR_FULL"):
        assert len(pypdfium2.PdfDocument(a_sample(kind, issuer, "two_pages", person).pdf)) == 2


def test_an_unmasked_number_is_printed_whole_and_never_expected(issuer: Issuer) -> None:
    for kind in KINDS:
        sample = a_sample(kind, issuer, "rrn_unmasked")
        front = f"{PEOPLE[3].birth_date:%y%m%d}-{PEOPLE[3].sex_digit}"
        text = text_of(sample.pdf)
        after = text[text.index(front) + len(front) :][:6]
        assert after.isdigit()
        assert front not in sample.expected.model_dump_json()


def test_a_near_miss_has_the_other_title(issuer: Issuer) -> None:
    assert "퇴직증명서" in text_of(a_sample("EMPLOY", issuer, "title_near_miss").pdf)
    assert "주민등록표(초본)" in text_of(a_sample("RR_FULL", issuer, "title_near_miss").pdf)


def test_the_command_line_writes_a_pdf_and_its_expectation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUBI_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("GUBI_TRUST_ROOTS", str(tmp_path / "keys" / "trust"))
    out = tmp_path / "out"
    written = list(make_samples("EI_HIST", 2, 1, "ordinary", out))
    assert [path.name for path in written] == ["EI_HIST-ordinary-1.pdf", "EI_HIST-ordinary-2.pdf"]
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"EI_HIST-ordinary-{n}.{end}" for n in (1, 2) for end in ("expected.json", "pdf")]
