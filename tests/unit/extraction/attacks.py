"""Ways to make a signed file say something else, without a key. Each takes a file signed by the issuer.

The classes are those of pdf-insecurity.org (2019: incremental saving, signature wrapping, universal forgery; 2021:
hide, replace, hide and replace), with what a repairing reader and a seal by somebody else add to them.
"""

import re
from collections.abc import Callable

from services.wallet_simulator.samples.damage import appended
from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.pdf import body, stream, tail, update, with_entry
from services.wallet_simulator.samples.shadows import overlaid
from services.wallet_simulator.samples.timestamps import government_stamp, stamp
from tests.unit.extraction.sealing import AT, CATALOGUE, CONTENT, FONT, PACKET, PAGE, PAGES, by_pyhanko, issuer, text

FORGED = "Employed since 1999"
_RANGE = re.compile(rb"/ByteRange\[0 (\d+)\s+(\d+)\s+(\d+)\s*\]")


def body_of(pdf: bytes) -> bytes:
    """The page's content as it was."""
    start = pdf.index(b"\n%d 0 obj\n" % CONTENT)
    return pdf[pdf.index(b"obj\n", start) + 4 : pdf.index(b"\nendobj", start)]


def signed_range(pdf: bytes) -> tuple[int, int, int]:
    """Where the first part ends, where the second begins, and how long that is."""
    found = _RANGE.search(pdf)
    assert found
    return int(found[1]), int(found[2]), int(found[3])


def replaced(pdf: bytes) -> bytes:
    return update(pdf, {CONTENT: text(FORGED)})


def another_content(pdf: bytes) -> bytes:
    free = tail(pdf).size
    named = body(pdf, PAGE).replace(b"/Contents %d 0 R" % CONTENT, b"/Contents %d 0 R" % free)
    return update(pdf, {PAGE: named, free: text(FORGED)})


def another_tree(pdf: bytes) -> bytes:
    free = tail(pdf).size
    leaf = body(pdf, PAGE).replace(b"/Parent %d" % PAGES, b"/Parent %d" % free)
    return update(
        pdf,
        {
            free: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (free + 1),
            free + 1: leaf.replace(b"/Contents %d" % CONTENT, b"/Contents %d" % (free + 2)),
            free + 2: text(FORGED),
            CATALOGUE: body(pdf, CATALOGUE).replace(b"/Pages %d" % PAGES, b"/Pages %d" % free),
        },
    )


def another_root(pdf: bytes) -> bytes:
    free = tail(pdf).size
    made = update(another_content(pdf), {free + 1: body(pdf, CATALOGUE)})
    at = made.rindex(b"/Root 1 0 R")
    return made[:at] + made[at:].replace(b"/Root 1 0 R", b"/Root %d 0 R" % (free + 1))


def with_field(pdf: bytes) -> bytes:
    """A text field with a value, shown over the page."""
    free = tail(pdf).size
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(since)/V(1999)/F 4/Rect[60 690 400 730]/P %d 0 R/DA(/F1 24 Tf)>>"
    catalogue = re.sub(rb"/Fields\[(\d+ 0 R)\]", rb"/Fields[\1 %d 0 R]" % free, body(pdf, CATALOGUE))
    page = re.sub(rb"/Annots\s*\[(\d+ 0 R)\]", rb"/Annots[\1 %d 0 R]" % free, body(pdf, PAGE))
    return update(pdf, {free: field % PAGE, CATALOGUE: catalogue, PAGE: page})


def with_attachment(pdf: bytes) -> bytes:
    free = tail(pdf).size
    names = b"<</EmbeddedFiles<</Names[(data.xml)%d 0 R]>>>>" % free
    return update(
        pdf,
        {
            free: b"<</Type/Filespec/F(data.xml)/EF<</F %d 0 R>>>>" % (free + 1),
            free + 1: stream(b"<since>1999</since>"),
            CATALOGUE: with_entry(body(pdf, CATALOGUE), b"/Names", names),
        },
    )


def other_metadata(pdf: bytes) -> bytes:
    start = pdf.index(b"<?xpacket", pdf.index(b"\n%d 0 obj" % PACKET))
    packet = pdf[start : pdf.index(b"\nendstream", start)].replace(b'Label="2020"', b'Label="1999"')
    return update(pdf, {PACKET: stream(packet, b"/Type/Metadata/Subtype/XML")})


def table_alone(pdf: bytes, entry: bytes) -> bytes:
    """No new object: a table that has another entry for the page's content."""
    end = tail(pdf)
    table = b"xref\n%d 1\n%s \n" % (CONTENT, entry)
    trailer = b"trailer\n<</Size %d/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (end.size, end.start, end.keep, len(pdf))
    return pdf + table + trailer


def pointed_elsewhere(pdf: bytes) -> bytes:
    return table_alone(pdf, b"%010d 00000 n" % (pdf.index(b"\n%d 0 obj" % PACKET) + 1))


def repaired(pdf: bytes, entry: bytes = b"%010d 00000 n\n", end: bytes = b"%%EOF\n") -> bytes:
    """A harmless update with an object that its table does not list, and a table that PDFium repairs by looking."""
    made, offsets, was = pdf, dict[int, int](), tail(pdf)
    free = was.size
    for number, content, listed in (
        (CATALOGUE, with_entry(body(pdf, CATALOGUE), b"/DSS", b"%d 0 R" % free), True),
        (free, b"<</Certs[]>>", True),
        (CONTENT, text(FORGED), False),
    ):
        if listed:
            offsets[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n" + b"".join(b"%d 1\n" % number + entry % offsets[number] for number in sorted(offsets))
    trailer = b"trailer\n<</Size %d/Prev %d%s>>\nstartxref\n%d\n" % (free + 1, was.start, was.keep, len(made))
    return made + table + trailer + end


def unsearchable(pdf: bytes) -> bytes:
    return repaired(pdf, b"%010d 00000 n \n", b"%%EOF" + b" " * 5000)


def in_a_stream(pdf: bytes) -> bytes:
    """The same, with the object inside a certificate of the update."""
    free = tail(pdf).size
    hidden = b"\n%d 0 obj\n%s\nendobj\n" % (CONTENT, text(FORGED))
    catalogue = with_entry(body(pdf, CATALOGUE), b"/DSS", b"<</Certs[%d 0 R]>>" % free)
    return update(pdf, {CATALOGUE: catalogue, free: stream(hidden)})


def orphaned(pdf: bytes) -> bytes:
    """The same, with the object listed as one that nothing refers to."""
    free = tail(pdf).size
    catalogue = with_entry(body(pdf, CATALOGUE), b"/DSS", b"<</Certs[]>>")
    return update(pdf, {CATALOGUE: catalogue, free: text(FORGED)})


def wrapped(pdf: bytes) -> bytes:
    """Signature wrapping: the two signed parts moved apart, and between them what is shown, and a table to find it by.

    The dictionary there has the old signature as a literal string, of just such a length that the gap looks like its
    own: half of the gap is then free.
    """
    first, second, length = signed_range(pdf)
    end = tail(pdf)
    gap = 16_000
    moved = first + gap - second
    offsets = {
        int(number): int(at) + moved for number, at in re.findall(rb"(\d+) 1\n(\d{10}) 00000 n \n", pdf[end.start :])
    }
    previous = re.findall(rb"/Prev (\d+)", pdf[end.start :])[0]
    message = bytes.fromhex(pdf[first + 1 : second - 1].decode()).rstrip(b"\0").ljust((gap - 2) // 2, b"\0")
    string = re.sub(rb"[\\()]", rb"\\\g<0>", message).replace(b"\r", b"\\r").replace(b"\n", b"\\n")
    inside = b"<00>>>\nendobj\n"
    offsets[CONTENT] = first + len(inside)
    inside += b"%d 0 obj\n%s\nendobj\n" % (CONTENT, text(FORGED))
    offsets[end.size - 2] = first + len(inside)
    head = b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached" % (end.size - 2)
    # The signed `startxref` names a place in the gap now: the table stands there, and the string goes round it.
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % entry for entry in sorted(offsets.items()))
    table += b"trailer\n<</Size %d/Prev %s%s>>\nstartxref\n%d\n%%%%EOF\n" % (end.size, previous, end.keep, end.start)
    inside = inside.ljust(end.start - first, b" ")
    signature = head + b"/ByteRange[0 %d %d %d]/Contents(%s)>>\nendobj\n" % (first, first + gap, length, string)
    offset = b"%010d" % offsets[end.size - 2]
    inside += table.replace(offset, b"%010d" % (first + len(inside) + len(table))) + signature
    return pdf[:first] + (inside + b"9 0 obj\n<<").ljust(gap, b" ") + pdf[second:]


def signatures_of(pdf: bytes) -> bytes:
    """The number of the signature's field."""
    found = re.search(rb"/Fields\s*\[\s*(\d+) 0 R", body(pdf, CATALOGUE))
    assert found
    return found[1]


def emptied(pdf: bytes) -> bytes:
    field = int(signatures_of(pdf))
    return update(pdf, {field: re.sub(rb"/V \d+ 0 R", b"/V null", body(pdf, field)), CONTENT: text(FORGED)})


def dropped(pdf: bytes) -> bytes:
    catalogue = re.sub(rb"/AcroForm <<.*?>>", b"", body(pdf, CATALOGUE))
    return update(pdf, {CATALOGUE: catalogue, CONTENT: text(FORGED)})


def nulled(pdf: bytes) -> bytes:
    return update(pdf, {tail(pdf).size - 2: b"null", CONTENT: text(FORGED)})


def flipped(pdf: bytes, at: int, bit: int = 1) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ bit]) + pdf[at + 1 :]


AFTER: dict[str, Callable[[bytes], bytes]] = {
    "a byte of the page is changed": lambda pdf: flipped(pdf, pdf.index(b"2020")),
    "a byte of the catalogue is changed": lambda pdf: flipped(pdf, pdf.rindex(b"/Pages") + 2),
    "a byte of the byte range is changed": lambda pdf: flipped(pdf, pdf.index(b"/ByteRange[0 ") + 13),
    "a byte of the signature is changed": lambda pdf: flipped(pdf, pdf.index(b"/Contents<") + 900),
    "a byte of the padding is changed": lambda pdf: flipped(pdf, pdf.index(b"0>>>\nendobj")),
    "a page is appended": appended,
    "the content is replaced": replaced,
    "the content is hidden": lambda pdf: update(pdf, {CONTENT: stream(b"")}),
    "the content is replaced, and put back": lambda pdf: update(replaced(pdf), {CONTENT: body_of(pdf)}),
    "the page names another content": another_content,
    "the catalogue names another tree of pages": another_tree,
    "the trailer names another catalogue": another_root,
    "the font is replaced": lambda pdf: update(pdf, {FONT: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"}),
    "an annotation is laid over the page": overlaid,
    "a field with a value is laid over the page": with_field,
    "a file is attached": with_attachment,
    "the metadata are replaced": other_metadata,
    "a table alone points elsewhere": pointed_elsewhere,
    "a table alone frees the content": lambda pdf: table_alone(pdf, b"0000000000 00001 f"),
    "an unlisted object, behind a table of short lines": repaired,
    "an unlisted object, and an end too far to be found": unsearchable,
    "an unlisted object, in a stream": in_a_stream,
    "a listed object that nothing refers to": orphaned,
    "the signed parts are moved apart": wrapped,
    "the field is emptied, the content replaced": emptied,
    "the form is dropped, the content replaced": dropped,
    "the signature is null, the content replaced": nulled,
    "a comment is added": lambda pdf: pdf + b"% more\n%%EOF\n",
    "another kind of file is added": lambda pdf: pdf + b"PK\x03\x04" + bytes(64),
    "something is put before it": lambda pdf: b"%PDF-1.4\n" + pdf,
    "the end is cut off": lambda pdf: pdf[:-40],
    "the content is replaced, and a stranger signs": lambda pdf: by_pyhanko(replaced(pdf), Issuer.new()),
    "the content is replaced, and the issuer signs": lambda pdf: by_pyhanko(replaced(pdf)),
    "the content is replaced, and the authority stamps": lambda pdf: stamp(replaced(pdf), issuer(), AT),
    "the content is replaced, under a government timestamp": lambda pdf: government_stamp(replaced(pdf), issuer(), AT),
    "a stranger stamps": lambda pdf: stamp(pdf, Issuer.new(), AT),
    "a stranger signs": lambda pdf: by_pyhanko(pdf, Issuer.new()),
    "the issuer signs a file it did not sign": lambda pdf: by_pyhanko(flipped(pdf, pdf.index(b"2020"))),
    "the issuer signs too, and the content is replaced": lambda pdf: replaced(by_pyhanko(pdf)),
    "the authority stamps, and the content is replaced": lambda pdf: replaced(stamp(pdf, issuer(), AT)),
}
"""Every attack in a sentence."""
