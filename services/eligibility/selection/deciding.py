"""One submission of a run: its class, and what its place may depend on. Pure.

It is decided by the ruling that `rules.decide` puts together for one case, on the answers and on the company that
`screenings.decide` would find for it alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from services.eligibility.groups import Group, Member, Together, count_of_groups, keys_of, together
from services.eligibility.rules import Answer, Decision, Doubt, Question, questions_in
from services.eligibility.ruling import Ruling
from services.eligibility.screenings import doubts_of
from services.eligibility.selection.ranking import EVERYBODY, Candidate
from shared.catalog import Programme
from shared.catalog.ranks import Selection
from shared.corrections import unreadable_of
from shared.events import RunClass
from shared.facts import Certificate, Facts, Submitter
from shared.gate import Filed, State
from shared.questions import question_id

_CLOSED: Mapping[State, RunClass] = {
    "taking_back": "taken_back",
    "taken_back": "taken_back",
    "withdrawing": "withdrawn",
    "withdrawn": "withdrawn",
    "expired": "expired",
}


class Known(NamedTuple):
    """What is known of a question that was ever answered."""

    answer: Answer | None
    """None where it was taken back."""
    revision: int
    """How often it was answered, or an answer taken back."""


_NEVER = Known(None, 0)


@dataclass(frozen=True)
class Pinned:
    """All that a run rests on beside the submissions: it stays what it was when the run began."""

    programme: Programme
    as_of: date
    questions: Mapping[Question, Known]
    groups: Mapping[str, Group]
    """By key, those of more than one member and those somebody has left; every other has one member."""
    blank: Mapping[str, Known] = field(default_factory=dict)
    """By id, questions whose text is gone since nothing rested on them: only what came just now can ask for one."""

    @property
    def selection(self) -> Selection:
        """How places are given."""
        return self.programme.selection or EVERYBODY

    @cached_property
    def ruling(self) -> Ruling:
        """The rules, put together once for all that are decided."""
        return Ruling(self.programme, self.as_of)

    @cached_property
    def in_company(self) -> frozenset[str]:
        """Whoever stands in one of `groups`."""
        return frozenset(member.submission_id for group in self.groups.values() for member in group.members)


class Counted(NamedTuple):
    """A submission as the run counts it."""

    submission_id: str
    outcome: RunClass
    revision: int = 0
    edition: int = 0
    candidate: Candidate | None = None
    """Where it is eligible."""


def closed(filed: Filed) -> Counted:
    """Count a submission that is not open: it was taken back, withdrawn, or has expired, whatever it once was."""
    return Counted(filed.submission_id, _CLOSED.get(filed.state, "in_flight"))


def unread(filed: Filed) -> Counted:
    """Count a submission of which there are no facts yet, or none that can be opened."""
    return Counted(filed.submission_id, "in_flight")


def count(
    filed: Filed, facts: Facts, submitter: Submitter, pinned: Pinned, token: Callable[[str, str], str]
) -> Counted:
    """Decide one submission; `token` makes a keyed token for a purpose. Nothing that a certificate may say raises."""
    submission_id, certificates = filed.submission_id, facts.certificates
    if any(one.unreadable for one in certificates) and unreadable_of(certificates, filed.newest_part):
        return Counted(submission_id, "unreadable")  # it was sent all or nothing, and the citizen has been told
    elsewhere: Mapping[int, Sequence[Doubt]] = {}
    if submission_id in pinned.in_company:
        stands = _company(filed, certificates, pinned, token)
        elsewhere, edition = doubts_of(stands), stands.changes
    else:
        edition = count_of_groups(filed.fingerprints, certificates)
    edition += filed.corrected
    answers = _Noting(pinned, token)
    decision = pinned.ruling.decide(facts, submitter, answers, elsewhere)
    if pinned.questions or pinned.blank:
        edition += _changes(facts, decision, answers, pinned)
    if decision.outcome != "eligible":
        return Counted(submission_id, decision.outcome, filed.revision, edition)
    household = token("household", decision.household) if decision.household else ""
    candidate = Candidate(submission_id, filed.arrived, filed.holder, household, decision.priority, decision.score)
    return Counted(submission_id, "eligible", filed.revision, edition, candidate)


def _company(
    filed: Filed, certificates: Sequence[Certificate], pinned: Pinned, token: Callable[[str, str], str]
) -> Together:
    keys = keys_of((pinned.programme.id, filed.holder), filed.fingerprints, certificates, token)
    alone = Member(filed.submission_id, filed.received_at, filed.holder)
    groups = {str(key): pinned.groups.get(str(key)) or Group(str(key), (alone,), frozenset(), 1) for key in keys}
    return together(filed.submission_id, keys, groups)


class _Noting(Mapping[Question, Answer]):
    """Answers that note which questions they were asked for: a decision asks for every one that it rests on.

    One that was taken back is among them, since it was asked for, too.
    """

    __slots__ = ("_blank", "_questions", "_token", "asked")

    def __init__(self, pinned: Pinned, token: Callable[[str, str], str]) -> None:
        self._questions, self._blank, self._token = pinned.questions, pinned.blank, token
        self.asked: list[tuple[Question, Known]] = []

    def get(self, question: Question, default: Any = None) -> Any:
        """Note and answer."""
        known = self._questions.get(question)
        if known is None:
            known = self._blank.get(question_id(self._token, question.key), _NEVER) if self._blank else _NEVER
        self.asked.append((question, known))
        return known.answer or default

    def __getitem__(self, question: Question) -> Answer:
        answer: Answer | None = self.get(question)
        if answer is None:
            raise KeyError(question)
        return answer

    def __iter__(self) -> Iterator[Question]:
        return iter([question for question, known in self._questions.items() if known.answer])

    def __len__(self) -> int:
        return sum(known.answer is not None for known in self._questions.values())


def _changes(facts: Facts, decision: Decision, answers: _Noting, pinned: Pinned) -> int:
    """Give how often the questions that the outcome could rest on were answered, or an answer was taken back.

    They are those that were asked, unless a certificate did not count: it could have had more to ask.
    """
    for one in decision.sent:
        if one.findings and (one.doubt or not one.counts):
            for question in questions_in(facts, pinned.programme, pinned.as_of):
                answers.get(question)
            break
    asked = answers.asked
    if len(asked) < 2:
        return asked[0][1].revision if asked else 0
    return sum(known.revision for known in dict(asked).values())
