"""What a certificate shows, without saying how it is set in type: blocks from top to bottom, and a look.

A kind (`kinds/`) writes a `Paper`; a producer (`producers/`) turns it into a PDF, each by a layout of its own, so that
no reader can be fitted to one of them.
"""

from dataclasses import dataclass
from typing import Literal

MARK = "예시 — 가상의 사람, 효력 없음"
"""Stands above the title of every page: a sample, somebody fictional, without effect."""


def letter_spaced(words: str) -> str:
    """A label or title set wide by real spaces, `성 명`; its lines stay lines."""
    return "\n".join(" ".join(line.replace(" ", "")) for line in words.split("\n"))


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value; a value without a label has an empty one. A newline in the value is a forced break."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of which some are ticked, such as 급여종류: every option is printed, with a mark that says which."""

    label: str
    options: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled values that belong together, under a heading where it is not empty."""

    entries: tuple[Pair | Choice, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. `header` has a newline where the header cell has two lines (성명(한자) / 주민등록번호).

    Neighbours of the same non-empty `group` stand under one common header cell (고지보험료: 건강 | 장기요양).
    `weight` is its share of the table's width.
    """

    header: str
    weight: float = 1.0
    group: str = ""
    align: Literal["left", "center", "right"] = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header. A cell's newline is a line of its own (name above resident registration number)."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    heading: str = ""
    """Set above the table as the title of its section, where it is not empty (종합소득세 신고 현황)."""
    above: str = ""
    """A line between heading and table, such as `조회기간 총 2개 이력 중`."""
    blank: str = ""
    """What is printed across the table when there are no rows; empty: the header alone stands there."""
    foot: tuple[str, ...] = ()
    """A last row of totals, its first cell 합계 or 계."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Running text: a certification phrase, `= 이하 여백 =`."""

    text: str
    align: Literal["left", "center", "right"] = "center"


Block = Pairs | Table | Sentence


@dataclass(frozen=True, slots=True)
class Look:
    """How it is set, as far as a producer can; drawn by the sample's own chance. Every mix must stay legible."""

    rules: Literal["all", "level", "none"] = "all"
    """Tables: every cell ruled; level rules only (above and below header and rows); no rules, white space alone."""
    pairs: Literal["ruled", "colon", "gap"] = "ruled"
    """Labelled values: in ruled cells; as `성명 : 김가상`; label and value apart by white space alone."""
    pairs_across: Literal[1, 2] = 1
    """How many labelled values stand beside each other; one too long for half the width has the line to itself."""
    spaced: bool = False
    """Labels and title letter-spaced with real spaces: `성 명`."""
    number_at: Literal["top_left", "top_right", "in_block"] = "top_left"
    """`in_block`: the first entry of the first block of pairs; where there is none, as `top_left`."""
    date_label: bool = True
    """Whether the date of issue stands behind its label or alone on its line."""
    marks: Literal["box", "circle", "bracket"] = "box"
    """How a Choice shows what is ticked: ■ and □; ○ behind the ticked alone; [√] and [ ]."""
    size: float = 9.5
    """Points of the body text."""
    font: Literal["gothic", "gothic_light", "myeongjo"] = "gothic"
    """`myeongjo` where the producer has a serif Korean font, else gothic.

    `gothic_light` is only asked for where NanumGothic Light has every letter: it lacks rare syllables and all Hanja.
    """
    header_again: bool = True
    """Whether a table repeats its header on the next page."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate to be set. Producers print `MARK` on every page, above the title.

    A line is broken between words, inside one only where it is wider than its cell (`word-break: keep-all`): where
    lines are broken between any two syllables, nobody can tell whether a firm's name has a space there.
    """

    title: str
    number: Pair
    blocks: tuple[Block, ...]
    issued_on: Pair
    """Its label is printed only where the look says so."""
    issuer: str
    signatory: Pair | None = None
    """A line below the issuer, such as 대표이사 and a name."""
    look: Look = Look()
    numbered: bool = False
    """Whether pages bear their number (1 / 2)."""
    annex: int = 0
    """Pages of annex behind it, each with the word 별첨."""
    notes: tuple[str, ...] = ()
    """Remarks in small type below everything else, such as how long it can be checked; each a paragraph."""
