"""Joining what was found of single conditions along a programme's tree of them. Pure."""

from collections.abc import Iterable, Mapping

from services.eligibility.evidence import Evidence, unique
from services.eligibility.kleene import Result, all_of, any_of
from services.eligibility.questions import Question
from shared.catalog.conditions import All, Condition, Leaf


def join(node: Condition, results: Mapping[str, Result]) -> Result:
    """Give what a tree comes to; `results` are by condition code."""
    if isinstance(node, Leaf):
        return results[node.code]
    joined = [join(part, results) for part in node.parts]
    return all_of(joined) if isinstance(node, All) else any_of(joined)


def waiting(nodes: Iterable[Condition], found: Mapping[str, Evidence]) -> tuple[Question, ...]:
    """Give the unanswered questions of trees that cannot be told, in order of their keys.

    Where other children decide a branch already, no question below it is worth asking.
    """
    return in_order(_asked(nodes, found, {code: one.result for code, one in found.items()}))


def in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Give each question once, in order of their keys."""
    return tuple(sorted(unique(questions), key=lambda question: question.key))


def _asked(nodes: Iterable[Condition], found: Mapping[str, Evidence], results: Mapping[str, Result]) -> list[Question]:
    asked: list[Question] = []
    for node in nodes:
        if isinstance(node, Leaf):
            asked += found[node.code].questions
        elif join(node, results) == "cannot_tell":
            asked += _asked(node.parts, found, results)
    return asked
