"""A programme or an institution is found by name or alias, typed whole, in initial consonants (초성) or half-way.

Half-way is half-way through a syllable, as Korean is composed key by key.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from shared.catalog.parties import Institution
from shared.catalog.programmes import Programme

Thing = TypeVar("Thing", Programme, Institution)

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_JOINED = "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ"
_PARTED = ("ㄱㅅ", "ㄴㅈ", "ㄴㅎ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ", "ㄹㅎ", "ㅂㅅ")
_PAIRS = dict(zip(_JOINED, _PARTED, strict=True))
"""Consonants that one key press or one syllable joins, and what was meant: ㄳ is ㄱ and then ㅅ."""
_FIRST, _LAST = 0xAC00, 0xD7A3
_IGNORED = frozenset(" \t\n·ㆍ・()[]-")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_CONJOINING = {0x1100 + place: initial for place, initial in enumerate(_INITIALS)}
"""Some input methods, and file names from macOS, use these instead of the compatibility letters."""


def normalise(text: str) -> str:
    """Give `text` composed (NFC), half width, in lower case, without spaces and brackets, joined consonants parted."""
    plain = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH).translate(_CONJOINING).lower()
    return "".join(_PAIRS.get(char, char) for char in plain if char not in _IGNORED)


def initials(text: str) -> str:
    """Give the initial consonant of each syllable of `text`, and every other character as it is."""
    return "".join(_initial(char) for char in text)


def position(query: str, text: str) -> int | None:
    """Give where in `text` (both normalised) `query` first matches, from 0, or None."""
    places = (at for typed in _readings(query) for at in range(len(text) - len(typed) + 1) if _matches(typed, text, at))
    return min(places, default=None)


def search(query: str, programmes: Iterable[Programme]) -> list[Programme]:
    """Give the programmes that `query` finds; a blank query finds all.

    A whole name comes before the start of one, and that before a match within; a name before an alias.
    """
    return _search(query, programmes, lambda one: (one.name.ko, *one.aliases, one.name.en))


def search_institutions(query: str, institutions: Iterable[Institution]) -> list[Institution]:
    """Give the institutions that `query` finds, as programmes are found."""
    return _search(query, institutions, lambda one: (one.name.ko, one.name.en))


def _search(query: str, things: Iterable[Thing], names: Callable[[Thing], Iterable[str]]) -> list[Thing]:
    typed = normalise(query)
    found = [(rank, thing) for thing in things if (rank := _rank(typed, names(thing))) is not None]
    return [thing for rank, thing in sorted(found, key=lambda pair: (pair[0], pair[1].name.ko, pair[1].id))]


def _rank(typed: str, names: Iterable[str]) -> tuple[int, int] | None:
    ranks = []
    for order, name in enumerate(names):
        text = normalise(name)
        at = position(typed, text)
        if at is not None:
            closeness = 2 if at else int(len(typed) < len(text))
            ranks.append((closeness, min(order, 1)))
    return min(ranks, default=None)


def _readings(query: str) -> Iterator[str]:
    """What the keys pressed so far may mean: the last syllable's final consonant may begin the next one (잣 = 자ㅅ)."""
    yield query
    if not query or not _syllable(query[-1]):
        return
    final = _final(query[-1])
    if final:
        joined = _PAIRS.get(_FINALS[final], _FINALS[final])
        kept, moved = joined[:-1], joined[-1]
        yield query[:-1] + chr(ord(query[-1]) - final + _FINALS.index(kept)) + moved


def _matches(typed: str, text: str, at: int) -> bool:
    there = text[at : at + len(typed)]
    whole = all(char in (other, _initial(other)) for char, other in zip(typed[:-1], there[:-1], strict=True))
    return whole and (not typed or typed[-1] in (there[-1], _initial(there[-1])) or _begins(typed[-1], there[-1]))


def _begins(typed: str, char: str) -> bool:
    """Whether the syllable `typed` may still become `char`: 모 may become 목, 갑 may become 값."""
    if not (_syllable(typed) and _syllable(char)):
        return False
    final, wanted = _final(typed), _final(char)
    same_beginning = ord(typed) - final == ord(char) - wanted
    return same_beginning and (final == 0 or _PAIRS.get(_FINALS[wanted], "")[:1] == _FINALS[final])


def _initial(char: str) -> str:
    return _INITIALS[(ord(char) - _FIRST) // 588] if _syllable(char) else char


def _final(syllable: str) -> int:
    return (ord(syllable) - _FIRST) % 28


def _syllable(char: str) -> bool:
    return _FIRST <= ord(char) <= _LAST
