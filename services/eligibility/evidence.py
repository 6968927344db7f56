"""Evidence for one condition, and the best of several pieces of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from services.eligibility.kleene import Result
from services.eligibility.questions import Answer, Question
from services.eligibility.trust import Sent
from shared.facts import Submitter
from shared.regions import Place

AS_RESULT: Mapping[Place, Result] = {"inside": "met", "outside": "not_met", "unknown": "cannot_tell"}
"""What a place says of a condition that asks for it."""
_RANK: Mapping[Result, int] = {"met": 0, "cannot_tell": 1, "not_met": 2}


class Case(NamedTuple):
    """What a condition is decided on, beside the certificates."""

    submitter: Submitter
    as_of: date
    answers: Mapping[Question, Answer]


class Evidence(NamedTuple):
    """What was found. `words` fill the gaps of the sentence `why`; `paths` lead into the provenance of part `sent`."""

    result: Result
    why: str
    observed: str = ""
    words: Mapping[str, object] = {}
    paths: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    sent: Sent | None = None


def best(found: Sequence[Evidence]) -> Evidence:
    """Any of them (Kleene): the first that is met, else the first that cannot be told, with the questions of all."""
    best = min(found, key=lambda one: _RANK[one.result])
    if best.result != "cannot_tell":
        return best
    return best._replace(questions=unique(question for one in found for question in one.questions))


Item = TypeVar("Item")


def unique(items: Iterable[Item]) -> tuple[Item, ...]:
    """Give each item once, where it first stood."""
    return tuple(dict.fromkeys(items))
