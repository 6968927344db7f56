"""A file that acts, or that is another file as well, is refused; one that only looks like it is read."""

import io
import zipfile
import zlib

import pypdf
import pytest

from services.extraction import structure
from services.extraction.data.envelope import form_of
from services.extraction.pdf import prepare, read
from services.extraction.structure import Structure
from services.wallet_simulator.samples.acting import ACTING, HARMLESS, POLYGLOTS
from services.wallet_simulator.samples.pdf import document, stream
from tests.unit.extraction.papers import CERTIFICATES, EMPLOY_TITLE, paper

LETTER = [EMPLOY_TITLE, (40, 690, "성명 : 김가상"), (40, 670, "회사명 : 한빛")]


@pytest.fixture(scope="module", autouse=True)
def _templates():
    prepare({"certificates": str(CERTIFICATES)})


def reason(pdf):
    return read(pdf, {"kind": "EMPLOY", "pages": 30})["certificate"]["unreadable"]


def rewritten(pdf, **options):
    """`pdf` by another hand: what pypdf makes of it."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf)))
    if options:
        writer.encrypt(**options)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("name", ACTING)
def test_a_file_that_acts_is_refused(name):
    assert reason(ACTING[name]("a remark")) == "active_content"


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_that_is_another_file_as_well_is_refused(name):
    assert reason(POLYGLOTS[name]("a remark")) == "polyglot"


@pytest.mark.parametrize("name", HARMLESS)
def test_a_file_that_only_looks_like_it_is_not_refused(name):
    assert reason(HARMLESS[name]("a remark")) == "wrong_certificate"


def test_the_archive_that_is_a_pdf_is_an_archive():
    archive = zipfile.ZipFile(io.BytesIO(POLYGLOTS["in_an_archive"]("a remark")))
    assert archive.read("readme.txt") == b"a file of an archive"


def test_an_encrypted_file_that_opens_without_a_password_is_looked_into_as_well():
    assert reason(rewritten(ACTING["script_on_opening"]("x"), user_password="", owner_password="o")) == "active_content"
    assert reason(rewritten(paper(LETTER), user_password="", owner_password="o", algorithm="AES-256")) is None


def test_a_file_cut_short_in_its_second_revision_is_damaged_and_no_other_file():
    first = paper(LETTER)
    second = first + b"\n12 0 obj\n<</Length 5000>>\nstream\n" + bytes(range(1, 200)) * 10
    assert form_of(second) == "damaged"


def test_an_attached_archive_is_no_reason_to_refuse_a_file():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(paper(LETTER))))
    writer.add_attachment("table.xlsx", archive.getvalue())
    out = io.BytesIO()
    writer.write(out)
    assert reason(out.getvalue()) is None


def test_most_files_are_judged_by_their_bytes_alone(monkeypatch):
    monkeypatch.setattr(structure, "PdfReader", None)
    seen = Structure(paper(LETTER))
    assert (seen.acts(), seen.attachments) == (False, [])


def test_a_name_by_chance_in_a_picture_is_looked_at_and_harmless():
    pixels = bytes(range(256)) * 40
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        4: stream(pixels + b"/3D /S /Launch " + pixels),
    }
    pdf = document(objects, b"x")
    assert {b"3D", b"Launch"} <= Structure(pdf).names
    assert reason(pdf) == "no_text_layer"


def test_a_bomb_in_an_object_stream_ends_as_damaged():
    packed = zlib.compress(b"0" * (64 << 20), 9)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        4: stream(packed, b"/Type/ObjStm/Filter/FlateDecode/N 1/First 4"),
    }
    assert reason(document(objects, b"x")) == "damaged"


def test_attached_files_without_end_end_as_damaged():
    files = b"".join(b"(%d) 6 0 R " % number for number in range(100))
    kids = b"/Names<</EmbeddedFiles<</Kids[7 0 R 7 0 R]>>>>"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % kids,
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        6: b"<</Type/Filespec/F(a)/EF<</F 8 0 R>>>>",
        7: b"<</Names[%s]/Kids[7 0 R]>>" % files,
        8: stream(b"text"),
    }
    assert [attached.content for attached in Structure(document(objects, b"x")).attachments] == [b"text"]
    many = {number: b"<</Type/Filespec/F(a)/EF<</F %d 0 R>>>>" % (number + 100) for number in range(10, 90)}
    many |= {number + 100: stream(b"%d" % number) for number in range(10, 90)}
    objects[7] = b"<</Names[%s]>>" % b"".join(b"(a) %d 0 R " % number for number in range(10, 90))
    assert reason(document(objects | many, b"x")) == "damaged"
