"""What happens to one submission."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import Decision, Event, Notice, Outcome, ServiceName, SupplementWhy
from shared.facts import Authenticity, UnreadableReason


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
    return_until: datetime | None = None
    """Until when the holder of a withdrawn application may fetch the certificates back; None: destroyed at once."""


class SubmissionExtracted(SubmissionEvent):
    """Extraction says so when every certificate of the revision was read; eligibility screens it."""

    topic: ClassVar[str] = "submission-extracted-v1"
    revision: int
    authenticity: dict[Authenticity, int] = Field(default_factory=dict)
    """How many certificates were found in each of the four states; empty where whoever said it did not count.

    It reveals nothing of the person: it says of files whether their bytes and signatures hold, not what they are or
    what stands in them. How many there are `submission-received` has said already; which of them is in which state
    is not told, so that no state can be laid to a kind. The citizen hears by it that what they sent arrived whole.
    """


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


class SubmissionExpired(SubmissionEvent):
    """Withdrawal says so when retention has ended (보유기간 만료) and the key is destroyed; everyone deletes."""

    topic: ClassVar[str] = "submission-expired-v1"


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
    """The desk says so when a better certificate is asked for (보완, 민원처리법 22조①), and again when it has longer.

    The place in line stays: what comes is the next revision of the same submission.
    """

    topic: ClassVar[str] = "supplement-asked-v1"
    revision: int
    due_on: date
    part: int | None = None
    """Which certificate, from 0, in the order sent; None: one more."""
    why: SupplementWhy | None = None


class ValuesCorrected(SubmissionEvent):
    """The desk says so when an official has corrected values, or found out a condition; eligibility screens again.

    Which, and why, is sealed. `number` counts the corrections of a submission; `readable` tells that nothing of
    the revision counts as unreadable any more.
    """

    topic: ClassVar[str] = "values-corrected-v1"
    office: str
    revision: int
    number: int
    readable: bool


class WalletNotified(SubmissionEvent):
    """Notification says so when a wallet app has accepted a notice; nobody listens yet."""

    topic: ClassVar[str] = "wallet-notified-v1"
    notice: Notice
    webhook_id: str


class NotificationExhausted(SubmissionEvent):
    """Notification says so when it gave up on telling a wallet app.

    The desk shows it, unless the submission is gone.
    """

    topic: ClassVar[str] = "notification-exhausted-v1"
    notice: Notice
    webhook_id: str
    code: str | None = None
    """How the last attempt failed."""


class NotificationRecovered(SubmissionEvent):
    """Notification says so when a wallet app has accepted what was given up before; the desk stops showing it."""

    topic: ClassVar[str] = "notification-recovered-v1"
    notice: Notice
    webhook_id: str


class NoticeAskedAgain(SubmissionEvent):
    """The desk says so when an official wants a notice told again that was given up; notification tries anew."""

    topic: ClassVar[str] = "notice-asked-again-v1"
    notice: Notice
    webhook_id: str


class SubmissionParked(SubmissionEvent):
    """Any service says so when a message about the submission went to its dead letters; the desk shows it."""

    topic: ClassVar[str] = "submission-parked-v1"
    service: ServiceName
    parked_topic: str
    reason: str
