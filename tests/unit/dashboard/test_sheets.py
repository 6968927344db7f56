"""Tables for spreadsheets: no cell is ever a formula, what is written is what is read, and none is held whole."""

import csv
import io
import tracemalloc
from collections.abc import AsyncIterator, Sequence

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dashboard import sheets
from services.dashboard.sheets import Cell, as_csv, as_xlsx, safe

HEADING = ["접수번호", "=HYPERLINK(1)"]
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
dangerous = st.builds(lambda space, sign, rest: space + sign + rest, st.sampled_from(["", " ", "\u200b", '"']),
                      st.sampled_from(BEGINNINGS), texts)  # fmt: skip


async def some(rows: Sequence[Sequence[Cell]], size: int = 2) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


@given(st.one_of(texts, dangerous))
def test_no_text_begins_as_a_formula_does(text: str) -> None:
    shown = safe(text)
    assert isinstance(shown, str)
    assert not shown.startswith(BEGINNINGS)
    assert not shown.lstrip(" \u200b\"'").startswith(BEGINNINGS) or shown.startswith("'")
    assert safe(shown) in (shown, "'" + shown)


@given(dangerous)
def test_what_may_be_a_formula_is_kept_behind_an_apostrophe(text: str) -> None:
    assert str(safe(text)).startswith("'")


@pytest.mark.parametrize("text", ["GB-7K3F-6QXM-2TRD", "적격", "", "2022-12-12 10:00:00", "a=b", "010-0000-0000"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_number_stays_a_number_and_nothing_stays_empty() -> None:
    assert (safe(-3), safe(None)) == (-3, "")


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=6))
@settings(deadline=None)
async def test_csv_begins_with_a_mark_and_reads_back(rows: list[list[str]]) -> None:
    content = await whole(as_csv(HEADING, some(rows)))
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [["접수번호", "'=HYPERLINK(1)"], *([str(safe(cell)) for cell in row] for row in rows)]


@given(st.lists(st.lists(st.one_of(texts, dangerous, st.integers(-9, 9)), min_size=2, max_size=2), max_size=5))
@settings(deadline=None, max_examples=30)
async def test_xlsx_has_no_formula_and_holds_what_was_written(rows: list[list[Cell]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(await whole(as_xlsx("표", HEADING, some(rows), [20, 8]))))
    sheet = book["표 1"]
    cells = list(sheet.iter_rows())
    assert all(cell.data_type != "f" and cell.hyperlink is None for line in cells for cell in line)
    assert [cell.value for cell in cells[0]] == ["접수번호", "'=HYPERLINK(1)"]
    for line, row in zip(cells[1:], rows, strict=False):
        for cell, written in zip(line, row, strict=True):
            expected = safe(written)
            if isinstance(expected, int) or (expected.isascii() and expected.isprintable()):
                assert (cell.value if cell.value is not None else "") == expected


async def test_a_full_sheet_is_followed_by_another_with_the_same_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 4)
    rows = [[f"R-{number}", number] for number in range(7)]
    book = openpyxl.load_workbook(io.BytesIO(await whole(as_xlsx("표", HEADING, some(rows)))))
    assert book.sheetnames == ["표 1", "표 2", "표 3"]
    assert [sheet.max_row for sheet in book] == [4, 4, 2]
    assert [cell.value for cell in book["표 3"][2]] == ["R-6", 6]


@pytest.mark.parametrize("write", [as_csv, lambda head, rows: as_xlsx("표", head, rows)])
async def test_memory_does_not_grow_with_the_table(write) -> None:  # type: ignore[no-untyped-def]
    async def many(count: int) -> AsyncIterator[list[list[Cell]]]:
        for number in range(count // 500):
            yield [[f"R-{number}-{place}", "적격" * 20] for place in range(500)]

    async def peak(count: int) -> int:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        async for piece in write(HEADING, many(count)):
            assert len(piece) < 1 << 20
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        await peak(500)
        small, large = await peak(5_000), await peak(50_000)
    finally:
        tracemalloc.stop()
    assert large < small + 200_000
