"""Small files that a certificate must not be: they run, send, fetch or play something, or are another file as well.

Each takes a remark of one line that makes its bytes its own. `HARMLESS` only look like it, and must not be refused.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping

from services.wallet_simulator.samples.pdf import document, stream

_SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
_TREE = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
_LEAF = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R%s>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_TEXT = stream(b"BT /F1 12 Tf 60 700 Td (A page of text.) Tj ET")

Objects = dict[int, bytes]


def _objects(catalogue: bytes = b"", page: bytes = b"", *more: bytes) -> Objects:
    """One page of text, with more in its catalogue and in itself; `more` are objects from number 6 on."""
    objects = {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue, 2: _TREE, 3: _LEAF % page, 4: _TEXT, 5: _FONT}
    return objects | dict(enumerate(more, start=6))


def _file(catalogue: bytes = b"", page: bytes = b"", *more: bytes) -> Callable[[str], bytes]:
    return lambda remark: document(_objects(catalogue, page, *more), remark.encode())


def _in_object_stream(objects: Objects, remark: str) -> bytes:
    """Those objects as PDF 1.5 has them: all but streams in one deflated stream, found by a cross-reference stream."""
    made = b"%PDF-1.7\n%" + remark.encode() + b"\n"
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    inside = {number: content for number, content in objects.items() if b"\nstream\n" not in content}
    head = body = b""
    for index, (number, content) in enumerate(inside.items()):
        head += b"%d %d " % (number, len(body))
        body += content + b" "
        places[number] = (2, max(objects) + 1, index)
    packed = stream(
        zlib.compress(head + body), b"/Type/ObjStm/Filter/FlateDecode/N %d/First %d" % (len(inside), len(head))
    )
    for number, content in {**objects, max(objects) + 1: packed}.items():
        if number not in inside:
            places[number] = (1, len(made), 0)
            made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    places[max(places) + 1] = (1, len(made), 0)
    table = b"".join(
        kind.to_bytes(1, "big") + at.to_bytes(4, "big") + more.to_bytes(2, "big")
        for _, (kind, at, more) in sorted(places.items())
    )
    entries = b"/Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode" % len(places)
    return made + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) - 1,
        stream(zlib.compress(table), entries),
        len(made),
    )


def _unlisted(remark: str) -> bytes:
    """An action in an object stream that no table lists: who makes the table anew finds it."""
    packed = stream(zlib.compress(b"7 0 " + _SCRIPT), b"/Type/ObjStm/Filter/FlateDecode/N 1/First 4")
    return document(_objects(b"/OpenAction 7 0 R", b"", packed), remark.encode())


def _attachment(name: bytes, content: bytes) -> Callable[[str], bytes]:
    named = b"/Names<</EmbeddedFiles<</Names[(a) 6 0 R]>>>>"
    return _file(named, b"", b"<</Type/Filespec/F(%s)/EF<</F 7 0 R>>>>" % name, stream(content))


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "a file of an archive")
    return out.getvalue()


def _in_an_archive(remark: str) -> bytes:
    """An archive whose end says that the rest of the file is a comment; its directory counts from its own begin."""
    page, archive = document(_objects(), remark.encode()), _archive()
    begin, end = page.rindex(b"startxref"), archive.rindex(b"PK\x05\x06")
    behind = page[begin:]
    return page[:begin] + archive[: end + 20] + len(behind).to_bytes(2, "little") + behind


def _plain(remark: str) -> bytes:
    return document(_objects(), remark.encode())


ACTING: Mapping[str, Callable[[str], bytes]] = {
    "script_on_opening": _file(b"/OpenAction" + _SCRIPT),
    "script_by_name": _file(b"/Names<</JavaScript<</Names[(a) 6 0 R]>>>>", b"", _SCRIPT),
    "script_on_page": _file(b"", b"/AA<</O 6 0 R>>", _SCRIPT),
    "script_in_object_stream": lambda remark: _in_object_stream(_objects(b"/OpenAction 6 0 R", b"", _SCRIPT), remark),
    "script_with_escapes": _file(b"/OpenAction<</S/J#61v#61Script/#4aS(app.alert\\(1\\))>>"),
    "escapes_in_object_stream": lambda remark: _in_object_stream(
        _objects(b"/OpenAction 6 0 R", b"", b"<</S/#4AavaScript/JS(1)>>"), remark
    ),
    "object_stream_unlisted": _unlisted,
    "type_by_reference": _file(b"/OpenAction<</S 6 0 R/JS(1)>>", b"", b"/JavaScript"),
    "comment_in_between": _file(b"/OpenAction<</S% a link\n/JavaScript/JS(1)>>"),
    "type_given_twice": _file(b"/OpenAction<</S/URI/URI(https://example.com)/S/JavaScript/JS(1)>>"),
    "launch": _file(b"/OpenAction<</S/Launch/F(a.exe)>>"),
    "submit_form": _file(b"/OpenAction<</S/SubmitForm/F(https://example.com/a)>>"),
    "import_data": _file(b"/OpenAction<</S/ImportData/F(a.fdf)>>"),
    "go_to_other_file": _file(b"/OpenAction<</S/GoToR/F(a.pdf)/D[0/Fit]>>"),
    "go_to_attached_file": _file(b"/OpenAction<</S/GoToE/T<</R/C/N(a)>>/D[0/Fit]>>"),
    "rich_media": _file(b"", b"/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 9 9]>>]"),
    "movie": _file(b"", b"/Annots[<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]/Movie<</F(a.avi)>>>>]"),
    "sound": _file(
        b"", b"/Annots[<</Type/Annot/Subtype/Sound/Rect[0 0 9 9]/Sound 6 0 R>>]", stream(b"\0\0", b"/R 8000")
    ),
    "rendition": _file(b"", b"/AA<</O<</S/Rendition/OP 0>>>>"),
    "xfa": _file(b"/AcroForm<</Fields[]/XFA 6 0 R>>", b"", stream(b"<xdp:xdp/>")),
    "program_by_name": _attachment(b"a.pdf.exe", b"nothing"),
    "program_by_content": _attachment(b"a.txt", b"MZ\x90\x00"),
    "program_on_page": _file(
        b"",
        b"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 6 0 R>>]",
        b"<</Type/Filespec/F(a.bat)/EF<</F 7 0 R>>>>",
        stream(b"del"),
    ),
}
"""Files that act, by what they do."""

POLYGLOTS: Mapping[str, Callable[[str], bytes]] = {
    "behind_a_script": lambda remark: b"#!/bin/sh\nexit\n" + _plain(remark),
    "behind_a_picture": lambda remark: b"\xff\xd8\xff\xe0" + _plain(remark),
    "before_an_archive": lambda remark: _plain(remark) + _archive(),
    "in_an_archive": _in_an_archive,
    "before_a_page": lambda remark: _plain(remark) + b"<html><script>alert(1)</script></html>",
    "before_much_else": lambda remark: _plain(remark) + b"\x01\x02\x03" * 1000,
    "with_a_page_in_its_head": lambda remark: _plain(f"<html><script>{remark}</script>"),
    "tape_archive": lambda remark: _plain(remark.ljust(247)[:247] + "ustar"),
}
"""PDF files that are another file at the same time, by how."""

HARMLESS: Mapping[str, Callable[[str], bytes]] = {
    "plain": _plain,
    "in_object_stream": lambda remark: _in_object_stream(_objects(), remark),
    "opens_at_a_place": _file(b"/OpenAction[3 0 R/FitH 800]"),
    "goes_to_a_place": _file(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
    "link": _file(b"", b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.com)>>>>]"),
    "names_in_a_stream": _file(b"", b"", stream(b"\x00/S/JavaScript/JS(1) /Launch /XFA 1 0 R/RichMedia \xff")),
    "names_in_a_text": _file(b"", b"", b"(it is said that /JavaScript and /Launch are names)"),
    "names_of_fonts": _file(b"/Fonts<</JS 5 0 R/Sound 5 0 R/Movie 5 0 R>>"),
    "text_attached": _attachment(b"note.txt", b"only text"),
    "padded": lambda remark: _plain(remark) + b"\0" * 4000,
    "spaced": lambda remark: _plain(remark) + b"\r\n" * 20,
    "escaped_names": _file(b"", b"", b"<</Type/Font/BaseFont/#eb#82#98#eb#88#94>>"),
}
"""Files that only look like either."""
