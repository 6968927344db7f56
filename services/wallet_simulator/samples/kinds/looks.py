"""How a certificate is set: plain, or drawn so that whatever is drawn stays legible."""

from dataclasses import replace
from random import Random

from services.wallet_simulator.samples.kinds.drafting import Scene
from services.wallet_simulator.samples.paper import Block, Look, Pair, Pairs, Paper, Sentence, Table
from services.wallet_simulator.samples.producers.measure import width

_ROOM = 480.0
"""Points across a page that every producer has."""
_APART = 14.0
"""Points of white space that part two unruled columns beyond doubt."""


def drawn(paper: Paper, scene: Scene) -> Paper:
    """`paper` with the look that the case asks for or, where the scene is varied, any that suits what stands on it."""
    look = _any(paper, scene.manner.chance) if scene.varied else paper.look
    if scene.case == "letter_spaced":
        look = replace(look, spaced=True)
    paper = replace(paper, look=look)
    return _spread(paper) if look.rules == "none" else paper


def _any(paper: Paper, chance: Random) -> Look:
    look = Look(
        rules=chance.choices(("all", "level", "none"), (6, 3, 2))[0],
        pairs=chance.choices(("ruled", "colon", "gap"), (5, 3, 2))[0],
        pairs_across=chance.choice((1, 1, 2)),
        spaced=chance.random() < 0.2,
        number_at=chance.choice(("top_left", "top_right", "in_block")),
        date_label=chance.random() < 0.5,
        marks=chance.choice(("box", "circle", "bracket")),
        size=chance.choice((8.5, 9.0, 9.5, 9.5, 10.0, 10.5)),
        font=chance.choices(("gothic", "gothic_light", "myeongjo"), (3, 1, 1))[0],
        header_again=chance.random() < 0.7,
    )
    if look.rules == "none" and not all(_fits_unruled(block, look.size) for block in paper.blocks):
        look = replace(look, rules="level")
    if look.rules != "all":  # a page of a table with neither rules nor header leaves a person guessing, too
        look = replace(look, header_again=True)
    if look.pairs != "ruled" and any(_has_blank(block) for block in paper.blocks):
        look = replace(look, pairs_across=1)
    if look.font == "gothic_light" and not all(map(_is_common, _texts(paper))):
        look = replace(look, font="gothic")
    return look


def _columns(table: Table) -> list[float]:
    """How wide each column is, in points at a size of 1, so that nothing in it is broken."""
    rows = (tuple(column.header for column in table.columns), *table.rows, *([table.foot] if table.foot else []))
    return [max(width(line, 1) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]


def _fits_unruled(block: Block, size: float) -> bool:
    """Whether a table can do without rules: one header row, and nothing broken over lines."""
    if not isinstance(block, Table):
        return True
    wide = sum(_columns(block)) * size + _APART * len(block.columns)
    return wide <= _ROOM and not any(column.group for column in block.columns)


def _spread(paper: Paper) -> Paper:
    """`paper` with the columns of its tables as wide as what they hold."""
    return replace(paper, blocks=tuple(_weighed(block, paper.look.size) for block in paper.blocks))


def _weighed(block: Block, size: float) -> Block:
    if not isinstance(block, Table):
        return block
    weights = [wide * size + _APART for wide in _columns(block)]
    columns = tuple(replace(column, weight=weight) for column, weight in zip(block.columns, weights, strict=True))
    return replace(block, columns=columns)


def _has_blank(block: Block) -> bool:
    return isinstance(block, Pairs) and any(isinstance(one, Pair) and not one.value for one in block.entries)


def _texts(paper: Paper) -> list[str]:
    found = [paper.title, paper.issuer, paper.number.value, paper.signatory.value if paper.signatory else ""]
    for block in paper.blocks:
        match block:
            case Sentence():
                found.append(block.text)
            case Table():
                found += [cell for row in (*block.rows, block.foot) for cell in row]
            case Pairs():
                found += [one.value if isinstance(one, Pair) else one.label for one in block.entries]
    return found


def _is_common(text: str) -> bool:
    """Whether every letter is in KS X 1001, and none of them is Chinese: thin fonts have no others."""
    return all(
        len(letter.encode("euc_kr", "ignore")) in (1, 2) and not "\u4e00" <= letter <= "\u9fff" for letter in text
    )
