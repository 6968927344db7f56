"""What the door answers, as wallet apps read it."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.timeline import CitizenClass, Step
from shared.catalog import Bilingual
from shared.events import Decision
from shared.gate import Case, State


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class OfficeAnswer(_Answer):
    """An office of an institution."""

    id: str
    name: Bilingual


class InstitutionAnswer(_Answer):
    """A recipient institution (제출기관)."""

    id: str
    name: Bilingual
    code: str | None
    """행정표준코드 (7-digit institution code), where known."""
    offices: tuple[OfficeAnswer, ...]


class AcceptedKind(_Answer):
    """A certificate kind a programme takes."""

    kind: str
    title: Bilingual
    need: Literal["each", "one_of", "optional"]
    """`each` is needed; of those marked `one_of` at least one is; an `optional` one may show more."""
    issued_within_days: int | None


class ProgrammeAnswer(_Answer):
    """A programme (사업) that certificates can be sent to."""

    id: str
    version: int
    name: Bilingual
    aliases: tuple[str, ...]
    institution: str
    office: str
    opens_at: datetime | None
    closes_at: datetime | None
    open: bool
    certificates: tuple[AcceptedKind, ...]
    take_back_policy: Bilingual
    qr: str


class Receipt(_Answer):
    """접수증. The same for every repeat of one submission."""

    receipt: str = Field(examples=["GB-7K3F-9QXM-2TRD"])
    submission_id: str = Field(examples=["s-abcdefghijklmnopqrstuvwxyz"])
    programme: str
    received_at: AwareDatetime
    certificates: int
    status_url: str
    take_back_until: Literal["viewed"] = "viewed"
    """It can be taken back until somebody at the office has looked, or has decided."""

    @classmethod
    def of(cls, case: Case, origin: str) -> "Receipt":
        """Give the receipt of a held submission."""
        return cls(
            receipt=case.receipt,
            submission_id=case.submission_id,
            programme=case.programme_id,
            received_at=case.received_at,
            certificates=len(case.certificates),
            status_url=f"{origin}/v1/submissions/{case.submission_id}",
        )


class StatusAnswer(_Answer):
    """Where a submission stands."""

    receipt: Receipt
    state: State
    can_take_back: bool
    citizen_class: CitizenClass = Field(serialization_alias="class")
    decision: Decision | None
    """The confirmed decision, once its undo time has passed."""
    timeline: tuple[Step, ...]


class ClosingAnswer(_Answer):
    """A take-back or withdrawal that was agreed to: under way while the keys are destroyed, then done."""

    submission_id: str
    state: State
    status_url: str
