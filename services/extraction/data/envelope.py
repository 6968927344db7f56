"""Whether the bytes of a file are those of one PDF from end to end, and of nothing else. Pure."""

import re
from typing import Literal

_AROUND = 1024
"""Bytes before `%PDF-` and after the last `%%EOF` in which viewers still look for them."""
_MARKUP = rb"<(?:!doctype\s+html|html|head|body|script|svg|\?php)[\s>]"
_MARKUP_IN_HEAD = re.compile(_MARKUP, re.IGNORECASE)
_OTHER_FILE = re.compile(
    rb"PK\x03\x04|PK\x05\x06|\xff\xd8\xff|\x89PNG|GIF8[79]a|\x7fELF|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|" + _MARKUP,
    re.IGNORECASE,
)
_MAGIC = {128: b"DICM", 257: b"ustar", 32769: b"CD001"}
"""Where medical images, tape archives and disk images, which may begin with anything, say what they are."""
_ZIP_END, _ZIP_END_SIZE, _ZIP_COMMENT = b"PK\x05\x06", 22, 0xFFFF
"""The record at the end of an archive, its size, and the longest comment that may follow it (APPNOTE 4.3.16)."""
_NEXT_REVISION = re.compile(rb"\s*(?:%|\d+\s+\d+\s+obj|xref|startxref|trailer)")


def form_of(document: bytes) -> Literal["not_a_pdf", "damaged", "polyglot"] | None:
    """Return what the bytes of `document` are if they are not those of one whole PDF file and nothing else."""
    begin = document.find(b"%PDF-", 0, _AROUND)
    if begin:
        return "polyglot" if document[: max(begin, 0)].strip(b"\0\t\n\f\r \xef\xbb\xbf") else "not_a_pdf"
    end = document.rfind(b"%%EOF")
    if end < 0:
        return "damaged"
    behind = document[end + 5 :].strip(b"\0\t\n\f\r ")
    if len(behind) > _AROUND:
        return "damaged" if _NEXT_REVISION.match(document, end + 5) else "polyglot"
    return "polyglot" if _OTHER_FILE.search(behind) or _is_other_too(document) else None


def _is_other_too(document: bytes) -> bool:
    """Whether a file that is a PDF from end to end is read as another where that format is looked for."""
    if _MARKUP_IN_HEAD.search(document, 0, _AROUND) or any(document.startswith(it, at) for at, it in _MAGIC.items()):
        return True
    at = document.rfind(_ZIP_END, max(0, len(document) - _ZIP_COMMENT - _ZIP_END_SIZE))
    comment = int.from_bytes(document[at + 20 : at + _ZIP_END_SIZE], "little")
    return at >= 0 and at + _ZIP_END_SIZE + comment == len(document)
