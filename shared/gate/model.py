"""What the gate keeps of a submission, and what it answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import JsonValue

from shared.corrections import Correction
from shared.events import Decision, Event
from shared.facts import Facts, FactsProvenance, Submitter
from shared.gate.by_hand import Answered, Asked, Corrected
from shared.vault import Seal, WrappedKey

Part = TypeVar("Part", "HeldCertificate", "Look", "Decided", Corrected, Answered)

State = Literal["held", "viewed", "decided", "taking_back", "withdrawing", "taken_back", "withdrawn", "expired"]

OPEN: tuple[State, ...] = ("held", "viewed", "decided")
"""States in which the submission has a key and may be read by the machine."""

ENDED: tuple[State, ...] = ("taken_back", "withdrawn", "expired")
"""States in which the key is destroyed, for good."""

RefusalReason = Literal[
    "held",
    "not_viewed",
    "corrected",
    "supplement",
    "not_asked",
    "not_found",
    "not_holder",
    "viewed",
    "decided",
    "undone",
    "closed",
    "taking_back",
    "withdrawing",
    "taken_back",
    "withdrawn",
    "expired",
]


@dataclass(frozen=True)
class Official:
    """Who at the office acts. The office is told to the citizen; the person stands in the access log."""

    id: str
    office: str
    address: str = ""
    """The network address they act from (접속지), for the access log alone."""


@dataclass(frozen=True)
class HeldCertificate:
    """One certificate of a held submission: where its ciphertext is, and what it was declared to be."""

    blob_id: str | None
    """None when its file is not kept: it could not be redacted, and had to be."""
    key: bytes | None = field(repr=False)
    """Its own key, sealed under the submission's: only while it stands here can the file be opened, wherever it is."""
    kind: str
    fingerprint: str
    """A keyed token of its bytes as sent: one file sent by two holders can be found, and nothing be shown by it."""
    size: int
    revision: int = 1
    """The revision of the submission that it came with."""
    redacted_at: datetime | None = None
    """When its original, which held a whole resident registration number without legal basis, was put beyond reach."""

    def to_document(self) -> dict[str, Any]:
        """Give the form the gate stores: the first revision goes unsaid, as in documents from before there were others.

        A service of an older version, beside this one during an upgrade, reads it.
        """
        return {name: value for name, value in asdict(self).items() if (name, value) != ("revision", 1)}

    def blob(self, seal: Seal) -> dict[str, Seal]:
        """Give the seal of its file by blob id, out of the submission's; empty when the file is not kept."""
        if self.blob_id is None or self.key is None:
            return {}
        return {self.blob_id: seal.certificate(self.blob_id, self.key)}


@dataclass(frozen=True)
class Hold:
    """All the gate needs to hold a submission."""

    submission_id: str
    receipt: str
    programme_id: str
    wallet_app: str
    holder: str
    """Keyed token of the holder's wallet address: rights belong to the holder, whichever app was used."""
    office: str
    received_at: datetime
    digest: str
    """A keyed token of the canonical content: the same idempotency key with other content is refused."""
    key: WrappedKey
    submitter: bytes
    """Who sent it, sealed (purpose `submitter`, revision 1): in the gate's own document, there if the submission is."""
    certificates: tuple[HeldCertificate, ...]
    retain_until: datetime
    finds: tuple[str, ...] = ()
    """Keyed tokens that it is found by: see `name_tokens`."""


@dataclass(frozen=True)
class Look:
    """One official's look at one submission."""

    official: str
    office: str
    purpose: str
    at: datetime
    request_id: str
    part_of: str = ""
    """The one act, such as an export, that took this look and others; empty where it was taken by itself."""
    address: str = ""


@dataclass(frozen=True)
class Decided:
    """A confirmed decision; it can be undone until `say_at`."""

    decision: Decision
    official: str
    office: str
    at: datetime
    request_id: str
    say_at: datetime
    address: str = ""


@dataclass(frozen=True)
class Case:
    """A submission as the gate knows it, without its key."""

    submission_id: str
    state: State
    receipt: str
    programme_id: str
    wallet_app: str
    holder: str
    office: str
    received_at: datetime
    revision: int
    digest: str
    certificates: tuple[HeldCertificate, ...]
    first_view: Look | None
    decided: Decided | None
    closed_at: datetime | None
    request_id: str | None
    """Of the take-back or withdrawal under way."""
    requested_at: datetime | None = None
    """When it was asked for."""
    return_until: datetime | None = None
    """Until when a withdrawn application's certificates can be fetched back."""
    destruction: str | None = field(default=None, repr=False)
    """The signed record of what was destroyed, once that is done."""
    corrections: tuple[Corrected, ...] = ()
    """That values were corrected, in the order in which they were; forgotten when the submission ends."""
    asked: Asked | None = None
    """The better certificate that was asked for last."""
    answered: tuple[Answered, ...] = ()

    @property
    def awaited(self) -> Asked | None:
        """The better certificate that is asked for and has not come."""
        return self.asked if self.asked and self.asked.revision == self.revision else None

    @property
    def ending_due(self) -> datetime | None:
        """When the take-back or withdrawal under way was to be carried out; None where none is."""
        if self.state not in ("taking_back", "withdrawing"):
            return None
        return self.return_until or self.requested_at

    @property
    def newest_part(self) -> int:
        """The first certificate, from 0, that came with the latest revision."""
        return next((part for part, one in enumerate(self.certificates) if one.revision == self.revision), 0)

    @staticmethod
    def from_document(document: dict[str, Any]) -> "Case":
        """Read a gate document."""
        return Case(
            submission_id=document["_id"],
            state=document["state"],
            receipt=document["receipt"],
            programme_id=document["programme_id"],
            wallet_app=document["wallet_app"],
            holder=document["holder"],
            office=document["office"],
            received_at=document["received_at"],
            revision=document["revision"],
            digest=document["digest"],
            certificates=tuple(_read(HeldCertificate, item) for item in document["certificates"]),
            first_view=_read(Look, document["first_view"]) if document.get("first_view") else None,
            decided=_read(Decided, document["decided"]) if document.get("decided") else None,
            closed_at=document.get("closed_at"),
            request_id=document.get("request_id"),
            requested_at=document.get("requested_at"),
            return_until=document.get("return_until"),
            destruction=document.get("destruction"),
            corrections=tuple(_read(Corrected, item) for item in document.get("corrections", ())),
            asked=Asked.from_document(document["asked"]) if document.get("asked") else None,
            answered=tuple(_read(Answered, item) for item in document.get("answered", ())),
        )


def _read(kind: type[Part], item: Mapping[str, Any]) -> Part:
    """Read a part of a document, passing over what it is sealed with, and what a newer version may have written."""
    return kind(**{name.name: item[name.name] for name in fields(kind) if name.name in item})


def held_document(hold: Hold) -> dict[str, Any]:
    """Give the document that a hold inserts, without the event it owes."""
    return {
        "_id": hold.submission_id,
        "state": "held",
        "receipt": hold.receipt,
        "programme_id": hold.programme_id,
        "wallet_app": hold.wallet_app,
        "holder": hold.holder,
        "office": hold.office,
        "received_at": hold.received_at,
        "revision": 1,
        "digest": hold.digest,
        "key": hold.key.to_document(),
        "submitter": hold.submitter,
        "certificates": [item.to_document() for item in hold.certificates],
        "retain_until": hold.retain_until,
        "finds": list(hold.finds),
    }


@dataclass(frozen=True)
class Held:
    """The submission is held: just now (`fresh`, with the event owed) or by an earlier, equal or different request."""

    case: Case
    fresh: bool
    event: Event | None = None


@dataclass(frozen=True)
class Accepted:
    """The call won. `event` is owed and may be said at once; None when an earlier, equal request already won."""

    case: Case
    event: Event | None = None


@dataclass(frozen=True)
class Refused:
    """The call lost, and to what."""

    reason: RefusalReason
    office: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """What an official who has been seen to look may see."""

    case: Case
    look_id: str
    facts: Facts | None
    """What counts: as read, and corrected since."""
    provenance: FactsProvenance | None
    screening: dict[str, JsonValue] | None
    submitter: Submitter
    read: Facts | None
    """What the machine read, which no correction touches."""
    corrections: tuple[Correction, ...]
    reason: str
    """Why the official who decided did so; empty where that stands in the screening."""
    event: Event | None
    """`submission-viewed`, when this was the first look."""


@dataclass(frozen=True)
class MachineCase:
    """A submission opened for reading by the machine, which is not viewing."""

    case: Case
    seal: Seal
    submitter: Submitter
    corrections: tuple[Correction, ...] = ()

    @property
    def blobs(self) -> dict[str, Seal]:
        """The seals of its certificates' files by blob id, of those that are kept."""
        return {blob_id: own for held in self.case.certificates for blob_id, own in held.blob(self.seal).items()}
