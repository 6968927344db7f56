"""Every producer prints all that a paper says, however it is to look, and leaves nothing running."""

import io
import os
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from services.wallet_simulator.samples.paper import MARK, Choice, Look, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.producers import PRODUCERS, chromium
from services.wallet_simulator.samples.producers.browser import Browser, BrowserFailed
from services.wallet_simulator.samples.producers.words import label
from tests.builders.papers import LOOKED_AT, WIDE, a_paper, needs_chromium

AT = datetime(2022, 12, 12, 9, 30, tzinfo=timezone(timedelta(hours=9)))
LOOKS = st.builds(
    Look,
    rules=st.sampled_from(["all", "level", "none"]),
    pairs=st.sampled_from(["ruled", "colon", "gap"]),
    pairs_across=st.sampled_from([1, 2]),
    spaced=st.booleans(),
    number_at=st.sampled_from(["top_left", "top_right", "in_block"]),
    date_label=st.booleans(),
    marks=st.sampled_from(["box", "circle", "bracket"]),
    size=st.sampled_from([8.5, 9.5, 10.5, 11.0]),
    font=st.sampled_from(["gothic", "gothic_light", "myeongjo"]),
    header_again=st.booleans(),
)


def plain(text: str) -> str:
    """Text with single spaces, wherever its lines end."""
    return " ".join(text.split())


def bare(text: str) -> str:
    """Text without any space."""
    return "".join(text.split())


def pages_of(pdf: bytes) -> list[str]:
    return [plain(page.get_textpage().get_text_bounded()) for page in pypdfium2.PdfDocument(pdf)]


def printed(paper: Paper) -> Iterator[str]:
    """All that must be read on it, line by line."""
    look = paper.look
    yield from (label(paper.title, look), label(paper.number.label, look), paper.number.value)
    yield from (label(paper.issued_on.label, look) if look.date_label else "", paper.issued_on.value, paper.issuer)
    yield from paper.notes
    if paper.signatory:
        yield from (label(paper.signatory.label, look), paper.signatory.value)
    for block in paper.blocks:
        match block:
            case Pairs():
                yield block.heading
                for entry in block.entries:
                    yield label(entry.label, look)
                    yield from marked(entry, look) if isinstance(entry, Choice) else [entry.value]
            case Table():
                yield from (block.heading, block.above, *block.foot, "" if block.rows else block.blank)
                yield from (label(text, look) for column in block.columns for text in (column.header, column.group))
                yield from (cell for row in block.rows for cell in row)
            case Sentence():
                yield block.text


def marked(choice: Choice, look: Look) -> Iterator[str]:
    for name, ticked in choice.options:
        match look.marks:
            case "box":
                yield ("■ " if ticked else "□ ") + name
            case "circle":
                yield name + " ○" * ticked
            case "bracket":
                yield ("[√] " if ticked else "[ ] ") + name


@pytest.mark.parametrize("producer", LOOKED_AT)
@settings(max_examples=15, deadline=None)
@given(look=LOOKS)
def test_whatever_the_look_all_that_is_printed_stands_in_the_text_layer(producer: str, look: Look) -> None:
    paper = a_paper(look)
    pages = pages_of(PRODUCERS[producer](paper, AT))
    text = " ".join(pages)
    lines = [line for words in printed(paper) for line in words.split("\n")]
    loose = {block.text for block in paper.blocks if isinstance(block, Sentence)} | {WIDE}
    assert [line for line in lines if plain(line) not in text and line not in loose] == []
    assert [line for line in loose if bare(line) not in bare(text)] == []
    assert all(MARK in page for page in pages)
    assert all(f"{number} / {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert (bare(paper.issued_on.label) in bare(text)) == look.date_label


@pytest.mark.parametrize("producer", LOOKED_AT)
@settings(max_examples=10, deadline=None)
@given(look=LOOKS)
def test_whatever_the_look_nothing_stands_outside_the_page_or_above_the_mark(producer: str, look: Look) -> None:
    for page in pypdfium2.PdfDocument(PRODUCERS[producer](a_paper(look), AT)):
        text = page.get_textpage()
        boxes = [text.get_charbox(place) for place in range(text.count_chars())]
        mark = text.get_text_range().index(MARK)
        assert min(box[0] for box in boxes) >= 20
        assert max(box[2] for box in boxes) <= page.get_width() - 20
        assert min(box[1] for box in boxes) >= 20
        assert max(box[3] for box in boxes) == max(box[3] for box in boxes[mark : mark + len(MARK)])


@pytest.mark.parametrize("producer", LOOKED_AT)
@pytest.mark.parametrize("again", [True, False])
def test_a_table_repeats_its_header_on_the_next_page_only_where_the_look_says_so(producer: str, again: bool) -> None:
    pages = pages_of(PRODUCERS[producer](a_paper(Look(header_again=again), rows=40), AT))
    assert "고지보험료" in bare(pages[0])
    assert ("고지보험료" in bare(pages[1])) == again
    assert "2022.04" in pages[1]


@pytest.mark.parametrize("producer", LOOKED_AT)
def test_labels_and_title_are_letter_spaced_only_where_the_look_says_so(producer: str) -> None:
    wide, narrow = (pages_of(PRODUCERS[producer](a_paper(Look(spaced=spaced)), AT))[0] for spaced in (True, False))
    assert all(words in wide and bare(words) not in wide for words in ("성 명", "납 부 연 월", "납 부 확 인 서"))
    assert all(bare(words) in narrow for words in ("성 명", "납 부 연 월", "납 부 확 인 서"))
    assert "주식회사 한빛가상" in wide


@pytest.mark.parametrize("producer", LOOKED_AT)
@pytest.mark.parametrize("at", ["top_left", "top_right", "in_block"])
def test_the_number_stands_where_the_look_says(producer: str, at: str) -> None:
    look = Look(number_at=at)  # type: ignore[arg-type]
    page = pypdfium2.PdfDocument(PRODUCERS[producer](a_paper(look), AT))[0]
    text = page.get_textpage()

    words = text.get_text_range()
    number, title, name = (text.get_charbox(words.index(word)) for word in ("2022-1234", "납부확인서", "김가상"))
    assert (number[1] > title[1]) == (at != "in_block")
    assert (number[0] > page.get_width() / 2) == (at == "top_right")
    assert number[1] > name[1]


@pytest.mark.parametrize("producer", LOOKED_AT)
def test_two_pairs_stand_beside_each_other_where_the_look_says_so(producer: str) -> None:
    def lines(across: int) -> int:
        text = pypdfium2.PdfDocument(PRODUCERS[producer](a_paper(Look(pairs_across=across)), AT))[0].get_textpage()  # type: ignore[arg-type]
        words = text.get_text_range()
        return len({round(text.get_charbox(words.index(value))[1] / 4) for value in ("김가상", "900101")})

    assert lines(1) == 2
    assert lines(2) == 1


@pytest.mark.parametrize("producer", LOOKED_AT)
def test_annex_pages_come_last_each_with_its_word(producer: str) -> None:
    paper = a_paper(annex=3, numbered=False)
    pages = pages_of(PRODUCERS[producer](paper, AT))
    assert all(f"별첨{number}" in bare(page) and bare(MARK) in bare(page) for number, page in enumerate(pages[-3:], 1))
    assert all("별첨" not in page for page in pages[:-3])
    assert not re.search(rf"\d / {len(pages)}", "".join(pages))


@pytest.mark.parametrize("producer", LOOKED_AT)
def test_decomposed_hangul_stays_decomposed(producer: str) -> None:
    name = unicodedata.normalize("NFD", "홍길동")
    paper = replace(a_paper(), blocks=(Pairs((Pair("성명", name), Pair("한자", "金佳想"))),))
    (page,) = pages_of(PRODUCERS[producer](paper, AT))
    assert name in page
    assert "金佳想" in page


@pytest.mark.parametrize("producer", LOOKED_AT)
def test_a_file_bears_the_time_it_is_said_to_be_made_at_and_is_the_same_each_time(producer: str) -> None:
    first, again, later = (PRODUCERS[producer](a_paper(), at) for at in (AT, AT, AT + timedelta(days=1)))
    assert first == again
    assert first != later
    information = PdfReader(io.BytesIO(first)).metadata
    assert information is not None
    assert information.creation_date == AT
    assert information.title == "건강·장기요양보험료 납부확인서"


@pytest.mark.parametrize("producer", LOOKED_AT)
@pytest.mark.parametrize("font", ["gothic", "gothic_light", "myeongjo"])
def test_its_only_fonts_are_korean_ones_embedded_with_their_letters(producer: str, font: str) -> None:
    paper = a_paper(Look(font=font))  # type: ignore[arg-type]
    (page, *_) = PdfReader(io.BytesIO(PRODUCERS[producer](paper, AT))).pages
    fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
    used = [found for found in (reference.get_object() for reference in fonts) if found["/BaseFont"] != "/Helvetica"]
    assert used
    for found in used:
        assert "Nanum" in found["/BaseFont"]
        assert "/ToUnicode" in found
        assert embedded(found)


def embedded(font: DictionaryObject) -> bool:
    below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font  # type: ignore[index]
    return bool({"/FontFile2", "/FontFile3"} & below["/FontDescriptor"].keys())  # type: ignore[union-attr]


def test_reportlab_refuses_a_letter_that_its_font_lacks_rather_than_leave_it_out() -> None:
    with pytest.raises(ValueError, match="NanumGothic"):
        PRODUCERS["reportlab"](replace(a_paper(), issuer="𠮷"), AT)


@needs_chromium
def test_several_threads_may_ask_chromium_and_each_gets_its_own() -> None:
    papers = [replace(a_paper(), issuer=f"가상기관{number}") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda paper: chromium.pdf(paper, AT), papers))
    assert all(paper.issuer in "".join(pages_of(pdf)) for paper, pdf in zip(papers, made, strict=True))


@needs_chromium
def test_a_browser_that_died_is_told_and_the_next_paper_gets_another(tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        process = browser.process
        os.kill(process, signal.SIGKILL)
        with pytest.raises(BrowserFailed):
            browser.pdf("<p>가")
    assert not running(process)


@needs_chromium
@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), 9)"])
def test_no_browser_outlives_the_process_it_served(end: str, tmp_path: Path) -> None:
    code = f"""
import os
from datetime import datetime, UTC
from services.wallet_simulator.samples.producers import chromium
from tests.builders.papers import LOOKED_AT, WIDE, a_paper, needs_chromium
chromium.pdf(a_paper(), datetime(2022, 12, 12, tzinfo=UTC))
print(*(browser.process for browser in chromium._running.values()), flush=True)
{end}
"""
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    deadline = time.monotonic() + 60
    while running(int(told.stdout)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running(int(told.stdout))


def running(process: int) -> bool:
    """Whether it runs; one that ended and that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_without_chromium_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="apt-get install chromium"):
        Browser(tmp_path)


def test_a_chromium_that_does_not_start_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BrowserFailed, match="Chromium ended"):
        Browser(tmp_path)
