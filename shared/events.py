"""Every message of Gubi: facts that have happened, one frozen class and one topic each.

No personal data, and no code that reveals any: which kinds were sent, or which condition failed, would show a
disability. Consumers ignore fields they do not know; a new field is optional; anything else is a new class whose topic
ends in `-v2`, said beside the old one for a release. The examples in `tests/examples/events` are golden and never
edited.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.facts import UnreadableReason

_NAMESPACE = UUID("6f0b5b1e-6c1d-5e0e-9f43-0c9a1f6f7a10")

Outcome = Literal["eligible", "ineligible", "review"]
"""적격 · 부적격 · 확인필요: what the machine recommends; a person decides (행정기본법 20조)."""

Decision = Literal["eligible", "ineligible"]
"""What an official confirmed."""

ServiceName = Literal["intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard"]

Notice = Literal["received", "unreadable", "supplement_asked", "viewed", "decided", "taken_back", "withdrawn"]
"""What a citizen can be told through the wallet app."""


class Event(BaseModel):
    """A fact. `event_id` derives from its cause, so that saying it twice says the same thing."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: ClassVar[str]
    event_id: UUID
    at: datetime
    cause: str
    """Id of what made it happen: another event's id, or a request's."""

    @property
    def subject(self) -> str:
        """What it is about, which is also its Kafka key.

        All that is said of one subject keeps its order within a topic.
        """
        raise NotImplementedError  # pragma: no cover - each subclass says

    @classmethod
    def because_of(cls, cause: "Event | str", **fields: Any) -> Self:
        """Build the event that `cause` (an event, or a request's id) leads to; `fields` are its own fields and `at`."""
        name = str(cause.event_id) if isinstance(cause, Event) else cause
        draft = cls.model_validate({**fields, "event_id": _NAMESPACE, "cause": name})
        return draft.model_copy(update={"event_id": uuid5(_NAMESPACE, f"{name}|{cls.topic}|{draft.subject}")})


class SubmissionEvent(Event):
    """A fact about one submission."""

    submission_id: str

    @property
    def subject(self) -> str:
        """The submission."""
        return self.submission_id


class SubmissionReceived(SubmissionEvent):
    """Intake says so once certificates are held; extraction reads them, the desk and the citizen's timeline show it."""

    topic: ClassVar[str] = "submission-received-v1"
    receipt: str
    programme_id: str
    wallet_app: str
    office: str
    revision: int = 1
    certificates: int = 1


class WithdrawalRequested(SubmissionEvent):
    """Intake says so when a holder asked and the gate agreed; withdrawal carries it out."""

    topic: ClassVar[str] = "withdrawal-requested-v1"
    kind: Literal["take_back", "withdraw"]


class SubmissionExtracted(SubmissionEvent):
    """Extraction says so when every certificate of the revision was read; eligibility screens it."""

    topic: ClassVar[str] = "submission-extracted-v1"
    revision: int


class ExtractionFailed(SubmissionEvent):
    """Extraction says so when a certificate could not be read.

    It is an outcome, told to the citizen at once (민원처리법 8조의2).
    """

    topic: ClassVar[str] = "extraction-failed-v1"
    revision: int
    reason: UnreadableReason


class SubmissionScreened(SubmissionEvent):
    """Eligibility says so for each screening. Which condition failed is sealed, never here.

    `(revision, rule_version, as_of, edition)` orders screenings of one submission; the highest holds. `edition` counts
    the answers to questions about the world that had been given, and the comings and goings of submissions with the
    same applicant or the same certificate.
    """

    topic: ClassVar[str] = "submission-screened-v1"
    revision: int
    rule_version: int
    as_of: date
    edition: int = 0
    outcome: Outcome
    waiting_on: tuple[str, ...] = ()
    """Questions whose answer could settle it."""
    findings: tuple[str, ...] = ()


class SubmissionTakenBack(SubmissionEvent):
    """Withdrawal says so when the key is destroyed (회수); everyone deletes what they hold and keeps a tombstone."""

    topic: ClassVar[str] = "submission-taken-back-v1"


class SubmissionWithdrawn(SubmissionEvent):
    """Withdrawal says so when the application is withdrawn (취하, 민원처리법 22조②); everyone deletes."""

    topic: ClassVar[str] = "submission-withdrawn-v1"


class SubmissionViewed(SubmissionEvent):
    """The desk says so at an official's first look, which ends the right to take back.

    The citizen is told, if possible.
    """

    topic: ClassVar[str] = "submission-viewed-v1"
    office: str


class SubmissionDecided(SubmissionEvent):
    """The desk says so when a decision's undo time has passed; the citizen is told, if possible."""

    topic: ClassVar[str] = "submission-decided-v1"
    decision: Decision
    office: str


class SupplementAsked(SubmissionEvent):
    """The desk says so when a better certificate is asked for (보완, 민원처리법 22조①); nobody can ask yet."""

    topic: ClassVar[str] = "supplement-asked-v1"
    revision: int
    due_on: date


class WalletNotified(SubmissionEvent):
    """Notification says so when a wallet app has accepted a notice; nobody listens yet."""

    topic: ClassVar[str] = "wallet-notified-v1"
    notice: Notice
    webhook_id: str


class NotificationExhausted(SubmissionEvent):
    """Notification says so when it gave up on telling a wallet app; nobody listens yet."""

    topic: ClassVar[str] = "notification-exhausted-v1"
    notice: Notice
    webhook_id: str


class SubmissionParked(SubmissionEvent):
    """Any service says so when a message about the submission went to its dead letters; the desk shows it."""

    topic: ClassVar[str] = "submission-parked-v1"
    service: ServiceName
    parked_topic: str
    reason: str


class QuestionEvent(Event):
    """A fact about a question: something about the world, holding no person, that many reviews may wait on."""

    question_id: str

    @property
    def subject(self) -> str:
        """The question."""
        return self.question_id


class QuestionRaised(QuestionEvent):
    """Eligibility says so when a screening first rests on an unanswered question; the desk asks an official."""

    topic: ClassVar[str] = "question-raised-v1"
    programme_id: str


class QuestionAnswered(QuestionEvent):
    """The desk says so at each answer, and at its withdrawal; eligibility screens again everyone who rests on it."""

    topic: ClassVar[str] = "question-answered-v1"
    revision: int
    """1 for the first answer, one more at each change of it; the answer itself stands in the question's document."""


EVENTS: tuple[type[Event], ...] = (
    SubmissionReceived,
    WithdrawalRequested,
    SubmissionExtracted,
    ExtractionFailed,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    SubmissionViewed,
    SubmissionDecided,
    SupplementAsked,
    WalletNotified,
    NotificationExhausted,
    SubmissionParked,
    QuestionRaised,
    QuestionAnswered,
)

BY_TOPIC: dict[str, type[Event]] = {event.topic: event for event in EVENTS}

_GONE: tuple[type[Event], ...] = (SubmissionTakenBack, SubmissionWithdrawn)

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
    "eligibility": (SubmissionExtracted, QuestionAnswered, *_GONE),
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
        SubmissionParked,
        QuestionRaised,
        QuestionAnswered,
        *_GONE,
    ),
}
"""Who listens to what. The bus refuses to register anything else, and each pair has its dead-letter topic."""
