"""Samples that cannot be read are unreadable in the way they say, and no other."""

import io
import zlib
from datetime import date
from itertools import islice

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PdfReadError

from services.wallet_simulator.samples import CASES, KINDS, Issuer, cases_of, make, population
from services.wallet_simulator.samples.hostile import BOMB_BYTES

PERSON = next(islice(population(11), 3, None))
UNREADABLE = [(kind, case) for kind in KINDS for case in cases_of(kind) if CASES[case].unreadable]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


def a_file(kind: str, issuer: Issuer, case: str, seed: int = 5) -> bytes:
    return make(kind, person=PERSON, seed=seed, issued_on=date(2022, 12, 12), issuer=issuer, case=case).pdf


@pytest.mark.parametrize(("kind", "case"), UNREADABLE)
def test_an_unreadable_sample_expects_a_reason_and_no_values(kind: str, case: str, issuer: Issuer) -> None:
    sample = make(kind, person=PERSON, seed=1, issued_on=date(2022, 12, 12), issuer=issuer, case=case)
    assert sample.expected.unreadable == CASES[case].unreadable[0]
    assert not sample.expected.values
    assert sample.expected.number is None


@pytest.mark.parametrize("case", ["hostile_bomb", "hostile_loop"])
def test_hostile_files_too_differ_from_seed_to_seed(case: str, issuer: Issuer) -> None:
    assert len({a_file("EI_HIST", issuer, case, seed) for seed in range(5)}) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_has_a_picture_and_no_text(kind: str, issuer: Issuer) -> None:
    pdf = a_file(kind, issuer, "scan")
    assert not pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert len(list(PdfReader(io.BytesIO(pdf)).pages[0].images)) == 1


def test_an_encrypted_file_cannot_be_read_without_its_password(issuer: Issuer) -> None:
    reader = PdfReader(io.BytesIO(a_file("EMPLOY", issuer, "encrypted")))
    with pytest.raises(FileNotDecryptedError):
        reader.pages[0].extract_text()


def test_a_truncated_file_has_no_end_and_no_page(issuer: Issuer) -> None:
    pdf = a_file("EMPLOY", issuer, "truncated")
    assert b"startxref" not in pdf
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(pdf)
    with pytest.raises(PdfReadError):
        len(PdfReader(io.BytesIO(pdf)).pages)


def test_many_pages_are_two_hundred(issuer: Issuer) -> None:
    assert len(pypdfium2.PdfDocument(a_file("EI_HIST", issuer, "many_pages"))) == 200


def test_the_bomb_is_small_and_unpacks_to_valid_operators_without_end(issuer: Issuer) -> None:
    pdf = a_file("EI_HIST", issuer, "hostile_bomb")
    assert len(pdf) < 10_000
    assert b"/Font" in pdf
    packed = pdf.split(b"stream\n", 1)[1]
    inner = zlib.decompressobj().decompress(packed)
    page = zlib.decompressobj().decompress(inner, 4 * 1024 * 1024)
    assert len(page) == 4 * 1024 * 1024
    assert page.count(b" Tj ET\n") > 80_000
    assert len(inner) > BOMB_BYTES // 1_100


def test_the_loop_has_a_page_tree_that_is_its_own_child(issuer: Issuer) -> None:
    pdf = a_file("EI_HIST", issuer, "hostile_loop")
    with pytest.raises(PdfReadError):
        list(PdfReader(io.BytesIO(pdf)).pages)
