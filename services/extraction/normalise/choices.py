"""Options of which some are marked: ■ 생계급여 □ 의료급여, or [√] 생계급여 [ ] 의료급여, or 생계급여○ 의료급여. Pure.

Every option of the template must be printed once and be told ticked or unticked without doubt, and one at least must be
ticked: where none is, the ticks may be drawn and no text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from shared.catalog.templates import fold, key

YES = "○◯〇●√✓✔vVoO"
"""Marks that stand in the brackets of a ticked option, or behind it; an empty bracket or nothing says no."""
_FULL = "■◼⬛☑"
_EMPTY = "□◻⬜☐"
_GAP = " ,/|;·"
_IN_BRACKETS = rf"[\[(〔]\s*(?P<inside>[{YES}]?)\s*[\])〕]"


class _Token(NamedTuple):
    kind: Literal["option", "box", "ring", "gap"]
    code: str = ""
    ticked: bool = False


def choice_of(text: str, codes: Mapping[str, str]) -> str | None:
    """Return the code of the option that `text` is, or of the one option in it that is ticked."""
    by_key = {key(option): code for option, code in codes.items()}
    if code := by_key.get(key(text)):
        return code
    ticked = ticks_of(text, codes)
    return ticked[0] if ticked and len(ticked) == 1 else None


def ticks_of(text: str, codes: Mapping[str, str]) -> list[str] | None:
    """Return the codes of the ticked options in the template's order; None in any doubt."""
    tokens = _tokens(text, codes)
    if tokens is None:
        return None
    solid = [token for token in tokens if token.kind != "gap"]
    ticked = _boxed(solid) if any(token.kind == "box" for token in solid) else _ringed(tokens)
    order = tuple(dict.fromkeys(codes.values()))
    if not ticked or sorted(token.code for token in solid if token.kind == "option") != sorted(order):
        return None
    return [code for code in order if code in ticked]


def _tokens(text: str, codes: Mapping[str, str]) -> list[_Token] | None:
    """Return `text` cut into options, marks and what stands between; None where anything else is in it."""
    by_key = {key(option): code for option, code in codes.items()}
    options = "|".join(r"\s*".join(map(re.escape, option)) for option in sorted(by_key, key=len, reverse=True))
    pattern = re.compile(rf"(?P<option>{options})|{_IN_BRACKETS}|(?P<mark>[{_FULL}{_EMPTY}{YES}])|(?P<gap>[{_GAP}]+)")
    tokens, at, folded = list[_Token](), 0, fold(text)
    while at < len(folded):
        match = pattern.match(folded, at)
        if not match:
            return None
        tokens.append(_token(match, by_key))
        at = match.end()
    return tokens


def _token(match: re.Match[str], by_key: Mapping[str, str]) -> _Token:
    if option := match["option"]:
        return _Token("option", by_key[key(option)])
    if match["gap"]:
        return _Token("gap")
    if match["inside"] is not None:
        return _Token("box", ticked=bool(match["inside"]))
    mark = match["mark"]
    return _Token("ring", mark, ticked=True) if mark in YES else _Token("box", ticked=mark in _FULL)


def _boxed(solid: Sequence[_Token]) -> set[str] | None:
    """Return what is ticked where every option has a box: all of them before their options, or all behind."""
    first, second = solid[::2], solid[1::2]
    if len(first) != len(second) or len({token.kind for token in first}) + len({token.kind for token in second}) != 2:
        return None
    options, boxes = (first, second) if solid[0].kind == "option" else (second, first)
    if {options[0].kind, boxes[0].kind} != {"option", "box"}:
        return None
    return {option.code for option, box in zip(options, boxes, strict=True) if box.ticked}


def _ringed(tokens: Sequence[_Token]) -> set[str] | None:
    """Return what is ticked where one and the same mark stands behind the ticked alone, and apart from what follows."""
    if len({token.code for token in tokens if token.kind == "ring"}) != 1:
        return None
    ticked = set()
    padded = [_Token("gap"), *tokens, _Token("gap")]
    for before, token, after in _triples(padded):
        if token.kind == "ring":
            if before.kind != "option" or after.kind != "gap":
                return None
            ticked.add(before.code)
    return ticked


def _triples(tokens: Sequence[_Token]) -> Iterator[tuple[_Token, _Token, _Token]]:
    return zip(tokens, tokens[1:], tokens[2:], strict=False)
