"""The few PDF structures we write by hand: a whole small file, and an update appended to one that another program made.

Read are dictionaries, however they are spaced, found through a plain cross-reference table, which is what typst,
reportlab and Chromium write. Anything else raises `NotPlain` rather than make a file that is subtly wrong.
(ISO 32000-1, 7.3 and 7.5.)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TAIL = re.compile(rb"trailer\s*(?P<body><<.*>>)\s*startxref\s+(?P<start>\d+)\s+%%EOF\s*\Z", re.DOTALL)
_SUBSECTION = re.compile(rb"\s*(?:xref\s+)?(\d+)[ ]+(\d+)\s+(?=\d{10}[ ]\d{5}[ ][nf])")
_ENTRY_BYTES = 20
_REFERENCE = re.compile(rb"\[?\s*(\d+)\s+0\s+R\b")
_TOKEN = re.compile(
    rb"(?P<blank>\s+|%[^\r\n]*)|(?P<open><<|\[)|(?P<close>>>|\])|(?P<name>/[^\s()<>\[\]{}/%]*)"
    rb"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[\da-fA-F\s]*>|[^\s()<>\[\]{}/%]+",
    re.DOTALL,
)


class NotPlain(ValueError):
    """A file of another make: with cross-reference streams, with object streams, encrypted, or no PDF at all."""


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
    if not found:
        raise NotPlain("no plain cross-reference table at the end")
    trailer = entries(found["body"])
    if not trailer.keys() >= {b"/Size", b"/Root"} or trailer.keys() & {b"/Encrypt", b"/XRefStm"}:
        raise NotPlain("encrypted, or a cross-reference stream beside the table")
    keep = {key: value for key, value in trailer.items() if key not in (b"/Size", b"/Prev")}
    return Tail(int(trailer[b"/Size"]), reference(trailer[b"/Root"]), int(found["start"]), dictionary(keep)[2:-2])


def body(pdf: bytes, number: int) -> bytes:
    """The newest version of the dictionary that is object `number`, from `<<` to `>>`."""
    at = _offset(pdf, number)
    head = re.compile(rb"\s*%d\s+0\s+obj\s*(?=<<)" % number).match(pdf, at)
    if not head:
        raise NotPlain(f"object {number} is no dictionary at the place that the table says")
    return pdf[head.end() : _scan(pdf, head.end())[0]]


def entries(dictionary: bytes) -> dict[bytes, bytes]:
    """The entries of a dictionary as they are written, by key: `{b"/Type": b"/Page", b"/Parent": b"2 0 R"}`."""
    return _scan(dictionary, 0)[1]


def dictionary(found: Mapping[bytes, bytes]) -> bytes:
    """The dictionary of those entries, from `<<` to `>>`."""
    return b"<<%s>>" % b"".join(b"%s %s" % entry for entry in found.items())


def reference(value: bytes) -> int:
    """The number of the object that is referred to, by an entry's value or by the first of an array."""
    found = _REFERENCE.match(value)
    if not found:
        raise NotPlain("no reference where one should be")
    return int(found[1])


def with_entry(old: bytes, key: bytes, value: bytes) -> bytes:
    """The dictionary `old` with one more entry; its key must be new."""
    found = entries(old)
    if key in found:
        raise NotPlain(f"{key.decode()} is there already")
    return dictionary({**found, key: value})


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


def _offset(pdf: bytes, number: int) -> int:
    """Where the newest version of that object begins, by the chain of cross-reference tables."""
    at, seen = tail(pdf).start, set[int]()
    while at not in seen:
        seen.add(at)
        while section := _SUBSECTION.match(pdf, at):
            first, count = int(section[1]), int(section[2])
            if first <= number < first + count:
                at = section.end() + (number - first) * _ENTRY_BYTES
                return int(pdf[at : at + 10])
            at = section.end() + count * _ENTRY_BYTES
        trailer = re.compile(rb"\s*trailer\s*(?=<<)").match(pdf, at)
        before = _scan(pdf, trailer.end())[1].get(b"/Prev") if trailer else None
        if before is None:
            break
        at = int(before)
    raise NotPlain(f"object {number} is in no cross-reference table")


def _scan(data: bytes, at: int) -> tuple[int, dict[bytes, bytes]]:
    """The end of the dictionary that begins at `at`, and its entries."""
    found: dict[bytes, bytes] = {}
    inside, key, value, end = list[bytes](), b"", (at, at), at
    for token in _TOKEN.finditer(data, at):
        if token.start() != end:
            break
        end = token.end()
        if token["blank"]:
            continue
        if len(inside) == 1 and key and value[1] > value[0] and (token["name"] or token[0] == b">>"):
            found[key], key = data[slice(*value)].strip(), b""
        if token["close"]:
            if not inside or inside.pop() + token[0] not in (b"<<>>", b"[]"):
                break
            if not inside:
                return end, found
        if len(inside) == 1 and token["name"] and not key:
            key, value = token[0], (end, end)
        else:
            value = (value[0], end)
        if token["open"]:
            inside.append(token[0])
    raise NotPlain("a dictionary that does not end")
