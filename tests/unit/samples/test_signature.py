"""What our small signer writes holds before pyHanko's full validation, and what was changed afterwards does not."""

import asyncio
import io
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from services.wallet_simulator.samples import KINDS, Issuer, make, population
from services.wallet_simulator.samples.pdf import body, document, tail, update, with_entry
from services.wallet_simulator.samples.signature import prepare

PEOPLE = tuple(islice(population(5), 9))
ISSUED_ON = date(2022, 12, 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture(scope="module")
def issuer(folder: Path) -> Issuer:
    return Issuer.open(folder)


def validated(pdf: bytes, folder: Path) -> PdfSignatureStatus:
    roots = [load_cert_from_pemder(str(folder / "sample-root.pem"))]  # type: ignore[no-untyped-call]
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    return asyncio.run(async_validate_pdf_signature(signature, context))


@pytest.mark.parametrize("seed", range(9))
@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_sample_is_intact_valid_trusted_and_covered_whole(
    kind: str, seed: int, issuer: Issuer, folder: Path
) -> None:
    pdf = make(kind, person=PEOPLE[seed], seed=seed, issued_on=ISSUED_ON, issuer=issuer).pdf
    status = validated(pdf, folder)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level == ModificationLevel.NONE
    assert status.signer_reported_dt is not None
    assert status.signer_reported_dt.date() == ISSUED_ON


@pytest.mark.parametrize("kind", KINDS)
def test_an_altered_sample_is_caught(kind: str, issuer: Issuer, folder: Path) -> None:
    status = validated(
        make(kind, person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer, case="altered").pdf, folder
    )
    assert not status.intact
    assert not status.bottom_line


@pytest.mark.parametrize("kind", KINDS)
def test_an_appended_page_is_caught_by_coverage_alone(kind: str, issuer: Issuer, folder: Path) -> None:
    pdf = make(kind, person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer, case="appended").pdf
    signed = make(kind, person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer).pdf
    assert pdf.startswith(signed)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    status = validated(pdf, folder)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert not status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_REVISION


def test_another_root_of_the_same_name_is_not_trusted(issuer: Issuer, folder: Path) -> None:
    pdf = make("EMPLOY", person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer, case="untrusted").pdf
    status = validated(pdf, folder)
    assert status.intact
    assert status.valid
    assert not status.trusted
    assert not status.bottom_line


def test_any_single_changed_byte_breaks_the_signature(issuer: Issuer, folder: Path) -> None:
    pdf = make("EMPLOY", person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer).pdf
    at = pdf.index(b"/CreationDate(D:2022") + 19
    status = validated(pdf[:at] + b"3" + pdf[at + 1 :], folder)
    assert not status.intact
    assert not status.bottom_line


def test_the_gap_of_the_byte_range_is_exactly_the_contents_string(issuer: Issuer) -> None:
    pdf = make("RR_FULL", person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer).pdf
    start, first, second, length = map(int, pdf.split(b"/ByteRange[", 1)[1].split(b"]", 1)[0].split())
    assert start == 0
    assert second + length == len(pdf)
    assert pdf[first : first + 1] == b"<"
    assert pdf[second - 1 : second] == b">"
    assert pdf[:first].endswith(b"/Contents")


def test_a_signature_too_long_for_its_place_is_refused(issuer: Issuer) -> None:
    unsigned = make("EMPLOY", person=PEOPLE[0], seed=1, issued_on=ISSUED_ON, issuer=issuer, case="unsigned").pdf
    prepared = prepare(unsigned, datetime(2022, 12, 12, tzinfo=UTC))
    with pytest.raises(ValueError, match="does not fit"):
        prepared.filled(bytes(5_000))


def test_an_issuer_is_made_once_and_its_key_is_the_owners_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(Issuer.open, [tmp_path / "keys"] * 8))
    assert len({issuer.certificate.serial_number for issuer in opened}) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["sample-issuer.pem", "sample-root.pem"]
    assert stat.S_IMODE((tmp_path / "keys" / "sample-issuer.pem").stat().st_mode) == 0o600
    assert b"PRIVATE" not in (tmp_path / "keys" / "sample-root.pem").read_bytes()
    assert all("가상" in name.rfc4514_string() for name in (opened[0].root.subject, opened[0].certificate.subject))


def test_the_key_is_in_no_representation_of_an_issuer(issuer: Issuer) -> None:
    assert "key" not in repr(issuer)


def test_an_update_replaces_objects_and_leaves_the_file_before_it_alone() -> None:
    old = document({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count 0/Kids[]>>"}, b"small")
    new = update(old, {2: b"<</Type/Pages/Count 0/Kids[]/New true>>", 3: b"(third)"})
    assert new.startswith(old)
    assert tail(new).size == 4
    assert body(new, 2).endswith(b"/New true>>")
    assert body(new, 1) == body(old, 1)
    assert PdfReader(io.BytesIO(new)).trailer["/Root"]["/Pages"]["/New"].value  # type: ignore[index]


def test_what_typst_does_not_write_is_refused() -> None:
    with pytest.raises(ValueError, match="plain cross-reference"):
        tail(b"%PDF-1.7\n1 0 obj\n<</Type/XRef>>\nendobj\nstartxref\n9\n%%EOF")
    with pytest.raises(ValueError, match="object 7"):
        body(b"%PDF-1.7\n", 7)
    with pytest.raises(ValueError, match="/Annots"):
        with_entry(b"<</Annots[1 0 R]>>", b"/Annots[2 0 R]")
