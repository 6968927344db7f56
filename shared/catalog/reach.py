"""What is never met together, and what is met whenever something else is: by the rules alone, whoever applies. Pure."""

from collections.abc import Iterator

from shared.catalog.conditions import All, AnyOf, Leaf
from shared.regions import SEOUL

Tree = All | AnyOf | Leaf
_DISTRICTS = frozenset(SEOUL.values())


def asks(node: Tree) -> object:
    """What a tree finds out, in a form that is equal where that is the same."""
    if isinstance(node, Leaf):
        return node.test.model_dump_json(), tuple(sorted(node.observes.items())), node.when_not_sent
    return isinstance(node, All), frozenset(map(asks, node.parts))


def never_together(node: Tree, place: str, needed: tuple[Leaf, ...] = ()) -> Iterator[tuple[str, Leaf]]:
    """Give the place of each leaf that cannot be met where another must be, and that other; `needed` are met anyway."""
    if isinstance(node, Leaf):
        yield from ((place, other) for other in needed if _apart(node, other))
        return
    beside = needed
    for at, part in enumerate(node.parts):
        others = [one for one in node.parts[:at] if isinstance(node, All)]
        if isinstance(node, All) and not isinstance(part, Leaf):
            others = [one for one in node.parts if one is not part]  # a branch is idle whichever stands first
        yield from never_together(part, f"{place}.{_word(node)}.{at}", (*beside, *_always(others)))


def always_needed(node: Tree) -> tuple[Leaf, ...]:
    """Give the leaves that whoever meets a tree meets."""
    return tuple(_always([node]))


def covers(wide: Tree, narrow: Tree) -> bool:
    """Tell whether whoever meets `narrow` meets `wide` too."""
    if isinstance(wide, All):
        return all(covers(part, narrow) for part in wide.parts)
    if isinstance(narrow, AnyOf):
        return all(covers(wide, part) for part in narrow.parts)
    if isinstance(wide, AnyOf) and any(covers(part, narrow) for part in wide.parts):
        return True
    if isinstance(narrow, All):
        return any(covers(wide, part) for part in narrow.parts)
    return isinstance(wide, Leaf) and _implied(wide, narrow)


def _always(nodes: list[Tree]) -> Iterator[Leaf]:
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
        elif isinstance(node, All):
            yield from _always(list(node.parts))


def _word(node: All | AnyOf) -> str:
    return "all" if isinstance(node, All) else "any"


def _apart(one: Leaf, other: Leaf) -> bool:
    """Tell whether two tests of one thing hold of nobody at once. An age is the submitter's, whatever shows it."""
    mine, theirs = one.test, other.test
    if mine.kind == "age_between" and theirs.kind == "age_between" and mine.counted == theirs.counted:
        return not (_reaches(mine.high, theirs.low) and _reaches(theirs.high, mine.low))
    if one.observes != other.observes:
        return False
    if mine.kind == "lives_in" and theirs.kind == "lives_in":
        return not (_within(mine.region, theirs.region) or _within(theirs.region, mine.region))
    if mine.kind == "one_of" and theirs.kind == "one_of":
        return not set(mine.codes) & set(theirs.codes)
    if mine.kind == "ticked" and theirs.kind == "ticked":
        return _ticks_apart(mine.relation, set(mine.codes), theirs.relation, set(theirs.codes)) or _ticks_apart(
            theirs.relation, set(theirs.codes), mine.relation, set(mine.codes)
        )
    return False


def _ticks_apart(relation: str, codes: set[str], of_other: str, others: set[str]) -> bool:
    if relation == "only":  # there is always a tick
        return of_other in ("only", "any_of") and not codes & others
    return relation == "none_of" and of_other in ("only", "any_of") and others <= codes


def _implied(wide: Leaf, narrow: Leaf) -> bool:
    mine, theirs = wide.test, narrow.test
    if asks(wide) == asks(narrow):
        return True
    if wide.by_person or not narrow.observes.items() <= wide.observes.items():
        return False
    if mine.kind == "age_between" and theirs.kind == "age_between" and mine.counted == theirs.counted:
        highest = mine.high is None or (theirs.high is not None and theirs.high <= mine.high)
        return mine.low <= theirs.low and highest
    if mine.kind == "lives_in" and theirs.kind == "lives_in":
        return _within(theirs.region, mine.region)
    if mine.kind == "one_of" and theirs.kind == "one_of":
        return set(theirs.codes) <= set(mine.codes)
    if mine.kind == "ticked" and theirs.kind == "ticked":
        if mine.relation == "none_of":
            return theirs.relation == "none_of" and set(mine.codes) <= set(theirs.codes)
        same = theirs.relation == mine.relation or (mine.relation, theirs.relation) == ("any_of", "only")
        return same and set(theirs.codes) <= set(mine.codes)
    return False


def _reaches(high: int | None, low: int) -> bool:
    return high is None or low <= high


def _within(inner: str, outer: str) -> bool:
    return inner == outer or outer == "capital_area" or (outer == "seoul" and inner in _DISTRICTS)
