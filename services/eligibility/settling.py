"""Which facts would settle a review: the fewest that could, so that nobody is asked for more than is needed."""

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from services.eligibility.evidence import Evidence
from services.eligibility.kleene import Result
from shared.catalog.conditions import All, AnyOf, Leaf
from shared.catalog.programmes import Programme

_Codes = tuple[str, ...]


class _Ways(NamedTuple):
    """The fewest unknown conditions that must come out so for a part of the tree to be met, or not; None: it cannot."""

    met: _Codes | None
    not_met: _Codes | None


_KNOWN: Mapping[Result, _Ways] = {"met": _Ways((), None), "not_met": _Ways(None, ())}


def settling(found: Mapping[str, Evidence], programme: Programme) -> _Codes:
    """Give the codes of the fewest conditions that, once known, can settle the outcome; none where it is settled.

    Known means known either way, so they settle it if they come out as hoped. Of several ways with as few, one to
    eligible comes before one to ineligible, and of those the one that stands first in the programme. In their order.
    """
    base = _ways(programme.conditions, found)
    levels = [_ways(level.condition, found) for level in programme.priorities]
    if levels:
        on_one = [_together([one.not_met for one in levels[:at]] + [levels[at].met]) for at in range(len(levels))]
        whole = _Ways(
            _together([base.met, _fewest(on_one)]),
            _fewest([base.not_met, _together([one.not_met for one in levels])]),
        )
    else:
        whole = base
    chosen = set(_fewest([whole.met, whole.not_met]) or ())
    return tuple(leaf.code for leaf in programme.leaves if leaf.code in chosen)


def _ways(node: All | AnyOf | Leaf, found: Mapping[str, Evidence]) -> _Ways:
    if isinstance(node, Leaf):
        return _KNOWN.get(found[node.code].result) or _Ways((node.code,), (node.code,))
    parts = [_ways(part, found) for part in node.parts]
    met, not_met = [one.met for one in parts], [one.not_met for one in parts]
    if isinstance(node, All):
        return _Ways(_together(met), _fewest(not_met))
    return _Ways(_fewest(met), _together(not_met))


def _together(ways: list[_Codes | None]) -> _Codes | None:
    """All of these ways at once."""
    return None if None in ways else tuple(chain.from_iterable(way for way in ways if way))


def _fewest(ways: list[_Codes | None]) -> _Codes | None:
    return min((way for way in ways if way is not None), key=len, default=None)
