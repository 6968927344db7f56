"""Screening: each condition met, not met or cannot tell; eligible, ineligible or for review; and never a guess.

Pure: the same facts, submitter, programme version, as-of date and answers give the same screening, byte for byte. It is
a recommendation, which a person confirms (행정기본법 20조).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from services.eligibility import readings
from services.eligibility.explaining import ConditionResult, Decision, Pages, Screening, explain, pages_in
from services.eligibility.joining import in_order
from services.eligibility.questions import Answer, Question
from services.eligibility.ruling import Ruling
from services.eligibility.trust import Doubt, doubts_of_document
from services.eligibility.work import job_question
from shared.catalog.programmes import Programme
from shared.facts import Facts, Submitter

__all__ = [
    "Answer",
    "ConditionResult",
    "Decision",
    "Doubt",
    "Pages",
    "Question",
    "Screening",
    "decide",
    "explain",
    "pages_in",
    "questions_in",
    "screen",
]


def screen(
    facts: Facts,
    submitter: Submitter,
    programme: Programme,
    *,
    as_of: date,
    answers: Mapping[Question, Answer],
    elsewhere: Mapping[int, Sequence[Doubt]] = MappingProxyType({}),
    pages: Pages = MappingProxyType({}),
) -> Screening:
    """Screen one submission against one programme version, in words.

    Of `answers` only those in `questions_in` of the same facts matter. `elsewhere` says of which certificates, by their
    place, another holder sent the same; `pages` where the values stand. Nothing that a certificate may say raises.
    """
    decision = decide(facts, submitter, programme, as_of=as_of, answers=answers, elsewhere=elsewhere)
    return explain(decision, programme, as_of, pages)


def decide(
    facts: Facts,
    submitter: Submitter,
    programme: Programme,
    *,
    as_of: date,
    answers: Mapping[Question, Answer],
    elsewhere: Mapping[int, Sequence[Doubt]] = MappingProxyType({}),
) -> Decision:
    """Decide what `screen` then words."""
    return Ruling(programme, as_of).decide(facts, submitter, answers, elsewhere)


def questions_in(facts: Facts, programme: Programme, as_of: date) -> tuple[Question, ...]:
    """Give every question about the world that a screening of `facts` could rest on, answered or not, in order of keys.

    It depends on nothing but facts, programme and date, so a change of any other answer cannot change a screening.
    """
    tests = [(leaf.test, leaf.observes) for leaf in programme.leaves if leaf.test.kind == "works_in"]
    readable = [one for one in facts.certificates if not doubts_of_document(one, programme, as_of)]
    asked = [
        job_question(test, job)
        for test, kinds in tests
        for one in readable
        if one.kind in kinds
        for job in readings.jobs(one, as_of) or ()
    ]
    return in_order([question for question in asked if question is not None])
