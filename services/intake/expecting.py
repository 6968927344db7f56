"""What comes next and when it is expected: pure, from the steps so far, the programme and the calendar.

An expected date is what the programme says of itself (`answers_within` working days from receipt), with the label that
its file gives it. It is said as expected and never promised; once it has passed, that is said too.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.intake.timeline import Step
from shared.catalog import Programme, WorkingDays
from shared.clock import seoul_date
from shared.gate import Case

Coming = Literal["read", "waiting", "viewed", "decided", "supplement", "sent_again", "taken_back", "withdrawn"]
"""The step that is expected; or what the citizen is to do: `supplement`, and `sent_again` after an unreadable one."""


_MOVES = ("read", "unreadable", "supplement_asked", "supplemented")
"""The steps that decide whose turn it is."""


class Next(BaseModel):
    """What is expected next."""

    model_config = ConfigDict(frozen=True)

    what: Coming
    answer_by: date | None = None
    """When a decision is expected, or until when a supplement may be sent: an Asia/Seoul date. None: nobody says."""
    overdue: bool = False
    """Whether that date has passed."""
    label: Literal["미확인", "예시"] | None = None
    """What the programme's file says of the date: `예시` a sample, `미확인` no source; None where one was found."""
    working_days: int | None = None
    """The working days from receipt by which the date was counted; None where it was set otherwise."""


def coming(
    case: Case, steps: Sequence[Step], programme: Programme | None, calendar: WorkingDays, today: date
) -> Next | None:
    """Give what is expected next on the Asia/Seoul day `today`; None when nothing is. `steps` are in order of time."""
    if case.closed_at or case.state in ("taken_back", "withdrawn", "expired"):
        return None
    if case.state in ("taking_back", "withdrawing"):
        return Next(what="taken_back" if case.state == "taking_back" else "withdrawn")
    done = {step.what for step in steps}
    latest = next((step for step in reversed(steps) if step.what in _MOVES), None)
    if latest is not None and latest.what == "unreadable":
        return Next(what="sent_again")
    if latest is not None and latest.what == "supplement_asked" and latest.due_on is not None:
        return Next(what="supplement", answer_by=latest.due_on, overdue=latest.due_on < today)
    what: Coming = "read"
    if case.state == "decided" or "viewed" in done:
        what = "decided"
    elif done & {"waiting", "read"}:
        what = "viewed" if "waiting" in done else "waiting"
    if programme is None or programme.answers_within is None:
        return Next(what=what)
    by = calendar.after(seoul_date(case.received_at), programme.answers_within)
    return Next(
        what=what,
        answer_by=by,
        overdue=by < today,
        label=programme.label_of("answers_within"),
        working_days=programme.answers_within,
    )
