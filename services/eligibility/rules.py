"""Screening: each condition met, not met or cannot tell; eligible, ineligible or for review; and never a guess.

Pure: the same facts, submitter, programme version, as-of date and answers give the same screening, byte for byte. It is
a recommendation, which a person confirms (행정기본법 20조).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from services.eligibility import readings
from services.eligibility.conditions import evidence
from services.eligibility.evidence import Case, Evidence, unique
from services.eligibility.kleene import Result, all_of, any_of
from services.eligibility.questions import Answer, Question
from services.eligibility.trust import Doubt, Finding, doubts_of_document, examine
from services.eligibility.wording import why
from services.eligibility.work import job_question
from shared.catalog.conditions import All, AnyOf, Leaf, WorksIn
from shared.catalog.programmes import Programme
from shared.events import Outcome
from shared.facts import Facts, Submitter

__all__ = ["Answer", "ConditionResult", "Doubt", "Question", "Screening", "questions_in", "screen"]

_Joined = tuple[Result, tuple[Question, ...]]
_OUTCOME: Mapping[Result, Outcome] = {"met": "eligible", "not_met": "ineligible", "cannot_tell": "review"}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ConditionResult(_Record):
    """One condition of the programme, with what it rests on."""

    code: str
    result: Result
    why: str
    """What decided it, as a code of `wording.WHY`."""
    reason_ko: str
    """Whole sentences, to be read aloud."""
    reason_en: str
    observed: str
    """The value that decided it, as printed or as ISO 8601; empty where there is none."""
    part: int | None
    """The certificate it came from, by its place in the submission; None where from none."""
    fields: tuple[str, ...]
    """Where in that certificate: keys of `CertificateProvenance.fields`, where page and box are found."""
    law: str


class Screening(_Record):
    """What the machine recommends, on which rules and date, and why. Sealed: it shows what a certificate says."""

    programme_id: str
    programme_version: int
    as_of: date
    outcome: Outcome
    conditions: tuple[ConditionResult, ...]
    """Every condition, in the programme's order, whether or not it turned the scale."""
    waiting: tuple[Question, ...]
    """Unanswered questions whose answer could yet settle it, in order of their keys; none once it is settled."""
    findings: tuple[Finding, ...]
    """What is said of any of the certificates, in alphabetical order; the outcome already heeds it."""
    of_certificates: dict[int, tuple[Finding, ...]]
    """The same for each of them of which something is said, by its place in the submission."""


def screen(
    facts: Facts,
    submitter: Submitter,
    programme: Programme,
    *,
    as_of: date,
    answers: Mapping[Question, Answer],
    elsewhere: Mapping[int, Sequence[Doubt]] = MappingProxyType({}),
) -> Screening:
    """Screen one submission against one programme version.

    Of `answers` only those in `questions_in` of the same facts matter. `elsewhere` says of which certificates, by their
    place, another holder sent the same. Nothing that a certificate may say raises.
    """
    sent, case = examine(facts, submitter, programme, as_of, elsewhere), Case(submitter, as_of, answers)
    leaves = programme.leaves
    found = {leaf.code: evidence(leaf, sent, case) for leaf in leaves}
    result, waiting = _join(programme.conditions, found)
    return Screening(
        programme_id=programme.id,
        programme_version=programme.version,
        as_of=as_of,
        outcome=_OUTCOME[result],
        conditions=tuple(_told(leaf, found[leaf.code], programme) for leaf in leaves),
        waiting=_in_order(waiting),
        findings=tuple(sorted({finding for one in sent for finding in one.findings})),
        of_certificates={one.certificate.part: one.findings for one in sent if one.findings},
    )


def questions_in(facts: Facts, programme: Programme, as_of: date) -> tuple[Question, ...]:
    """Give every question about the world that a screening of `facts` could rest on, answered or not, in order of keys.

    It depends on nothing but facts, programme and date, so a change of any other answer cannot change a screening.
    """
    tests = [(leaf.test, leaf.observes) for leaf in programme.leaves if isinstance(leaf.test, WorksIn)]
    readable = [one for one in facts.certificates if not doubts_of_document(one, programme, as_of)]
    asked = [
        job_question(test, job)
        for test, kinds in tests
        for one in readable
        if one.kind in kinds
        for job in readings.jobs(one, as_of) or ()
    ]
    return _in_order([question for question in asked if question is not None])


def _join(node: All | AnyOf | Leaf, found: Mapping[str, Evidence]) -> _Joined:
    """Join the tree. Where the children already decide a branch, no question below it is worth asking."""
    if isinstance(node, Leaf):
        return found[node.code].result, found[node.code].questions
    children = [_join(child, found) for child in (node.all if isinstance(node, All) else node.any)]
    result = (all_of if isinstance(node, All) else any_of)(of_child for of_child, _ in children)
    return result, () if result != "cannot_tell" else tuple(one for _, waiting in children for one in waiting)


def _told(leaf: Leaf, found: Evidence, programme: Programme) -> ConditionResult:
    words = dict(found.words)
    if found.sent:
        words["document"] = programme.titles.get(found.sent.kind, found.sent.kind)
    why_ko, why_en = why(found.why, words)
    text = {"met": leaf.met, "not_met": leaf.not_met, "cannot_tell": leaf.cannot_tell}[found.result]
    return ConditionResult(
        code=leaf.code,
        result=found.result,
        why=found.why,
        reason_ko=text.ko.replace("{why}", why_ko),
        reason_en=text.en.replace("{why}", why_en),
        observed=found.observed,
        part=found.sent.certificate.part if found.sent else None,
        fields=found.paths,
        law=leaf.law.title,
    )


def _in_order(questions: Sequence[Question]) -> tuple[Question, ...]:
    return tuple(sorted(unique(questions), key=lambda question: question.key))
