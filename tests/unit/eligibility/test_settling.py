"""The fewest facts that would settle a review, against trying every one of them."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.evidence import Evidence
from services.eligibility.kleene import Result, all_of, any_of
from services.eligibility.settling import settling
from shared.catalog.conditions import All, AnyOf, Leaf
from shared.catalog.ranks import Level
from tests.unit.eligibility.cases import programme

LEAF = programme().leaves[0]
results = st.sampled_from(["met", "not_met", "cannot_tell", "cannot_tell"])


def leaf(at: int) -> Leaf:
    return LEAF.model_copy(update={"code": f"C{at:02}"})


@st.composite
def programmes(draw):
    """A programme of at most eight conditions, with or without a priority list, and what is known of each."""
    count = iter(range(8))

    def tree(depth: int):
        if depth == 0 or draw(st.booleans()):
            at = next(count, None)
            return None if at is None else leaf(at)
        parts = [part for part in (tree(depth - 1) for _ in range(draw(st.integers(1, 3)))) if part is not None]
        if not parts:
            return None
        return All.model_construct(all=tuple(parts)) if draw(st.booleans()) else AnyOf.model_construct(any=tuple(parts))

    base = tree(2) or leaf(90)
    trees = [one for one in (tree(1) for _ in range(draw(st.integers(0, 3)))) if one is not None]
    levels = tuple(Level.model_construct(level=at, name=LEAF.name, condition=one) for at, one in enumerate(trees, 1))
    rules = programme(conditions=base, priorities=levels)
    return rules, {one.code: draw(results) for one in rules.leaves}


def joined(node, known) -> Result:
    if isinstance(node, Leaf):
        return known[node.code]
    parts = node.all if isinstance(node, All) else node.any
    return (all_of if isinstance(node, All) else any_of)(joined(part, known) for part in parts)


def outcome(rules, known) -> Result:
    levels: Result = "met" if not rules.priorities else "not_met"
    for level in rules.priorities:
        result = joined(level.condition, known)
        if result != "not_met":
            levels = result
            break
    return all_of((joined(rules.conditions, known), levels))


def settled_by(rules, known, codes) -> set[Result]:
    """What it can come to once these are known, whichever way."""
    ways = product(("met", "not_met"), repeat=len(codes))
    return {outcome(rules, known | dict(zip(codes, way, strict=True))) for way in ways} - {"cannot_tell"}


@given(programmes())
def test_no_fewer_facts_would_settle_it_and_these_can(made):
    rules, known = made
    found = {code: Evidence(result, "", None) for code, result in known.items()}
    chosen = settling(found, rules)
    unknown = [code for code, result in known.items() if result == "cannot_tell"]
    assert set(chosen) <= set(unknown)
    fewest = next(
        size
        for size in range(len(unknown) + 1)
        if any(settled_by(rules, known, codes) for codes in combinations(unknown, size))
    )
    assert len(chosen) == fewest
    ways = settled_by(rules, known, chosen)
    assert ways
    if any("met" in settled_by(rules, known, codes) for codes in combinations(unknown, fewest)):
        assert "met" in ways


@given(programmes())
def test_it_is_told_in_the_order_of_the_programme_and_the_same_each_time(made):
    rules, known = made
    found = {code: Evidence(result, "", None) for code, result in known.items()}
    chosen = settling(found, rules)
    assert chosen == settling(dict(reversed(found.items())), rules)
    assert list(chosen) == [one.code for one in rules.leaves if one.code in chosen]


def test_what_is_settled_needs_nothing():
    assert settling({one.code: Evidence("met", "", None) for one in programme().leaves}, programme()) == ()
