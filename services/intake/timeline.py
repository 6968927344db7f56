"""What has happened to a submission, as its holder is told: pure, from the gate's case and the events in any order.

The machine's recommendation is not told: it is the office's to confirm (행정기본법 20조), and until then the citizen
hears only that it was screened and waits. Who at the office acted is never told; which office did, always is.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from shared.events import (
    Decision,
    ExtractionFailed,
    SubmissionDecided,
    SubmissionEvent,
    SubmissionExpired,
    SubmissionExtracted,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    SupplementAsked,
    SupplementWhy,
    WithdrawalRequested,
)
from shared.facts import Authenticity, UnreadableReason
from shared.gate import Case
from shared.standing import Standing, fold

What = Literal[
    "received",
    "authentic",
    "read",
    "unreadable",
    "waiting",
    "supplement_asked",
    "supplemented",
    "viewed",
    "decided",
    "take_back_requested",
    "withdrawal_requested",
    "taken_back",
    "withdrawn",
    "expired",
]
"""`authentic`: genuineness was looked into, whatever the result; `waiting`: screened by machine, for a person now."""

CitizenClass = Literal["withdrawn", "taken_back", "expired", "unreadable", "supplement", "screened", "in_flight"]
"""`SubmissionClass` as a citizen sees it: eligible, ineligible and review are `screened`, parked is `in_flight`."""

_ORDER = {what: place for place, what in enumerate(get_args(What))}


class Step(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(frozen=True)

    what: What
    at: datetime
    office: str | None = None
    """Id of the office that looked or decided."""
    reason: UnreadableReason | None = None
    due_on: date | None = None
    """Until when a supplement may be sent, an Asia/Seoul date."""
    part: int | None = None
    """Which certificate is to be sent again, from 0 in the order sent; None: one more, or nobody said."""
    why: SupplementWhy | None = None
    decision: Decision | None = None
    authenticity: dict[Authenticity, int] = {}
    """Of `authentic`: how many certificates are in each of the four states (진본, 변조, 인증서 검증 실패, 미검증)."""


def _of_event(event: SubmissionEvent) -> Iterator[Step]:
    match event:
        case SubmissionExtracted():
            if event.authenticity:
                yield Step(what="authentic", at=event.at, authenticity=event.authenticity)
            yield Step(what="read", at=event.at)
        case ExtractionFailed():
            yield Step(what="unreadable", at=event.at, reason=event.reason)
        case SubmissionScreened():
            yield Step(what="waiting", at=event.at)
        case SupplementAsked() | SubmissionReceived():
            yield from _of_supplement(event)
        case SubmissionViewed():
            yield Step(what="viewed", at=event.at, office=event.office)
        case SubmissionDecided():
            yield Step(what="decided", at=event.at, office=event.office, decision=event.decision)
        case WithdrawalRequested():
            yield Step(what="take_back_requested" if event.kind == "take_back" else "withdrawal_requested", at=event.at)
        case SubmissionTakenBack():
            yield Step(what="taken_back", at=event.at)
        case SubmissionWithdrawn():
            yield Step(what="withdrawn", at=event.at)
        case SubmissionExpired():
            yield Step(what="expired", at=event.at)


def _of_supplement(event: SupplementAsked | SubmissionReceived) -> Iterator[Step]:
    if isinstance(event, SupplementAsked):
        yield Step(what="supplement_asked", at=event.at, due_on=event.due_on, part=event.part, why=event.why)
    elif event.revision > 1:
        yield Step(what="supplemented", at=event.at)


def _of_case(case: Case) -> Iterator[Step]:
    """What the gate knows at once, before the events have come round."""
    yield Step(what="received", at=case.received_at)
    if case.first_view is not None:
        yield Step(what="viewed", at=case.first_view.at, office=case.first_view.office)
    if case.decided is not None and case.closed_at is not None:
        yield Step(what="decided", at=case.closed_at, office=case.decided.office, decision=case.decided.decision)


def timeline(case: Case, events: Iterable[SubmissionEvent]) -> tuple[Step, ...]:
    """Give the steps in the order of time; the first of what happens once, every one of what can happen again.

    Screening again after a question about the world was answered is the office's business and told only the first time.
    """
    steps = [*_of_case(case), *(step for event in events for step in _of_event(event))]
    again = ("unreadable", "supplement_asked", "supplemented", "read", "authentic")
    told: dict[tuple[str, datetime | None], Step] = {}
    for step in sorted(steps, key=lambda step: (step.at, _ORDER[step.what])):
        told.setdefault((step.what, step.at if step.what in again else None), step)
    return tuple(told.values())


def foremost(steps: Sequence[Step]) -> Step:
    """Give the step that says where a submission stands now, of steps in the order of time, of which there is one.

    It is the latest, except that what ends a submission, or a person's look, is not overtaken by what a machine does.
    """
    latest = {step.what: step for step in steps}
    for what in ("expired", "withdrawn", "taken_back", "decided", "withdrawal_requested", "take_back_requested"):
        if what in latest:
            return latest[what]
    return latest.get("viewed", steps[-1]) if steps[-1].what in ("authentic", "read", "waiting") else steps[-1]


def is_over(steps: Iterable[Step]) -> bool:
    """Tell whether nothing more can happen that a citizen waits for, and the last of it is among the steps.

    The gate is through with a take-back a moment before its event has come round; only then is it over.
    """
    return any(step.what in ("taken_back", "withdrawn", "decided", "expired") for step in steps)


def citizen_class(case: Case, events: Iterable[SubmissionEvent]) -> CitizenClass:
    """Give the one class the submission is in, as a citizen sees it. What the gate has closed is closed."""
    if case.state in ("withdrawn", "taken_back", "expired"):
        return case.state
    found = reduce(fold, events, Standing()).submission_class
    match found:
        case "eligible" | "ineligible" | "review":
            return "screened"
        case "parked":
            return "in_flight"
    return found
