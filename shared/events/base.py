"""What every event has, and the words that events share."""

from abc import abstractmethod
from datetime import datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

_NAMESPACE = UUID("6f0b5b1e-6c1d-5e0e-9f43-0c9a1f6f7a10")

Outcome = Literal["eligible", "ineligible", "review"]
"""적격 · 부적격 · 확인필요: what the machine recommends; a person decides (행정기본법 20조)."""

Decision = Literal["eligible", "ineligible"]
"""What an official confirmed."""

RunClass = Literal["eligible", "ineligible", "review", "unreadable", "in_flight", "taken_back", "withdrawn", "expired"]
"""What a selection run counts a submission as: its own screening, or why it has none."""

RunStanding = Literal["selected", "waiting", "not_selected", "duplicate", "none"]
"""Within the quota, on the waiting list, beyond it, a later one of the same person or household; `none` of all that are
not eligible."""

ServiceName = Literal["intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard"]

Notice = Literal["received", "unreadable", "supplement_asked", "viewed", "decided", "taken_back", "withdrawn"]
"""What a citizen can be told through the wallet app."""

SuspensionReason = Literal["gone", "failing"]
"""Why a wallet app's endpoint is told nothing for now: it said that it is gone, or nothing was accepted for hours."""

SendFailure = Literal[
    "timeout", "connecterror", "readerror", "writeerror", "remoteprotocolerror",
    "host_not_found", "address_not_public", "not_https", "url_with_user", "port_not_allowed",
]  # fmt: skip
"""How an attempt to tell a wallet app ended without an HTTP status; a status is `http_` and its number."""


SupplementWhy = Literal["unreadable", "incomplete", "too_old", "wrong_certificate", "unclear"]
"""Why a better certificate is asked for: none of these says anything of the person."""


class Event(BaseModel):
    """A fact. `event_id` derives from its cause, so that saying it twice says the same thing."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: ClassVar[str]
    event_id: UUID
    at: datetime
    cause: str
    """Id of what made it happen: another event's id, or a request's."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """What it is about, which is also its Kafka key.

        All that is said of one subject keeps its order within a topic.
        """

    @classmethod
    def because_of(cls, cause: "Event | str", **fields: Any) -> Self:
        """Build the event that `cause` (an event, or a request's id) leads to; `fields` are its own fields and `at`."""
        name = str(cause.event_id) if isinstance(cause, Event) else cause
        draft = cls.model_validate({**fields, "event_id": _NAMESPACE, "cause": name})
        return draft.model_copy(update={"event_id": uuid5(_NAMESPACE, f"{name}|{cls.topic}|{draft.subject}")})
