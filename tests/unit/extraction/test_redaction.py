"""A redacted copy shows what the original showed, without the seven digits, and has nothing else of it."""

import base64
import io
from datetime import date

import pypdf
import pypdfium2
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

from services.extraction.reading import reading_jail
from services.extraction.redaction import MOST_BYTES, redact
from services.extraction.rrn import back_parts
from services.wallet_simulator.samples import KINDS, Issuer, cases_of, make, population
from shared.sandbox import Done, Limits, Stopped
from tests.unit.extraction.papers import NEW_PAGE, paper

RRN = "900101-1234567"
PERSON = next(iter(population(7)))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


def copy_of(document):
    result = redact(document, {})
    return base64.b64decode(result["pdf"], validate=True), result["blacked_out"]


def picture(document, page=0):
    with pypdfium2.PdfDocument(document) as opened:
        return opened[page].render(scale=2).to_pil().convert("L")


def darkness(document, box, page=0):
    """How black the page is within a box of PDF points, by the lightest of its pixels: 0 white, 255 all black."""
    image = picture(document, page)
    left, bottom, right, top = (2 * place for place in box)
    crop = image.crop((round(left), round(image.height - top), round(right), round(image.height - bottom)))
    return 255 - max(crop.get_flattened_data())


def boxes_of_digits(document, text):
    """The ink of the seven digits of every number, as PDFium finds them by searching for it."""
    with pypdfium2.PdfDocument(document) as opened:
        page = opened[0].get_textpage()
        whole = page.get_text_range()
        start = whole.index(text)
        for index in range(start + 7, start + 14):
            yield page.get_charbox(index)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "rrn_unmasked" in cases_of(kind)])
def test_every_whole_number_of_a_certificate_is_black_and_the_birth_dates_stay(kind, issuer):
    sample = make(kind, person=PERSON, seed=3, issued_on=date(2022, 12, 12), issuer=issuer, case="rrn_unmasked")
    with pypdfium2.PdfDocument(sample.pdf) as opened:
        text = opened[0].get_textpage().get_text_range()
        size = opened[0].get_size()
    spans = back_parts(text)
    assert spans
    copy, blacked_out = copy_of(sample.pdf)
    assert blacked_out == len(spans)
    for start, end in spans:
        number = text[start - 7 : end]
        for box in boxes_of_digits(sample.pdf, number):
            assert darkness(copy, box) > 200
    with pypdfium2.PdfDocument(copy) as opened:
        assert len(opened) == 1
        assert opened[0].get_size() == pytest.approx(size, abs=0.01)
    changed = sum(abs(one - other) > 50 for one, other in zip(coarse(sample.pdf), coarse(copy), strict=True))
    assert 0 < changed <= 14 * blacked_out, "the rest of the page looks as it did"


def coarse(document):
    """How bright the first page is in each cell, of ten points across, of a grid over it."""
    return picture(document).resize((60, 85)).get_flattened_data()


def test_the_copy_has_no_text_no_metadata_no_attachment_and_not_a_byte_of_the_original(issuer):
    sample = make("RR_FULL", person=PERSON, seed=3, issued_on=date(2022, 12, 12), issuer=issuer, case="rrn_unmasked")
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(sample.pdf)))
    writer.add_attachment("data.xml", f"<rrn>{RRN}</rrn>".encode())
    writer.add_metadata({"/Title": RRN})
    out = io.BytesIO()
    writer.write(out)
    copy, _ = copy_of(out.getvalue())
    reader = pypdf.PdfReader(io.BytesIO(copy), strict=True)
    assert [page.extract_text() for page in reader.pages] == [""]
    assert (reader.metadata, reader.attachments, reader.xmp_metadata) == (None, {}, None)
    assert set(reader.trailer) == {"/Size", "/Root"}
    assert set(reader.trailer["/Root"]) == {"/Type", "/Pages"}
    [page] = reader.pages
    assert set(page) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
    assert b"1234567" not in copy


def test_the_same_original_gives_the_same_copy():
    document = paper([(40, 700, f"주민등록번호 : {RRN}")])
    assert copy_of(document) == copy_of(document)


@pytest.mark.parametrize(
    "texts",
    [
        [(40, 700, RRN)],
        [(40, 700, "900101 - 1234567")],
        [(40, 700, "9001011234567")],
        [(40, 700, "9 0 0 1 0 1 - 1 2 3 4 5 6 7")],
        [(40, 700, "９００１０１－１２３４５６７")],
        [(40, 700, "900101-"), (40, 686, "1234567")],
        [(110, 700, "1234567"), (40, 700, "주민 900101-")],
        [(120, 700, "4567"), (40, 700, "주민 900101-"), (102, 700, "123")],
        [(40, 700, "901212 1 900101-1234567")],
        [(40, 700, "900101-123****")],
    ],
    ids=lambda texts: " / ".join(text for _, _, text in texts),
)
@pytest.mark.parametrize("turned", [0, 90, 270])
@pytest.mark.parametrize("mode", [0, 3], ids=["printed", "behind a picture"])
def test_a_number_is_found_however_it_is_set(texts, turned, mode):
    document = paper(texts, turned=turned, mode=mode)
    copy, blacked_out = copy_of(document)
    assert blacked_out >= 1
    with pypdfium2.PdfDocument(document) as opened:
        text = opened[0].get_textpage()
        last = text.get_text_range().rindex(max("7", "７", "3", key=text.get_text_range().rfind))
        box = text.get_charbox(last)
        upright = opened[0].get_size()
    left, bottom, right, top = box
    if turned == 90:
        left, bottom, right, top = bottom, upright[1] - right, top, upright[1] - left
    if turned == 270:
        left, bottom, right, top = upright[0] - top, left, upright[0] - bottom, right
    assert darkness(copy, (left, bottom, right, top)) > 200


def test_a_number_over_two_lines_is_found_beside_another_column():
    lines = [(40, 700, "900101-"), (40, 686, "1234567"), (200, 700, "옆 칸"), (200, 686, "옆 칸")]
    assert copy_of(paper(lines))[1] == 1


@pytest.mark.parametrize(
    "text",
    [
        "900101-1******",
        "900101-*******",
        "발급번호 2022-900101-00",
        "문서확인번호 9637-6087-1589-5567",
        "사업장관리번호 123-45-67891-0",
        "2022-12-12 1234567",
        "991301-1234567",
    ],
)
def test_what_shows_no_back_part_stays_as_it_is(text):
    assert back_parts(text) == []
    assert copy_of(paper([(40, 700, text)]))[1] == 0


def stamped(document, text):
    """The document with an annotation that prints `text`."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(document)))
    name, numbers = NameObject, lambda *places: ArrayObject([NumberObject(place) for place in places])
    font = {name("/Type"): name("/Font"), name("/Subtype"): name("/Type1"), name("/BaseFont"): name("/Helvetica")}
    fonts = DictionaryObject({name("/Font"): DictionaryObject({name("/F1"): DictionaryObject(font)})})
    look = StreamObject()
    look.set_data(b"BT /F1 14 Tf 2 10 Td (%s) Tj ET" % text.encode())
    look.update({name("/Type"): name("/XObject"), name("/Subtype"): name("/Form")})
    look.update({name("/BBox"): numbers(0, 0, 150, 50), name("/Resources"): fonts})
    mark = {name("/Type"): name("/Annot"), name("/Subtype"): name("/Stamp"), name("/F"): NumberObject(4)}
    mark |= {name("/Rect"): numbers(50, 550, 200, 600)}
    mark |= {name("/AP"): DictionaryObject({name("/N"): writer._add_object(look)})}
    writer.pages[0][name("/Annots")] = ArrayObject([writer._add_object(DictionaryObject(mark))])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_number_in_an_annotation_is_black_too_and_a_seal_in_one_is_kept():
    assert copy_of(stamped(paper([(40, 700, "성명")]), RRN))[1] == 1
    sealed, _ = copy_of(stamped(paper([(40, 700, "성명")]), "SEAL"))
    assert darkness_somewhere(sealed, (50, 550, 200, 600)) > 150


def darkness_somewhere(document, box):
    image = picture(document)
    left, bottom, right, top = (2 * place for place in box)
    return 255 - min(image.crop((left, image.height - top, right, image.height - bottom)).get_flattened_data())


async def test_thirty_pages_fit_into_what_a_worker_may_answer_and_all_are_there():
    assert Limits().output_bytes > MOST_BYTES * 4 / 3
    lines = [(40, 800 - 14 * row, f"{row} 서울특별시 가상구 예시로 {RRN} 김가상 주식회사 한빛") for row in range(52)]
    document = paper([line for _ in range(30) for line in (*lines, NEW_PAGE)][:-1])
    async with reading_jail() as jail:
        outcome = await jail.run(document, {"do": "redact"})
    assert isinstance(outcome, Done)
    assert outcome.result["blacked_out"] == 30 * 52
    with pypdfium2.PdfDocument(base64.b64decode(outcome.result["pdf"])) as opened:
        assert len(opened) == 30


def test_a_page_as_big_as_a_house_does_not_become_a_picture_as_big():
    document = pypdfium2.PdfDocument.new()
    document.new_page(14_400, 14_400)
    out = io.BytesIO()
    document.save(out)
    copy, _ = copy_of(out.getvalue())
    [image] = pypdf.PdfReader(io.BytesIO(copy)).pages[0].images
    assert image.image.width * image.image.height <= 8_100_000


async def test_what_stops_a_reading_stops_a_copy(issuer):
    bomb = make("EMPLOY", person=PERSON, seed=3, issued_on=date(2022, 12, 12), issuer=issuer, case="hostile_bomb")
    async with reading_jail(limits=Limits(cpu_seconds=2, wall_seconds=8)) as jail:
        outcome = await jail.run(bomb.pdf, {"do": "redact"})
        assert isinstance(outcome, Stopped)
        assert await jail.run(b"no PDF", {"do": "redact"}) == Stopped("reader_failed")
