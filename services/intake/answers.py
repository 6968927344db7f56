"""What the door answers, as wallet apps read it."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.accesses import ViewedNotice
from services.intake.expecting import Next
from services.intake.links import Links
from services.intake.problems.words import Row
from services.intake.timeline import CitizenClass, Step
from services.intake.verdicts import Remedy
from shared.catalog import Bilingual, Contact
from shared.events import Decision
from shared.gate import Case, State
from shared.webhook_keys import PublicKey

Documents = Literal["destroy", "return"]
"""What becomes of a withdrawn application's certificates: destroyed at once, or once the holder could fetch them."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class OfficeAnswer(_Answer):
    """An office of an institution, and how it is reached without an app."""

    id: str
    name: Bilingual
    contact: Contact


class InstitutionAnswer(_Answer):
    """A recipient institution (제출기관)."""

    id: str
    name: Bilingual
    code: str | None
    """행정표준코드 (7-digit institution code), where known."""
    offices: tuple[OfficeAnswer, ...]
    programmes_url: str
    """Where its programmes and the certificates they need are listed."""


class DrawAnswer(_Answer):
    """A lottery (추첨): what was committed to before, and, once drawn, all that is needed to draw it again.

    `HMAC-SHA256(seed, then public value; submission id)`: the smallest comes first, and among equals in what the
    programme ranks by before.
    """

    number: int
    """Which of the programme's it is, from 1 in the order of the commitments, those that were never drawn too."""
    run_id: str
    rule_version: int
    as_of: date
    committed_at: datetime
    commitment: str
    """SHA-256 of the seed's 32 bytes, in hexadecimal."""
    announced: str
    """Which public value is mixed in, as it was announced with the commitment."""
    drawn_at: datetime | None
    seed: str | None
    """In hexadecimal; null until it is drawn."""
    public_value: str | None
    """What that value turned out to be, in UTF-8; null until it is drawn."""


class AcceptedKind(_Answer):
    """A certificate kind a programme takes."""

    kind: str
    title: Bilingual
    need: Literal["each", "one_of", "optional"]
    """`each` is needed; of those marked `one_of` at least one is; an `optional` one may show more."""
    issued_within_days: int | None


class ReceivingOffice(_Answer):
    """An office that a programme's citizens can send to."""

    id: str
    institution: str
    name: Bilingual
    """With that of its institution."""


class ProgrammeAnswer(_Answer):
    """A programme (사업) that certificates can be sent to."""

    id: str
    version: int
    name: Bilingual
    aliases: tuple[str, ...]
    institution: str
    office: str
    """The responsible one."""
    offices: tuple[ReceivingOffice, ...]
    """All that receive, the responsible one first: a submission names one of them in `office`."""
    opens_at: datetime | None
    closes_at: datetime | None
    open: bool
    closed_because: Bilingual | None = None
    """Why it closes sooner than was announced, where it does; in the words of the office."""
    certificates: tuple[AcceptedKind, ...]
    take_back_policy: Bilingual
    answers_within: int | None
    """Working days within which an answer is expected; not promised."""
    policy: str
    """Where the whole policy stands: viewing, taking back, withdrawing, retention."""
    qr: str
    """Its QR code as SVG."""
    qr_png: str


class Receipt(_Answer):
    """접수증. The same for every repeat of one submission."""

    receipt: str = Field(examples=["GB-7K3F-6QXM-2TRD"])
    submission_id: str = Field(examples=["s-abcdefghijklmnopqrstuvwxyz"])
    programme: str
    office: str = Field(examples=["sonmok9988"])
    """Which one received it."""
    received_at: AwareDatetime
    certificates: int
    status_url: str
    page_url: str
    """The receipt link: a page for the holder's eyes. Whoever has it sees where things stand, and can do nothing."""
    take_back_until: Literal["viewed"] = "viewed"
    """It can be taken back until somebody at the office has looked, or has decided."""
    sandbox: bool = False
    """Whether it is of a sandbox, where nothing is decided on."""

    @classmethod
    def of(cls, case: Case, links: Links) -> "Receipt":
        """Give the receipt of a held submission."""
        return cls(
            receipt=case.receipt,
            submission_id=case.submission_id,
            programme=case.programme_id,
            office=case.office,
            received_at=case.received_at,
            certificates=sum(one.revision == 1 for one in case.certificates),
            status_url=links.status(case.submission_id),
            page_url=links.page(case.submission_id),
            sandbox=links.sandbox,
        )


class StatusAnswer(_Answer):
    """Where a submission stands."""

    receipt: Receipt
    state: State
    can_take_back: bool
    citizen_class: CitizenClass = Field(serialization_alias="class")
    decision: Decision | None
    """The confirmed decision, once its undo time has passed."""
    viewed_notice: ViewedNotice
    """How the citizen hears, with the wallet app it was sent with, that somebody looked."""
    timeline: tuple[Step, ...]


class ToldStep(Step):
    """A step in words."""

    title: Bilingual
    detail: Bilingual | None
    """Why, by whom, or what it means; None where the title says it all."""
    because: tuple[Bilingual, ...] = ()
    """Of `decided`: why, in whole sentences; the official's own, or of each condition that is not met."""
    remedy: Remedy | None = None
    """Of a refusal: what can be done about it."""


class ToldNext(Next):
    """What is expected next, in words."""

    title: Bilingual
    detail: Bilingual
    when: Bilingual | None
    """By when it is expected, said as an expectation; None where nobody says."""


class Alternative(_Answer):
    """An office that takes the same by visit, post or fax (민원처리법 8조의2)."""

    institution: str
    office: str
    name: Bilingual
    contact: Contact


class TimelineAnswer(_Answer):
    """What has happened to a submission, what is expected next, and whom to turn to otherwise."""

    submission_id: str
    receipt: str
    programme: str
    state: State
    citizen_class: CitizenClass = Field(serialization_alias="class")
    can_take_back: bool
    over: bool
    """Nothing more will happen: a stream ends with this."""
    steps: tuple[ToldStep, ...]
    next: ToldNext | None
    alternatives: tuple[Alternative, ...]
    page_url: str


class ProblemWords(_Answer):
    """A problem told to a person; braces stand where a refusal fills something in."""

    title: str
    detail: str
    remedy: str


class ProblemRow(_Answer):
    """One code of the table of problems."""

    code: str
    status: int
    ko: ProblemWords
    en: ProblemWords


def problem_row(row: Row) -> ProblemRow:
    """Give a row of the table as the door publishes it."""
    return ProblemRow(
        code=row.code, status=row.status, ko=ProblemWords(**asdict(row.ko)), en=ProblemWords(**asdict(row.en))
    )


class SupplementAnswer(_Answer):
    """A better certificate that was asked for and is held; the submission keeps its receipt and its place in line."""

    submission_id: str
    receipt: str
    revision: int
    """Of the submission, from 1: what is sent later is a later one."""
    certificates: int
    """How many came with it."""


class ClosingAnswer(_Answer):
    """A take-back or withdrawal that was agreed to: under way while the keys are destroyed, then done."""

    submission_id: str
    state: State
    status_url: str
    return_until: datetime | None = None
    """Until when a withdrawn application's certificates can be fetched back, where that was asked for."""


class DestructionAnswer(_Answer):
    """The record of a destruction (파기 확인서)."""

    submission_id: str
    state: State
    record: str = Field(
        description="Compact JWS (RFC 7515), Ed25519, by a key at `/v1/keys`: `receipt`, `ending`, `request`, "
        "`destroyed_at`, `destroyed` (kinds and counts), `sealed_under_data_key` (what else opens no more without it), "
        "`backups_unreadable_after` (a date, or null where the operator has set none)."
    )


class ReturnedAnswer(_Answer):
    """A withdrawn application whose certificates the holder has got back: what is left is destroyed within seconds."""

    submission_id: str
    state: State
    return_until: AwareDatetime | None


class WebhookKeys(_Answer):
    """The keys in force; a notice carries a signature by each."""

    app: str
    keys: tuple[PublicKey, ...]
