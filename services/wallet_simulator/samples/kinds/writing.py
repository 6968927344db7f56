"""A certificate being written: each thing is put down once, as it is printed and as a perfect reader gives it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Literal

from pydantic import JsonValue

from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.looks import drawn
from services.wallet_simulator.samples.paper import Block, Choice, Column, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.workplaces import has_right_check_digit
from shared.facts import Finding

Row = Mapping[str, Any]
"""What is so of one row, by name: days as `date`, amounts as `int`, nothing as None. More than is printed, often."""

_BUSINESS_NUMBERS = ("business_number", "payer_number")


@dataclass(frozen=True, slots=True)
class Entry:
    """A labelled value, and the values that are read from it; none from what stands there only in passing."""

    shown: Pair | Choice
    means: Mapping[str, JsonValue]


def entry(label: str, text: str, **means: JsonValue) -> Entry:
    """A labelled text, and what it means."""
    return Entry(Pair(label, text), means)


def aside(label: str, text: str) -> Entry:
    """A labelled text of no interest."""
    return Entry(Pair(label, text), {})


@dataclass(frozen=True, slots=True)
class Cells:
    """A column: its header, what is printed in its cell of a row, and the values that are read from that cell."""

    header: str
    names: tuple[str, ...]
    text: Callable[[Row], str]
    weight: float = 1.0
    group: str = ""
    align: Literal["left", "center", "right"] = "center"


class Writing:
    """A certificate being written, block by block."""

    def __init__(self, scene: Scene, kind: Kind) -> None:
        """Begin with an empty sheet."""
        self._scene = scene
        self._kind = kind
        self._blocks: list[Block] = []
        self._values: dict[str, JsonValue] = {}
        self._wrong: list[str] = []

    def sentence(self, text: str, align: Literal["left", "center", "right"] = "center") -> None:
        """Put down running text."""
        self._blocks.append(Sentence(text, align))

    def pairs(self, entries: Iterable[Entry | None], heading: str = "") -> None:
        """Put down those of `entries` that there are."""
        there = [one for one in entries if one]
        self._blocks.append(Pairs(tuple(one.shown for one in there), heading))
        for one in there:
            self._values |= one.means
            self._wrong += _failing("", one.means)

    def table(self, name: str | None, columns: Sequence[Cells], rows: Sequence[Row], **about: Any) -> None:
        """Put down a table, read under that name; `about` is the rest of a `Table`.

        In what is read from it, a row has a name for every column there is.
        """
        printed = tuple(tuple(column.text(row) for column in columns) for row in rows)
        shown = tuple(Column(cells.header, cells.weight, cells.group, cells.align) for cells in columns)
        self._blocks.append(Table(shown, printed, **about))
        if name is None:
            return
        names = [value for cells in columns for value in cells.names]
        read = [{value: _json(row.get(value)) for value in names} for row in rows]
        self._values[name] = [*read]
        for place, row in enumerate(read):
            self._wrong += _failing(f"{name}[{place}].", row)

    def line(self, columns: Sequence[Cells], row: Row) -> None:
        """Put down labelled values with their labels above them, as a table of one row."""
        self.table(None, columns, [row])
        self._values |= {name: _json(row[name]) for cells in columns for name in cells.names}

    def draft(self, *, number: Pair, issuer: str, signatory: Pair | None = None, notes: tuple[str, ...] = ()) -> Draft:
        """The finished certificate. `number` is printed so; what is meant is without 제 … 호 and spaces."""
        scene, kind = self._scene, self._kind
        manner, case = scene.manner, scene.case
        near_miss = case == "title_near_miss" and kind.near_miss
        title = manner.picked(kind.near_miss, kind.near_miss[0]) if near_miss else manner.word(*kind.titles)
        blocks = tuple(self._blocks)
        paper = Paper(
            title=title,
            number=number,
            blocks=blocks,
            issued_on=Pair(manner.word("발급일", "발급일자"), manner.issue_day(scene.issued_on)),
            issuer=issuer,
            signatory=signatory,
            look=kind.look,
            notes=notes,
            numbered=manner.maybe(0.4, plainly=case in ("two_pages", "long_table", "many_pages")),
        )
        meant = "".join(number.value.split()).removeprefix("제").removesuffix("호")
        findings = tuple(Finding(code="business_number_check", names=(path,)) for path in self._wrong)
        return Draft(drawn(paper, scene), meant, issuer, self._values, findings)


def _failing(before: str, values: Mapping[str, JsonValue]) -> list[str]:
    """The paths of the business numbers among `values` whose check digit is wrong."""
    numbers = {name: values[name] for name in _BUSINESS_NUMBERS if isinstance(values.get(name), str)}
    return [before + name for name, number in numbers.items() if not has_right_check_digit(str(number))]


def _json(value: object) -> JsonValue:
    return value.isoformat() if isinstance(value, date) else value  # type: ignore[return-value]


def words(name: str) -> Callable[[Row], str]:
    """Print that value of a row as it is; nothing where there is none."""
    return lambda row: "" if row.get(name) is None else str(row[name])


def days(scene: Scene, name: str) -> Callable[[Row], str]:
    """Print that day of a row; nothing where there is none."""
    return lambda row: scene.manner.day(row[name]) if row.get(name) else ""


def won(scene: Scene, name: str, absent: str = "") -> Callable[[Row], str]:
    """Print that amount of a row, or what stands for none."""
    return lambda row: absent if row.get(name) is None else scene.manner.won(row[name])


def stacked(*cells: Cells) -> Cells:
    """Columns as one, what they hold on lines of its own: the name above the number. As wide as the widest."""
    return Cells(
        "\n".join(one.header for one in cells),
        tuple(name for one in cells for name in one.names),
        lambda row: "\n".join(filter(None, (one.text(row) for one in cells))),
        max(one.weight for one in cells) * 1.2,
    )


def moved_about(columns: Sequence[Cells], chance: Random) -> list[Cells]:
    """`columns` in another order: one that is not the first, and under no common header, stands elsewhere."""
    free = [place for place, cells in enumerate(columns) if place and not cells.group]
    moved = list(columns)
    if len(free) > 1:
        taken = moved.pop(chance.choice(free))
        gaps = [place for place in range(1, len(moved) + 1) if not _inside_a_group(moved, place)]
        moved.insert(chance.choice(gaps), taken)
    return moved


def _inside_a_group(columns: Sequence[Cells], place: int) -> bool:
    return place < len(columns) and columns[place].group != "" and columns[place].group == columns[place - 1].group
