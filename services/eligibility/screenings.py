"""From an opened submission to its screening, its place in line, and what is said of it. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.eligibility.groups import Bond, Group, Key, Together, keys_of, together
from services.eligibility.rules import Answer, Doubt, Pages, Question, Screening, questions_in, screen
from shared.catalog import Programme
from shared.clock import seoul_date
from shared.events import Event, SubmissionParked, SubmissionScreened
from shared.facts import Facts
from shared.gate import MachineCase
from shared.questions import AskedQuestion
from shared.standing import screening_name

DUPLICATE = "duplicate"
_SENT_BY_ANOTHER: Mapping[Bond, Doubt] = {"file": "same_file", "number": "same_number"}


@dataclass(frozen=True)
class Open:
    """A submission opened for screening, and all the questions about the world that its outcome could rest on."""

    case: MachineCase
    facts: Facts
    programme: Programme
    questions: Mapping[str, Question]
    """By their id, whether answered or not."""
    keys: tuple[Key, ...]
    """The groups it belongs to."""
    pages: Pages = field(default_factory=dict)
    """Where its values stand, so that a reason names the page."""

    @property
    def submission_id(self) -> str:
        """The submission."""
        return self.case.case.submission_id


@dataclass(frozen=True)
class Screened:
    """A screening with its place among the screenings of its submission."""

    open: Open
    screening: Screening
    edition: int
    waiting_on: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def name(self) -> str:
        """What its explanation is sealed under."""
        return screening_name(self.screening.programme_version, self.screening.as_of, self.edition)

    @property
    def key(self) -> str:
        """What it is stored under: all that decided it."""
        return f"{self.open.submission_id}|{self.open.case.case.revision}|{self.name}"


def opened(
    case: MachineCase,
    facts: Facts,
    programme: Programme,
    id_of: Callable[[str], str],
    token: Callable[[str, str], str],
    pages: Pages = MappingProxyType({}),
) -> Open:
    """Find the questions a submission's outcome could rest on, and its groups.

    `id_of` gives a question's id by its key; `token` makes a keyed token for a purpose.
    """
    filed = case.case
    as_of = programme.as_of_date(filed.received_at)
    fingerprints = [held.fingerprint for held in filed.certificates]
    keys = keys_of((filed.programme_id, filed.holder), fingerprints, facts.certificates, token)
    questions = {id_of(question.key): question for question in questions_in(facts, programme, as_of)}
    return Open(case, facts, programme, questions, keys, pages)


def decide(item: Open, asked: Mapping[str, AskedQuestion], groups: Mapping[str, Group]) -> Screened:
    """Screen one submission on the answers that stand, and on the submissions it stands together with.

    The edition counts every answer ever given, changed or taken back to the questions it could rest on, every coming
    and going in its groups, and every correction by hand: each such change makes a later screening.
    """
    stands = together(item.submission_id, item.keys, groups)
    answers = {question: answer_of(asked[name]) for name, question in item.questions.items() if name in asked}
    given = {question: answer for question, answer in answers.items() if answer is not None}
    as_of = item.programme.as_of_date(item.case.case.received_at)
    elsewhere = doubts_of(stands)
    screening = screen(
        item.facts,
        item.case.submitter,
        item.programme,
        as_of=as_of,
        answers=given,
        elsewhere=elsewhere,
        pages=item.pages,
    )
    ids = {question: name for name, question in item.questions.items()}
    return Screened(
        open=item,
        screening=screening,
        edition=sum(asked[name].revision for name in item.questions if name in asked)
        + stands.changes
        + len(item.case.corrections),
        waiting_on=tuple(sorted(ids[question] for question in screening.waiting)),
        findings=tuple(screening.findings) + ((DUPLICATE,) if stands.duplicate else ()),
    )


def doubts_of(stands: Together) -> dict[int, tuple[Doubt, ...]]:
    """Give by part what is held against certificates that another holder sent too."""
    return {part: tuple(_SENT_BY_ANOTHER[bond] for bond in bonds) for part, bonds in stands.elsewhere.items()}


def answer_of(asked: AskedQuestion) -> Answer | None:
    """Give the answer that stands, as screening takes it."""
    if asked.answer is None:
        return None
    given = asked.answer
    return Answer(value=given.value, source=given.source, on=seoul_date(given.at), by=given.by)


def outdated(
    done: Iterable[Screened], asked: Mapping[str, AskedQuestion], now: Mapping[str, AskedQuestion]
) -> list[Open]:
    """Give those screened on answers that changed meanwhile: whoever answered may have looked for them too early."""
    changed = {name for name in now if now[name].revision != (asked[name].revision if name in asked else 0)}
    return [screened.open for screened in done if changed & set(screened.open.questions)]


def portions(submission_ids: Iterable[str], size: int = 200) -> Iterator[list[str]]:
    """Cut ids into portions of at most `size`, in their own order."""
    ids = sorted(submission_ids)
    return (ids[start : start + size] for start in range(0, len(ids), size))


def row(screened: Screened, at: datetime) -> dict[str, Any]:
    """Give what is stored of a screening outside the vault: outcome and order, never a condition."""
    return {
        "submission_id": screened.open.submission_id,
        "programme_id": screened.screening.programme_id,
        "outcome": screened.screening.outcome,
        "rests_on": list(screened.open.questions),
        "at": at,
    }


def event_of(screened: Screened, cause: Event, at: datetime) -> SubmissionScreened:
    """Give the event of a screening."""
    return SubmissionScreened.because_of(
        f"{cause.event_id}|{screened.name}",
        submission_id=screened.open.submission_id,
        at=at,
        revision=screened.open.case.case.revision,
        rule_version=screened.screening.programme_version,
        as_of=screened.screening.as_of,
        edition=screened.edition,
        outcome=screened.screening.outcome,
        waiting_on=screened.waiting_on,
        findings=screened.findings,
    )


def parked(submission_id: str, reason: str, cause: Event, at: datetime) -> SubmissionParked:
    """Give the event of a submission that could not be screened again with the others."""
    return SubmissionParked.because_of(
        f"{cause.event_id}|{submission_id}",
        submission_id=submission_id,
        at=at,
        service="eligibility",
        parked_topic=cause.topic,
        reason=reason,
    )
