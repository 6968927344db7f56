"""Evidence for one condition, and the best of several pieces of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from services.eligibility.kleene import Result
from services.eligibility.questions import Answer, Question
from services.eligibility.readings import Job
from services.eligibility.trust import Sent
from shared.catalog.parameters import MedianIncome
from shared.facts import Settled, Submitter
from shared.regions import Place

AS_RESULT: Mapping[Place, Result] = {"inside": "met", "outside": "not_met", "unknown": "cannot_tell"}
"""What a place says of a condition that asks for it."""
_RANK: Mapping[Result, int] = {"met": 0, "cannot_tell": 1, "not_met": 2}


class Case(NamedTuple):
    """What a condition is decided on, beside the certificates."""

    submitter: Submitter
    as_of: date
    answers: Mapping[Question, Answer]
    sent: Sequence[Sent] = ()
    """All the certificates, where one is read beside another."""
    median_income: MedianIncome | None = None
    settled: Mapping[str, Settled] = {}
    """By condition code, what officials found of what certificates leave open."""


class Look(NamedTuple):
    """One certificate that counts, looked at for one condition."""

    test: Any
    """The condition's test, of the kind that the function which looks is made for."""
    value: str
    """The name of the observed value."""
    sent: Sent
    case: Case


class Printed(NamedTuple):
    """Codes of one value of a certificate, to be said as they are printed there."""

    kind: str
    value: str
    codes: tuple[str, ...]


class Evidence(NamedTuple):
    """What was found. `words` fill the gaps of the sentence `why`; `paths` lead into the provenance of `sent`."""

    result: Result
    why: str
    sent: Sent | None
    """The certificate that shows it; None where none does."""
    observed: str = ""
    words: Mapping[str, object] = {}
    paths: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    job: Job | None = None
    """The employment it is about, in place of `paths`: where that stands only matters where it is told."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Where it stands in the provenance of `sent`."""
        return self.job.paths if self.job else self.paths


def best(found: Sequence[Evidence]) -> Evidence:
    """Any of them (Kleene): the first that is met, else the first that cannot be told, with the questions of all."""
    if len(found) == 1:
        return found[0]
    best = min(found, key=_rank)
    if best.result != "cannot_tell":
        return best
    return best._replace(questions=unique(question for one in found for question in one.questions))


def _rank(one: Evidence) -> int:
    return _RANK[one.result]


Item = TypeVar("Item")


def unique(items: Iterable[Item]) -> tuple[Item, ...]:
    """Give each item once, where it first stood."""
    return tuple(dict.fromkeys(items))
