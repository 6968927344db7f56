"""Where a submission stands, folded from events in any order, and the one class it is in.

The classes sum to what was received, on every screen, always; so they are defined here once, for the desk's queue and
the citizen's status alike. Each event only ever raises what is known: folding twice, or in another order, gives the
same standing.
"""

from datetime import date, datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from shared.events import (
    Decision,
    Event,
    ExtractionFailed,
    Outcome,
    SubmissionDecided,
    SubmissionExpired,
    SubmissionExtracted,
    SubmissionParked,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    SupplementAsked,
    ValuesCorrected,
)
from shared.facts import UnreadableReason

SubmissionClass = Literal[
    "withdrawn",
    "taken_back",
    "expired",
    "unreadable",
    "eligible",
    "ineligible",
    "review",
    "supplement",
    "parked",
    "in_flight",
]
"""The first that holds, in this order; an outcome holds only while no supplement is awaited for it.

Viewed and decided are marks beside the class.
"""

CLASSES: tuple[SubmissionClass, ...] = get_args(SubmissionClass)


class ScreeningMark(BaseModel):
    """The screening that holds: the highest in (revision, rule version, as-of date, edition)."""

    model_config = ConfigDict(frozen=True)

    revision: int
    rule_version: int
    as_of: date
    edition: int
    outcome: Outcome
    waiting_on: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int, date, int]:
        """What decides which screening holds."""
        return (self.revision, self.rule_version, self.as_of, self.edition)

    @property
    def name(self) -> str:
        """The name its explanation is sealed under."""
        return screening_name(self.rule_version, self.as_of, self.edition)


def screening_name(rule_version: int, as_of: date, edition: int) -> str:
    """Give the name a screening's explanation is sealed under; first write wins per name and revision."""
    return f"{rule_version}|{as_of.isoformat()}|{edition}"


class Standing(BaseModel):
    """What the events so far tell of one submission."""

    model_config = ConfigDict(frozen=True)

    receipt: str | None = None
    programme_id: str | None = None
    wallet_app: str | None = None
    office: str | None = None
    received_at: datetime | None = None
    certificates: int = 0
    revision: int = 0
    read_revision: int = 0
    read_at: datetime | None = None
    failed_revision: int = 0
    failed_at: datetime | None = None
    unreadable: UnreadableReason | None = None
    screening: ScreeningMark | None = None
    screened_at: datetime | None = None
    supplement_revision: int = 0
    supplement_due_on: date | None = None
    """Until when what was asked for last may come."""
    sent_at: datetime | None = None
    """When its latest revision came."""
    corrections: int = 0
    """How often an official has corrected what was read."""
    corrected_at: datetime | None = None
    """When last."""
    parked_at: datetime | None = None
    viewed_at: datetime | None = None
    decided_at: datetime | None = None
    decision: Decision | None = None
    taken_back_at: datetime | None = None
    withdrawn_at: datetime | None = None
    expired_at: datetime | None = None

    @property
    def submission_class(self) -> SubmissionClass:
        """The first class that holds."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.taken_back_at:
            return "taken_back"
        if self.expired_at:
            return "expired"
        if self.supplement_revision >= max(self.revision, 1):
            return "supplement"
        if self.failed_revision > self.read_revision and self.failed_revision >= self.revision:
            return "unreadable"
        if self.screening is not None and self.screening.revision >= self.revision:
            return self.screening.outcome
        return "parked" if self.parked_at else "in_flight"

    @property
    def rescreening_due(self) -> datetime | None:
        """Since when it waits to be screened again after a correction; None where it does not."""
        if self.corrected_at is None or self.screened_at is None or self.screened_at >= self.corrected_at:
            return None
        screened = self.submission_class in ("eligible", "ineligible", "review")
        return self.corrected_at if screened and self.decided_at is None else None


_ENDED_AT: dict[type[Event], str] = {
    SubmissionTakenBack: "taken_back_at",
    SubmissionWithdrawn: "withdrawn_at",
    SubmissionExpired: "expired_at",
}


def fold(standing: Standing, event: Event) -> Standing:
    """Give the standing after an event; what the event does not concern stays as it is."""
    change: dict[str, object] = {}
    match event:
        case SubmissionReceived():
            change = {
                "receipt": event.receipt,
                "programme_id": event.programme_id,
                "wallet_app": event.wallet_app,
                "office": event.office,
                "received_at": min(event.at, standing.received_at or event.at),
                "sent_at": max(event.at, standing.sent_at or event.at),
                "certificates": max(event.certificates, standing.certificates),
                "revision": max(event.revision, standing.revision),
            }
        case SubmissionExtracted() if event.revision > standing.read_revision:
            change = {"read_revision": event.revision, "read_at": event.at}
        case ExtractionFailed() if event.revision > standing.failed_revision:
            change = {"failed_revision": event.revision, "failed_at": event.at, "unreadable": event.reason}
        case SubmissionScreened():
            mark = ScreeningMark.model_validate(event.model_dump(include=set(ScreeningMark.model_fields)))
            if standing.screening is None or mark.order > standing.screening.order:
                change = {"screening": mark, "screened_at": event.at}
        case SupplementAsked() | ValuesCorrected():
            change = _by_hand(standing, event)
        case SubmissionParked() if standing.parked_at is None or event.at < standing.parked_at:
            change = {"parked_at": event.at}
        case SubmissionViewed() if standing.viewed_at is None or event.at < standing.viewed_at:
            change = {"viewed_at": event.at}
        case SubmissionDecided() if standing.decided_at is None or event.at > standing.decided_at:
            change = {"decided_at": event.at, "decision": event.decision}
        case SubmissionTakenBack() | SubmissionWithdrawn() | SubmissionExpired():
            ended = _ENDED_AT[type(event)]
            change = {ended: min(event.at, getattr(standing, ended) or event.at)}
    after = standing.model_copy(update=change) if change else standing
    return _tombstone(after) if any(getattr(after, ended) for ended in _ENDED_AT.values()) else after


def _by_hand(standing: Standing, event: SupplementAsked | ValuesCorrected) -> dict[str, object]:
    """What an official did with their own hand; of what was asked for, what may come last stands."""
    if isinstance(event, ValuesCorrected):
        read = {"read_revision": event.revision, "read_at": event.at}
        newly = event.readable and event.revision > standing.read_revision
        last = max(event.at, standing.corrected_at or event.at)
        made = {"corrections": max(event.number, standing.corrections), "corrected_at": last}
        return made | (read if newly else {})
    before = (standing.supplement_revision, standing.supplement_due_on or date.min)
    asked = {"supplement_revision": event.revision, "supplement_due_on": event.due_on}
    return asked if (event.revision, event.due_on) > before else {}


def _tombstone(standing: Standing) -> Standing:
    """Keep of a submission that is gone only that it was here; an event that arrives late finds nothing to add to."""
    kept = {"receipt", "programme_id", "wallet_app", "office", "received_at", "certificates"}
    return Standing.model_validate(standing.model_dump(include=kept | set(_ENDED_AT.values())))
