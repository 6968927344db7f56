"""The few PDF structures we write by hand: a whole small file, and an update appended to one that typst made.

Only what typst writes is understood: a plain cross-reference table, dictionaries outside object streams, one space or
none between tokens. Anything else raises `ValueError` rather than make a file that is subtly wrong. (ISO 32000-1, 7.5.)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TAIL = re.compile(rb"trailer\s*<<(?P<body>.*)>>\s*startxref\s+(?P<start>\d+)\s+%%EOF\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tail:
    """How a file ends: `size` is the next free object number, `keep` the trailer entries an update carries over."""

    size: int
    root: int
    start: int
    keep: bytes


def tail(pdf: bytes) -> Tail:
    """Read the end of `pdf`."""
    found = _TAIL.match(pdf, max(0, pdf.rfind(b"trailer")))
    size = found and re.search(rb"/Size (\d+)", found["body"])
    root = found and re.search(rb"/Root (\d+) 0 R", found["body"])
    if not (found and size and root):
        raise ValueError("not a PDF with a plain cross-reference table")
    keep = re.sub(rb"/(?:Size|Prev) ?\d+", b"", found["body"])
    return Tail(int(size[1]), int(root[1]), int(found["start"]), keep)


def body(pdf: bytes, number: int) -> bytes:
    """The newest version of that object, without its `obj` and `endobj`.

    The last definition in the file is the newest, because each update is appended.
    """
    start = pdf.rfind(b"\n%d 0 obj\n" % number)
    end = pdf.find(b"\nendobj", start)
    if start < 0 or end < 0:
        raise ValueError(f"object {number} stands nowhere on a line of its own")
    return pdf[pdf.index(b"obj\n", start) + 4 : end]


def with_entry(dictionary: bytes, entry: bytes) -> bytes:
    """`dictionary` with one more entry; its key must be new."""
    name = entry.partition(b"[")[0].partition(b"<")[0].partition(b" ")[0]
    if not dictionary.endswith(b">>") or name in dictionary:
        raise ValueError(f"cannot add {name.decode()}")
    return dictionary[:-2] + entry + b">>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def update(pdf: bytes, objects: Mapping[int, bytes]) -> bytes:
    """`pdf` with those objects added or replaced by an incremental update; not a byte of it is touched."""
    end = tail(pdf)
    size = max(end.size, max(objects) + 1)
    trailer = b"<</Size %d/Prev %d%s>>" % (size, end.start, end.keep)
    return _append(pdf if pdf.endswith(b"\n") else pdf + b"\n", objects, trailer)


def document(objects: Mapping[int, bytes], remark: bytes) -> bytes:
    """A whole file of those objects, of which number 1 is the catalogue; `remark` is a comment in its head."""
    head = b"%PDF-1.7\n%" + remark + b"\n"
    return _append(head, {0: b"", **objects}, b"<</Size %d/Root 1 0 R>>" % (max(objects) + 1))


def _append(pdf: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    parts, at, offsets = [pdf], len(pdf), dict[int, int]()
    for number, content in objects.items():
        if number:
            offsets[number] = at
            parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
            at += len(parts[-1])
    table = [b"xref\n"]
    if 0 in objects:
        table.append(b"0 1\n0000000000 65535 f \n")
    table += [b"%d 1\n%010d 00000 n \n" % (number, offsets[number]) for number in sorted(offsets)]
    return b"".join([*parts, *table, b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, at)])
