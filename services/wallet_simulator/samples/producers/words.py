"""What a paper says where, decided before any layout: marks of choices, labels, where the number stands. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from services.wallet_simulator.samples.paper import Block, Choice, Column, Look, Pair, Pairs, Paper, letter_spaced


def label(words: str, look: Look) -> str:
    """A label, a header or the title, letter-spaced where the look asks for it."""
    return letter_spaced(words) if look.spaced else words


def options(choice: Choice, look: Look) -> list[str]:
    """Each option with the mark that says whether it is ticked, or without one."""
    ticked, blank = {"box": ("■ {}", "□ {}"), "circle": ("{} ○", "{}"), "bracket": ("[√] {}", "[ ] {}")}[look.marks]
    return [(ticked if chosen else blank).format(name) for name, chosen in choice.options]


def blocks(paper: Paper) -> tuple[Pair | None, tuple[Block, ...]]:
    """The number where it stands above the title, and the blocks, of which one begins with it where it does not."""
    first = next((block for block in paper.blocks if isinstance(block, Pairs)), None)
    if paper.look.number_at != "in_block" or first is None:
        return paper.number, paper.blocks
    numbered = replace(first, entries=(paper.number, *first.entries))
    return None, tuple(numbered if block is first else block for block in paper.blocks)


def groups(columns: Sequence[Column]) -> list[tuple[str, list[int]]]:
    """Neighbouring columns, by their places, that stand under one common header, with it; one by one where none is."""
    found: list[tuple[str, list[int]]] = []
    for group, run in groupby(range(len(columns)), key=lambda place: columns[place].group):
        places = list(run)
        found += [(group, places)] if group else [("", [place]) for place in places]
    return found


def in_lines(block: Pairs, look: Look, is_short: Callable[[Pair | Choice], bool]) -> list[list[Pair | Choice]]:
    """The entries line by line: two short neighbours share one where the look says so."""
    lines = list[list[Pair | Choice]]()
    waiting = False
    for entry in block.entries:
        short = look.pairs_across > 1 and bool(entry.label) and is_short(entry)
        if waiting and short:
            lines[-1].append(entry)
            waiting = False
        else:
            lines.append([entry])
            waiting = short
    return lines
