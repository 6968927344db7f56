"""What our small signer writes holds before pyHanko's full validation, and what was changed afterwards does not."""

import asyncio
import io
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from services.wallet_simulator.samples import KINDS, Issuer, make, population
from services.wallet_simulator.samples.damage import appended
from services.wallet_simulator.samples.paper import Look
from services.wallet_simulator.samples.pdf import (
    NotPlain,
    body,
    dictionary,
    document,
    entries,
    tail,
    update,
    with_entry,
)
from services.wallet_simulator.samples.producers import PRODUCERS
from services.wallet_simulator.samples.signature import prepare, sign
from tests.builders.papers import EACH_PRODUCER, a_paper

PEOPLE = tuple(islice(population(5), 9))
ISSUED_ON = date(2022, 12, 12)
AT = datetime(2022, 12, 12, 9, 30, tzinfo=timezone(timedelta(hours=9)))


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


def assert_whole(pdf: bytes, folder: Path) -> datetime:
    """Give when it says that it was signed."""
    status = validated(pdf, folder)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level == ModificationLevel.NONE
    assert status.signer_reported_dt is not None
    return status.signer_reported_dt


@pytest.mark.parametrize("seed", range(9))
@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_sample_is_intact_valid_trusted_and_covered_whole(
    kind: str, seed: int, issuer: Issuer, folder: Path
) -> None:
    pdf = make(kind, person=PEOPLE[seed], seed=seed, issued_on=ISSUED_ON, issuer=issuer).pdf
    signed_at = assert_whole(pdf, folder)
    assert signed_at.date() == ISSUED_ON


@pytest.mark.parametrize("producer", EACH_PRODUCER)
@pytest.mark.parametrize("rows", [3, 200], ids=["few pages", "many pages"])
def test_what_any_producer_made_is_signed_whole_and_opened_by_all(
    producer: str, rows: int, issuer: Issuer, folder: Path
) -> None:
    made = PRODUCERS[producer](a_paper(Look(pairs_across=2), rows=rows), AT)
    signed = sign(made, issuer, AT)
    assert signed.startswith(made)
    assert signed == sign(made, issuer, AT)
    assert assert_whole(signed, folder) == AT
    count = len(PdfReader(io.BytesIO(made)).pages)
    assert count > rows // 50
    for pdf, pages in ((signed, count), (appended(signed), count + 1)):
        assert len(PdfReader(io.BytesIO(pdf)).pages) == pages
        assert len(pypdfium2.PdfDocument(pdf)) == pages
    assert validated(appended(signed), folder).coverage == SignatureCoverageLevel.ENTIRE_REVISION


@pytest.mark.parametrize("producer", EACH_PRODUCER)
def test_signing_what_any_producer_made_takes_no_longer_than_two_milliseconds(producer: str, issuer: Issuer) -> None:
    made = PRODUCERS[producer](a_paper(), AT)

    def seconds() -> float:
        start = time.process_time()
        sign(made, issuer, AT)
        return time.process_time() - start

    assert min(seconds() for _ in range(20)) < 0.002


def test_a_file_with_cross_reference_streams_is_signed_too(issuer: Issuer, folder: Path) -> None:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(PRODUCERS["typst"](a_paper(), AT))))
    writer.stream_xrefs = True
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    with pytest.raises(NotPlain):
        tail(out.getvalue())
    assert assert_whole(sign(out.getvalue(), issuer, AT), folder) == AT


@pytest.mark.parametrize("fields", [b"[]", b"[ 4 0 R ]", b"5 0 R"], ids=["no field", "a field", "an array elsewhere"])
def test_a_file_with_a_form_and_a_note_keeps_them_when_it_is_signed(
    fields: bytes, issuer: Issuer, folder: Path
) -> None:
    form = b"<</NeedAppearances false/Fields %s>>" % fields
    old = document(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm %s>>" % form,
            2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[6 0 R]>>",
            4: b"<</T(said)/FT/Tx/V(something)>>",
            5: b"[4 0 R]",
            6: b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(a note)>>",
        },
        b"form",
    )
    signed = sign(old, issuer, AT)
    assert assert_whole(signed, folder) == AT
    reader = PdfReader(io.BytesIO(signed))
    assert "Signature" in (reader.get_fields() or {})
    assert ("said" in (reader.get_fields() or {})) == (b"0 R" in fields)
    assert len(reader.pages[0]["/Annots"]) == 2  # type: ignore[arg-type]


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


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(NotPlain, match="plain cross-reference"):
        tail(b"%PDF-1.7\n1 0 obj\n<</Type/XRef>>\nendobj\nstartxref\n9\n%%EOF")
    small = document({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"[]"}, b"small")
    with pytest.raises(NotPlain, match="encrypted"):
        tail(small.replace(b"/Root", b"/Encrypt 3 0 R/Root"))
    with pytest.raises(NotPlain, match="object 7"):
        body(small, 7)
    with pytest.raises(NotPlain, match="object 2"):
        body(small, 2)
    with pytest.raises(NotPlain, match="/Annots"):
        with_entry(b"<</Annots[1 0 R]>>", b"/Annots", b"[2 0 R]")
    for torn in (b"<</Type/Page", b"<</Type(", b"5 0 R", b"<</Type /Page]"):
        with pytest.raises(NotPlain):
            entries(torn)


def test_entries_are_found_however_a_dictionary_is_spaced() -> None:
    spelt = b"""<<
/Title (a \\) b (c) >> /Not) /Kind /Of % a remark >> /Not 1
/Kids [ 5 0 R << /Not 1 >> (]) ]/Hex<dead  beef>/Inner<</A/B/C[1 2]>>/Yes true /Number -1.5
>>"""
    assert entries(spelt) == {
        b"/Title": b"(a \\) b (c) >> /Not)",
        b"/Kind": b"/Of",
        b"/Kids": b"[ 5 0 R << /Not 1 >> (]) ]",
        b"/Hex": b"<dead  beef>",
        b"/Inner": b"<</A/B/C[1 2]>>",
        b"/Yes": b"true",
        b"/Number": b"-1.5",
    }


VALUES = st.sampled_from(
    [b"/Name", b"7 0 R", b"(a (b) c)", b"<00ff>", b"[1 2 /X]", b"<</A 1/B<</C/D>>>>", b"-3", b"null"]
)
KEYS = st.from_regex(rb"/[A-Za-z0-9.+_#-]{1,8}", fullmatch=True)


@given(st.dictionaries(KEYS, VALUES))
def test_what_is_written_as_a_dictionary_is_read_as_the_same_entries(found: dict[bytes, bytes]) -> None:
    assert entries(dictionary(found)) == found
