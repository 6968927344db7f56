"""Texts broken over lines: where a space belongs, and how sure that is."""

import pytest

from services.extraction.page.layout import Word
from services.extraction.page.wrapping import Breaks, Line, unwrap

CELL = (0.0, 120.0)
"""A ruled cell: eleven letters of ten points, and a margin of five on either side."""


def line(text: str, left: float = 5.0, column=CELL, ruled=True) -> Line:
    """A line of letters ten points wide, spaces five."""
    words, x = [], left
    for word in text.split(" "):
        words.append(Word(word, x, 0.0, x + 10.0 * len(word), 10.0))
        x += 10.0 * len(word) + 5.0
    return Line(words, column, ruled)


def block(*texts: str, **about) -> list[Line]:
    return [line(text, **about) for text in texts]


FULL = block("가상구 가상대로팔길일", "백이십")
"""Nothing more had room on its first line: the break may be anywhere."""
NARROW = block("가상구 가상로", "팔길아파트상가동")
"""The next word had no room on its first line, but the next syllable had."""


def test_a_break_at_a_full_line_may_be_anywhere():
    assert Breaks([FULL]).unwrap(FULL) == ("가상구 가상대로팔길일백이십", 0.9)


def test_a_break_with_room_for_a_syllable_is_between_words():
    breaks = Breaks([FULL, NARROW])
    assert breaks.unwrap(NARROW) == ("가상구 가상로 팔길아파트상가동", 1.0)


def test_a_document_that_breaks_no_word_breaks_none_at_a_full_line_either():
    assert Breaks([FULL, NARROW]).unwrap(FULL) == ("가상구 가상대로팔길일 백이십", 1.0)


def test_what_another_table_shows_holds_for_the_whole_document():
    assert Breaks([FULL], [*[NARROW], block("가상로팔길아파트상가동")]).unwrap(FULL)[1] == 1.0


def test_a_name_above_a_number_shows_nothing():
    stacked = block("김가상", "한빛가상")
    assert Breaks([FULL, stacked]).unwrap(FULL)[1] == 0.9


def test_a_word_that_fills_a_line_may_have_been_too_long_for_any():
    alone = block("가상구가상대로팔길팔백", "오십")
    assert Breaks([alone, NARROW]).unwrap(alone)[1] == 0.9


def test_the_same_text_unbroken_elsewhere_says_where_its_spaces_are():
    elsewhere = block("가상구 가상대로팔길일 백이십", column=(0.0, 400.0))
    assert Breaks([FULL], [elsewhere]).unwrap(FULL) == ("가상구 가상대로팔길일 백이십", 1.0)


@pytest.mark.parametrize(
    ("first", "then", "whole"),
    [
        ("가상대로 일이삼사,", "이층", "가상대로 일이삼사, 이층"),
        ("가상대로 (일이삼)", "이층", "가상대로 (일이삼) 이층"),
        ("가상대로팔 KOREA", "LTD", "가상대로팔 KOREA LTD"),
    ],
)
def test_signs_and_latin_words_end_at_a_break(first, then, whole):
    assert unwrap(block(first, then)) == (whole, 1.0)


def test_centred_lines_have_the_room_on_both_their_sides():
    centred = [line("가상구 가상로", left=27.5), line("팔길아파트상가동", left=20.0)]
    assert Breaks([centred, block("가상구가상대로팔길팔백")]).unwrap(centred)[1] == 1.0


def test_white_space_is_a_less_sure_edge_than_a_rule():
    texts, other = ("가상구 가상대로팔길", "백이십"), "가상구가상대로팔길"
    breaks = [Breaks([block(*texts, ruled=ruled), block(other, ruled=ruled)]) for ruled in (True, False)]
    assert [one.unwrap(block(*texts))[1] for one in breaks] == [1.0, 0.9]
    assert Breaks([block(*texts, column=None)]).unwrap(block(*texts, column=None))[1] == 0.9
