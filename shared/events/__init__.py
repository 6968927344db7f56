"""Every message of Gubi: facts that have happened, one frozen class and one topic each.

No personal data, and no code that reveals any: which kinds were sent, or which condition failed, would show a
disability. Consumers ignore fields they do not know; a new field is optional; anything else is a new class whose topic
ends in `-v2`, said beside the old one for a release. The examples in `tests/examples/events` are golden and never
edited.
"""

from shared.events.base import (
    Decision,
    Event,
    Notice,
    Outcome,
    RunClass,
    RunStanding,
    SendFailure,
    ServiceName,
    SupplementWhy,
    SuspensionReason,
)
from shared.events.endpoints import EndpointEvent, EndpointResumed, EndpointSuspended
from shared.events.questions import QuestionAnswered, QuestionEvent, QuestionRaised
from shared.events.selections import SelectionCompleted, SelectionEvent, SelectionRequested, SelectionRow, SelectionRows
from shared.events.submissions import (
    ExtractionFailed,
    NotificationExhausted,
    NotificationRecovered,
    SubmissionDecided,
    SubmissionEvent,
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
    WalletNotified,
    WithdrawalRequested,
)

__all__ = [
    "BY_TOPIC",
    "EVENTS",
    "SAYS",
    "TAKES",
    "Decision",
    "EndpointEvent",
    "EndpointResumed",
    "EndpointSuspended",
    "Event",
    "ExtractionFailed",
    "Notice",
    "NotificationExhausted",
    "NotificationRecovered",
    "Outcome",
    "QuestionAnswered",
    "QuestionEvent",
    "QuestionRaised",
    "RunClass",
    "RunStanding",
    "SelectionCompleted",
    "SelectionEvent",
    "SelectionRequested",
    "SelectionRow",
    "SelectionRows",
    "SendFailure",
    "ServiceName",
    "SubmissionDecided",
    "SubmissionEvent",
    "SubmissionExpired",
    "SubmissionExtracted",
    "SubmissionParked",
    "SubmissionReceived",
    "SubmissionScreened",
    "SubmissionTakenBack",
    "SubmissionViewed",
    "SubmissionWithdrawn",
    "SupplementAsked",
    "SupplementWhy",
    "SuspensionReason",
    "ValuesCorrected",
    "WalletNotified",
    "WithdrawalRequested",
]

EVENTS: tuple[type[Event], ...] = (
    SubmissionReceived,
    WithdrawalRequested,
    SubmissionExtracted,
    ExtractionFailed,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    SubmissionExpired,
    SubmissionViewed,
    SubmissionDecided,
    SupplementAsked,
    ValuesCorrected,
    WalletNotified,
    NotificationExhausted,
    NotificationRecovered,
    EndpointSuspended,
    EndpointResumed,
    SubmissionParked,
    QuestionRaised,
    QuestionAnswered,
    SelectionRequested,
    SelectionRows,
    SelectionCompleted,
)

BY_TOPIC: dict[str, type[Event]] = {event.topic: event for event in EVENTS}

_GONE: tuple[type[Event], ...] = (SubmissionTakenBack, SubmissionWithdrawn, SubmissionExpired)

TAKES: dict[ServiceName, tuple[type[Event], ...]] = {
    "intake": (
        SubmissionReceived,
        WithdrawalRequested,
        SubmissionExtracted,
        ExtractionFailed,
        SubmissionScreened,
        SubmissionViewed,
        SubmissionDecided,
        SupplementAsked,
        *_GONE,
    ),
    "extraction": (SubmissionReceived, *_GONE),
    "eligibility": (SubmissionExtracted, ValuesCorrected, QuestionAnswered, SelectionRequested, *_GONE),
    "withdrawal": (WithdrawalRequested,),
    "notification": (
        SubmissionReceived,
        ExtractionFailed,
        SupplementAsked,
        SubmissionViewed,
        SubmissionDecided,
        *_GONE,
    ),
    "dashboard": (
        SubmissionReceived,
        SubmissionExtracted,
        ExtractionFailed,
        SubmissionScreened,
        SubmissionViewed,
        SubmissionDecided,
        SupplementAsked,
        ValuesCorrected,
        SubmissionParked,
        QuestionRaised,
        QuestionAnswered,
        SelectionRows,
        SelectionCompleted,
        NotificationExhausted,
        NotificationRecovered,
        EndpointSuspended,
        EndpointResumed,
        *_GONE,
    ),
}
"""Who listens to what. The bus refuses to register anything else, and each pair has its dead-letter topic."""

SAYS: dict[ServiceName, tuple[type[Event], ...]] = {
    "intake": (SubmissionReceived, WithdrawalRequested, SubmissionParked),
    "extraction": (SubmissionExtracted, ExtractionFailed, SubmissionParked),
    "eligibility": (
        SubmissionScreened,
        QuestionRaised,
        QuestionAnswered,
        SelectionRows,
        SelectionCompleted,
        SubmissionParked,
    ),
    "withdrawal": (*_GONE, SubmissionParked),
    "notification": (
        WalletNotified,
        NotificationExhausted,
        NotificationRecovered,
        EndpointSuspended,
        EndpointResumed,
        SubmissionParked,
    ),
    "dashboard": (
        SubmissionViewed,
        SubmissionDecided,
        SupplementAsked,
        ValuesCorrected,
        QuestionAnswered,
        SelectionRequested,
        SubmissionParked,
    ),
}
"""Who says what, as the classes' own words and the README have it; a contract test compares the three."""
