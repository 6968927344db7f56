"""Ways to spoil a PDF, from single bits to whole streams, each by a chance that a number repeats."""

import re
import zlib
from collections.abc import Callable, Sequence
from random import Random

_NUMBER = re.compile(rb"(?<![\w.])\d{1,10}(?![\w.])")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_NAME = re.compile(rb"/[A-Za-z0-9]{1,20}")
_STREAM = re.compile(rb"stream\r?\n")
_EDGES = (b"0", b"-1", b"1", b"65535", b"2147483647", b"4294967296", b"99999999999999999999", b"1e9", b"0.0000001")
_TOKENS = (
    b"<<",
    b">>",
    b"[" * 400,
    b"(" * 400,
    b"<<" * 400,
    b"endobj",
    b"endstream",
    b"stream\n",
    b"%%EOF",
    b"xref\n0 9999999\n",
    b"/Length 0",
    b"/Filter[/FlateDecode/FlateDecode/LZWDecode/ASCIIHexDecode]",
    b"/Kids[1 0 R 2 0 R 3 0 R]",
    b"/Prev 0",
    b"/Encrypt 1 0 R",
    b"/MediaBox[-1e30 -1e30 1e30 1e30]",
    b"q " * 4_000,
    b"\x00" * 300,
    b"\xff\xfe",
)
_OPERATORS = (
    b" Tf ",
    b" Tj ",
    b" TJ ",
    b" BT ",
    b" ET ",
    b" Do ",
    b" cm ",
    b" Tm ",
    b" Td ",
    b" q ",
    b" Q ",
    b" re ",
    b" Tr ",
    b" BI ",
)


def mutated(seeds: Sequence[bytes], number: int) -> bytes:
    """Return one of `seeds` spoilt in one to four ways; the same number gives the same bytes."""
    rng = Random(number)
    document = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
        document = rng.choice(_WAYS)(document, rng) if document else document
    return document if rng.random() > 0.02 else _spliced(document, rng.choice(seeds), rng)


_learnt: list[bytes] = []


def learn(seeds: Sequence[bytes]) -> None:
    """Keep `seeds` for `spoil`, in a process that does nothing else."""
    _learnt[:] = seeds


def spoil(number: int) -> bytes:
    """Return what `mutated` makes of the seeds that were learnt."""
    return mutated(_learnt, number)


def _bits(document: bytes, rng: Random) -> bytes:
    spoilt = bytearray(document)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def _overwritten(document: bytes, rng: Random) -> bytes:
    start, size = rng.randrange(len(document)), rng.choice((1, 4, 32, 300))
    return document[:start] + rng.randbytes(size) + document[start + size :]


def _cut(document: bytes, rng: Random) -> bytes:
    start, size = rng.randrange(len(document)), rng.choice((1, 7, 100, 3_000))
    return document[:start] + document[start + size :]


def _doubled(document: bytes, rng: Random) -> bytes:
    start, size = rng.randrange(len(document)), rng.choice((10, 200, 4_000))
    return document[: start + size] + document[start : start + size] * rng.choice((1, 1, 5)) + document[start + size :]


def _truncated(document: bytes, rng: Random) -> bytes:
    return document[: rng.randrange(len(document))]


def _inserted(document: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(document))
    return document[:at] + rng.choice(_TOKENS) + document[at:]


def _number(document: bytes, rng: Random) -> bytes:
    return _replaced(document, _NUMBER, lambda _: rng.choice(_EDGES), rng)


def _reference(document: bytes, rng: Random) -> bytes:
    return _replaced(document, _REFERENCE, lambda _: b"%d 0 R" % rng.randrange(1, 30), rng)


def _name(document: bytes, rng: Random) -> bytes:
    names = _NAME.findall(document)
    return _replaced(document, _NAME, lambda _: rng.choice(names), rng)


def _content(document: bytes, rng: Random) -> bytes:
    """Unpack one stream, spoil what is in it, and pack it again; its length is then wrong, which readers repair."""
    starts = [match.end() for match in _STREAM.finditer(document)]
    rng.shuffle(starts)
    for start in starts[:8]:
        end = document.find(b"endstream", start)
        unpacking = zlib.decompressobj()
        try:
            content = unpacking.decompress(document[start:end], 1 << 20)
        except zlib.error:
            continue
        way = rng.choice((_bits, _overwritten, _cut, _doubled, _number, _operator))
        return document[:start] + zlib.compress(way(content or b" ", rng), 1) + b"\n" + document[end:]
    return document


def _operator(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + rng.choice(_OPERATORS) * rng.choice((1, 1, 50)) + content[at:]


def _replaced(document: bytes, pattern: re.Pattern[bytes], by: Callable[[bytes], bytes], rng: Random) -> bytes:
    found = list(pattern.finditer(document))
    if not found:
        return document
    match = rng.choice(found)
    return document[: match.start()] + by(match.group()) + document[match.end() :]


def _spliced(document: bytes, other: bytes, rng: Random) -> bytes:
    return document[: rng.randrange(len(document) + 1)] + other[rng.randrange(len(other) + 1) :]


_WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _bits,
    _overwritten,
    _cut,
    _doubled,
    _truncated,
    _inserted,
    _number,
    _number,
    _reference,
    _name,
    _content,
    _content,
    _content,
)
