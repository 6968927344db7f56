"""Small files that ask for very much: memory, time, depth, or never-ending reading. For limits to be tried on.

Each takes a remark of one line that makes its bytes its own. Where text is shown there is a font, since a reader skips
what it could not set, and the bomb with it.
"""

import zlib
from collections.abc import Callable, Mapping

from services.wallet_simulator.samples.hostile import bomb, loop
from services.wallet_simulator.samples.pdf import document, stream

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_TREE = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
_DEFLATED = b"/Filter/FlateDecode"


def _page(content: bytes, resources: bytes = b"", filters: bytes = _DEFLATED, **more: bytes) -> dict[int, bytes]:
    """One page of that content; `more` are further objects, from number 6 on, in their order."""
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>%s>>/Contents 4 0 R>>"
    packed = zlib.compress(content, 9) if filters == _DEFLATED else content
    objects = {1: _CATALOGUE, 2: _TREE, 3: leaf % resources, 4: stream(packed, filters), 5: _FONT}
    return objects | dict(enumerate(more.values(), start=6))


def operators(remark: str) -> bytes:
    """Nine million operators in one page's content, from some twenty kilobytes."""
    return document(_page(b"BT /F1 8 Tf (0) Tj ET\n" + b"q Q " * 4_500_000), remark.encode())


def letters(remark: str) -> bytes:
    """A page, as large as a page may be, of half a million letters beside each other."""
    line = b"BT /F1 4 Tf 1 0 0 1 %d %d Tm (" + b"gubi" * 25 + b") Tj ET\n"
    objects = _page(b"".join(line % (20 + place // 2_700 * 400, place % 2_700 * 5) for place in range(5_000)))
    return document(objects | {3: objects[3].replace(b"595 842", b"14000 14000")}, remark.encode())


def strokes(remark: str) -> bytes:
    """A page of two hundred thousand ruled lines."""
    content = b"BT /F1 8 Tf (0) Tj ET\n" + b"20 20 m 500 20 l S\n" * 200_000
    return document(_page(content), remark.encode())


def laughter(remark: str) -> bytes:
    """Forms that draw ten of the next, nine deep: a thousand million letters when all are drawn."""
    deep = 9
    forms = {}
    for level in range(deep):
        inner = b"/F%d Do " % (level + 1) * 10 if level + 1 < deep else b"BT /F1 8 Tf (ha) Tj ET"
        names = b"/XObject<</F%d %d 0 R>>" % (level + 1, 7 + level) if level + 1 < deep else b""
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>%s>>" % names
        forms[f"form{level}"] = stream(inner, head)
    return document(_page(b"/F0 Do", b"/XObject<</F0 6 0 R>>", **forms), remark.encode())


def itself(remark: str) -> bytes:
    """A form that draws itself."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>/XObject<</F0 6 0 R>>>>"
    return document(
        _page(b"/F0 Do", b"/XObject<</F0 6 0 R>>", form=stream(b"BT /F1 8 Tf (a) Tj ET /F0 Do /F0 Do", head)),
        remark.encode(),
    )


def picture(remark: str) -> bytes:
    """A picture of 60,000 by 60,000 pixels, from a few kilobytes."""
    head = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB"
    data = zlib.compress(bytes(4_000_000), 9)
    return document(
        _page(
            b"BT /F1 8 Tf (0) Tj ET q 500 0 0 500 0 0 cm /I Do Q",
            b"/XObject<</I 6 0 R>>",
            i=stream(data, head + _DEFLATED),
        ),
        remark.encode(),
    )


def nesting(remark: str) -> bytes:
    """An array a hundred thousand deep, inside the page's dictionary and inside its content."""
    deep = b"[" * 100_000 + b"]" * 100_000
    objects = _page(b"BT /F1 8 Tf " + deep + b" TJ ET")
    return document(objects | {3: objects[3][:-2] + b"/Deep" + deep + b">>"}, remark.encode())


def deep_tree(remark: str) -> bytes:
    """A page tree of twenty thousand nodes, each the only child of the one above."""
    most = 20_000
    objects = {1: _CATALOGUE} | {
        number: b"<</Type/Pages/Count 1/Kids[%d 0 R]%s>>"
        % (number + 1, b"/Parent %d 0 R" % (number - 1) if number > 2 else b"")
        for number in range(2, most)
    }
    return document(objects | {most: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]>>" % (most - 1)}, remark.encode())


def many_pages(remark: str) -> bytes:
    """Sixty thousand times the same page."""
    objects = _page(b"BT /F1 8 Tf (0) Tj ET")
    return document(objects | {2: b"<</Type/Pages/Count 60000/Kids[%s]>>" % (b"3 0 R " * 60_000)}, remark.encode())


def code_map(remark: str) -> bytes:
    """A font whose map to Unicode has one range of sixty-five thousand codes, two thousand times over."""
    ranges = b"1 beginbfrange <0000> <ffff> <0000> endbfrange\n" * 2_000
    cmap = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    objects = _page(
        b"BT /F1 8 Tf <00410042> Tj ET", cmap=stream(zlib.compress(cmap + ranges + b"endcmap end", 9), _DEFLATED)
    )
    system = b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    inner = b"[<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo%s>>]" % system
    font = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts%s/ToUnicode 6 0 R>>" % inner
    return document(objects | {5: font}, remark.encode())


def long_lie(remark: str) -> bytes:
    """A stream that claims to be two gigabytes long, and a table that claims a thousand million objects."""
    made = document(_page(b"BT /F1 8 Tf (0) Tj ET"), remark.encode())
    return made.replace(b"/Length ", b"/Length 2147483", 1).replace(b"/Size ", b"/Size 99999999")


def round_table(remark: str) -> bytes:
    """A cross-reference table that names itself as the one before."""
    made = document(_page(b"BT /F1 8 Tf (0) Tj ET"), remark.encode())
    start = made.rindex(b"xref\n0 1")
    return made.replace(b"trailer\n<<", b"trailer\n<</Prev %d" % start, 1)


def filters(remark: str) -> bytes:
    """Content under two hundred filters, each of which says that there is another."""
    packed = b"/Filter[" + b"/ASCIIHexDecode" * 200 + b"]"
    return document(_page(b"41>" * 100_000, filters=packed), remark.encode())


BOMBS: Mapping[str, Callable[[str], bytes]] = {
    "bomb": bomb,
    "loop": loop,
    "operators": operators,
    "letters": letters,
    "strokes": strokes,
    "laughter": laughter,
    "itself": itself,
    "picture": picture,
    "nesting": nesting,
    "deep_tree": deep_tree,
    "many_pages": many_pages,
    "code_map": code_map,
    "long_lie": long_lie,
    "round_table": round_table,
    "filters": filters,
}
"""Every one by its name."""
