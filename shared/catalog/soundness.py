"""Whether a programme makes sense as a whole: no condition in it that can never be told, or never turns the scale."""

from collections.abc import Collection, Iterator, Mapping

from shared.catalog.conditions import All, AnyOf, Leaf, placed
from shared.catalog.programmes import Programme
from shared.catalog.reach import always_needed, asks, covers, never_together
from shared.catalog.strict import CatalogError, must_be_known
from shared.catalog.templates import CertificateKind

_UNOBSERVED = ("declares_work", "external")
"""Tests that rest on no certificate."""
_TYPE = {"one_of": "choice", "ticked": "ticks", "lives_in": "address"}
"""What type of value a test needs."""

_OF_A_HOUSEHOLD = ("in_register", "spouse_in_register")

_Fault = tuple[str, str]
_Tree = All | AnyOf | Leaf


def must_be_sound(programme: Programme, kinds: Mapping[str, CertificateKind], file: str) -> None:
    """Raise `CatalogError` for the first thing in `programme` that does not hold together, with what to do about it."""
    for place, named in _named_kinds(programme).items():
        for stranger in sorted(set(named) - set(programme.accepts.kinds)):
            problem = f"it names {stranger}, which the programme does not accept: add it to accepts, or take it out"
            raise CatalogError(file, f"{place}.{stranger}", problem)
        must_be_known(named, kinds, file, place)
    for place, problem in (*_dates(programme), *_ranks(programme), *_points(programme, kinds), *_needed(programme)):
        raise CatalogError(file, place, problem)
    places: dict[str, str] = {}
    for root, tree in _trees(programme):
        for place, leaf, above in placed(tree, root):
            if leaf.code in places:
                raise CatalogError(file, place, f"the condition code {leaf.code} stands twice: give each its own")
            places[leaf.code] = place
            for at, problem in (*_observed(leaf, kinds), *_decided(leaf, kinds), *_idle(leaf, above)):
                raise CatalogError(file, f"{place}.{at}", problem)
    for place, problem in _never_met(programme):
        raise CatalogError(file, place, problem)


def _trees(programme: Programme) -> list[tuple[str, _Tree]]:
    levels = enumerate(programme.priorities)
    return [
        ("conditions", programme.conditions),
        *((f"priorities.{at}.condition", one.condition) for at, one in levels),
    ]


def _named_kinds(programme: Programme) -> dict[str, tuple[str, ...]]:
    """Every certificate kind that the file names, by where it does."""
    found: dict[str, tuple[str, ...]] = {
        "accepts": programme.accepts.kinds,
        "freshness_days": tuple(programme.freshness_days),
        "issued_on_or_after": tuple(programme.issued_on_or_after),
        "newest_counts": programme.newest_counts,
    }
    for root, tree in _trees(programme):
        found |= {f"{place}.observes": tuple(leaf.observes) for place, leaf, _ in placed(tree, root)}
    for at, item in enumerate(programme.score_table):
        found[f"score_table.{at}.observes"] = tuple(getattr(item, "observes", ()))
    return found


def _dates(programme: Programme) -> Iterator[_Fault]:
    if not programme.accepts.kinds:
        yield "accepts", "accepts names no certificate kind"
    if programme.opens_at and programme.closes_at and programme.closes_at <= programme.opens_at:
        yield "closes_at", "closes_at is not after opens_at: exchange or correct them"
    labelled = {entry.place for entry in programme.unverified}
    for place in ("opens_at", "closes_at"):
        if getattr(programme, place) is None and place not in labelled:
            yield place, f"{place} is null, so it must be labelled in unverified"
    needs_day = {"as_of": programme.as_of.policy == "announcement", "issued_on_or_after": programme.issued_on_or_after}
    for place, needed in needs_day.items():
        if needed and programme.announced_on is None:
            yield place, "it goes by the day of the announcement, which is not known: write announced_on"


def _ranks(programme: Programme) -> Iterator[_Fault]:
    order = programme.selection.order if programme.selection else ()
    for name, place, has in (
        ("priority", "priorities", programme.priorities),
        ("score", "score_table", programme.score_table),
    ):
        if name in order and not has:
            yield "selection.order", f"it ranks by {name}, but there is no {place}: write one, or take {name} out"
    if [one.level for one in programme.priorities] != list(range(1, len(programme.priorities) + 1)):
        yield "priorities", "levels are numbered 1, 2, 3 and so on, in the order in which they stand"
    for at, level in enumerate(programme.priorities):
        for before in programme.priorities[:at]:
            if covers(before.condition, level.condition):
                problem = f"whoever meets level {level.level} meets level {before.level}, so nobody reaches it"
                yield f"priorities.{at}", f"{problem}: take one out, or exchange them"


def _points(programme: Programme, kinds: Mapping[str, CertificateKind]) -> Iterator[_Fault]:
    codes = [item.code for item in programme.score_table]
    for at, item in enumerate(programme.score_table):
        place = f"score_table.{at}"
        if item.code in codes[:at]:
            yield f"{place}.code", f"the code {item.code} stands twice: give each its own"
        for kind, value in getattr(item, "observes", {}).items():
            yield from _known(value, kinds[kind].value_names, f"{place}.observes.{kind}")
            for code in item.points if item.kind == "code" else ():
                yield from _known(code, set(kinds[kind].codes.get(value, {}).values()), f"{place}.points.{code}")


def _needed(programme: Programme) -> Iterator[_Fault]:
    """Who did not send what has to be sent must not be eligible: some condition that turns the scale rests on it."""
    accepts, levels = programme.accepts, [one.condition for one in programme.priorities]
    wanted: list[tuple[str, tuple[str, ...]]] = [(f"all_of.{kind}", (kind,)) for kind in accepts.all_of]
    wanted += [("any_of", accepts.any_of)] if accepts.any_of else []
    for place, kinds in wanted:
        if _can_be_met(programme.conditions, kinds) and (not levels or any(_can_be_met(one, kinds) for one in levels)):
            problem = f"who did not send {' or '.join(kinds)} could be eligible: let a condition that everybody needs"
            yield f"accepts.{place}", f"{problem} rest on it, such as one of kind holds, or put it under also"


def _can_be_met(node: _Tree, without: Collection[str]) -> bool:
    if isinstance(node, Leaf):
        contrary = node.test.contradicted_by if node.test.kind == "holds" else ()
        return node.by_person or not node.observes or bool(set(node.observes) - set(without) - set(contrary))
    parts = (_can_be_met(part, without) for part in node.parts)
    return all(parts) if isinstance(node, All) else any(parts)


def _known(name: str, known: Collection[str], place: str) -> Iterator[_Fault]:
    if name not in known:
        yield place, f"{name} is not known; known are {', '.join(sorted(known))}"


def _observed(leaf: Leaf, kinds: Mapping[str, CertificateKind]) -> Iterator[_Fault]:
    if leaf.test.kind in _UNOBSERVED:
        if leaf.observes:
            yield "observes", f"a condition of kind {leaf.test.kind} rests on no certificate: take observes out"
        return
    if not leaf.observes:
        yield "observes", "no certificate could ever show this: name the kinds that do, or make it an external check"
    for kind, value in leaf.observes.items():
        yield from _known(value, kinds[kind].value_names, f"observes.{kind}")
        wanted = _TYPE.get(leaf.test.kind)
        if wanted and kinds[kind].types.get(value) != wanted:
            fitting = sorted(name for name, type_ in kinds[kind].types.items() if type_ == wanted)
            named = ", ".join(fitting) or "none"
            yield f"observes.{kind}", f"{leaf.test.kind} needs a value of type {wanted}; {kind} has {named}"


def _decided(leaf: Leaf, kinds: Mapping[str, CertificateKind]) -> Iterator[_Fault]:
    """A condition that comes out the same whatever is read decides nothing."""
    test = leaf.test
    if test.kind == "holds":
        if strangers := set(test.contradicted_by) - set(leaf.observes):
            yield "test.contradicted_by", f"{min(strangers)} is not observed here: add it to observes, or take it out"
        elif set(test.contradicted_by) == set(leaf.observes):
            yield (
                "test.contradicted_by",
                "every observed kind contradicts it, so it can never be met: observe one that shows it",
            )
    if test.kind in _OF_A_HOUSEHOLD and leaf.observes != {"RR_FULL": "members"}:
        yield "observes", "only the household copy of the register lists a household: write {RR_FULL: members}"
    if test.kind == "income_at_most":
        for kind, value in leaf.observes.items():
            if not {f"{value}[].year", f"{value}[].income"} <= kinds[kind].types.keys():
                yield (
                    f"observes.{kind}",
                    f"{value} is no table of incomes by year: name one whose rows have year and income",
                )
    if test.kind not in ("one_of", "ticked"):
        return
    for kind, value in leaf.observes.items():
        known = set(kinds[kind].codes[value].values())
        for code in sorted(set(test.codes) - known):
            yield "test.codes", f"{code} is no code of {kind}.{value}; known are {', '.join(sorted(known))}"
        if set(test.codes) == known:
            yield "test.codes", f"every code of {kind}.{value} is named, so it always comes out the same: leave one out"


def _idle(leaf: Leaf, above: tuple[Leaf, ...]) -> Iterator[_Fault]:
    for other in above:
        if asks(leaf) == asks(other):
            yield "test", f"{other.code} finds out the same and outweighs it, so it never turns the scale: take one out"


def _never_met(programme: Programme) -> Iterator[_Fault]:
    """Nobody meets two conditions at once that hold of nobody at once."""
    everybody = always_needed(programme.conditions)
    for root, tree in _trees(programme):
        for place, other in never_together(tree, root, () if root == "conditions" else everybody):
            yield f"{place}.test", f"nobody who meets {other.code} meets it, so it is never met: correct one of them"
