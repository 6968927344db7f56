"""What a holder is told of the accesses to their submission: by which office, when, why and what. Pure.

Who at the office acted is never told. A machine reading is told as one, and a decision made without opening as a
decision: neither is ever called viewed. A decision is told once its undo time has passed, as in the timeline.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from shared.audit import Access, Mark
from shared.catalog import Bilingual, Wallet
from shared.events import SubmissionEvent, SubmissionTakenBack, SubmissionWithdrawn
from shared.gate import Case

Told = Literal["viewed", "exported", "page", "decided", "read"]
"""What of an entry of the access log (`shared.audit.What`) a holder is told."""

ViewedNotice = Literal["pushed", "poll", "unknown"]
"""How a citizen hears that somebody looked: the wallet app is told at once · the app shows it when it asks · nobody has
said, so nothing is claimed."""

MARK = r"^\d{1,15}-\d{8}\.\d{10}$"
"""What `before` looks like: the instant in milliseconds, and the place in the log."""

_ENGLISH = {
    "심사": "review",
    "재검토": "second review",
    "민원 응대": "answering the citizen",
    "감사": "audit",
    "내보내기": "export",
    "결정": "decision",
    "판독값 정정": "correcting what was read",
    "조건 확인": "finding out a condition",
    "보완 요청": "asking for a better certificate",
}
_MACHINE = {
    "extraction": Bilingual(ko="증명서 판독", en="reading the certificates"),
    "eligibility": Bilingual(ko="자격 선별", en="screening"),
    "selection": Bilingual(ko="일괄 선별", en="a selection run over the whole programme"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AccessOffice(BaseModel):
    """The office of an access."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Bilingual


class AccessAnswer(BaseModel):
    """One access."""

    model_config = ConfigDict(frozen=True)

    what: Told
    by: Literal["person", "machine"]
    office: AccessOffice | None = None
    """None where it was the machine."""
    at: datetime
    purpose: Bilingual
    """As the official gave it; in English where it is one of the usual ones."""


class AccessesAnswer(BaseModel):
    """The accesses to a submission, newest first."""

    model_config = ConfigDict(frozen=True)

    submission_id: str
    entries: tuple[AccessAnswer, ...]
    next: str | None = None
    """Where earlier ones are; None where there are none."""


def told_accesses(
    case: Case, accesses: Iterable[Access], office_name: Callable[[str], Bilingual]
) -> tuple[AccessAnswer, ...]:
    """Give the accesses as their holder is told them, in the order given."""
    return tuple(_told(access, office_name) for access in accesses if _is_told(case, access))


def _is_told(case: Case, access: Access) -> bool:
    stands = case.closed_at is not None and case.decided is not None and case.decided.request_id == access.act
    if access.what == "found":  # nothing was opened by it; it is the office's record of who searched
        return False
    return access.what != "decided" or stands


def _told(access: Access, office_name: Callable[[str], Bilingual]) -> AccessAnswer:
    if access.machine:
        purpose = _MACHINE.get(access.machine, Bilingual(ko=access.machine, en=access.machine))
        return AccessAnswer(what=cast(Told, access.what), by="machine", at=access.at, purpose=purpose)
    english = " · ".join(_ENGLISH.get(word, word) for word in access.purpose.split(" · "))
    return AccessAnswer(
        what=cast(Told, access.what),
        by="person",
        office=AccessOffice(id=access.office, name=office_name(access.office)),
        at=access.at,
        purpose=Bilingual(ko=access.purpose, en=english),
    )


def mark_text(access: Access) -> str:
    """Write down from where on earlier accesses are asked for."""
    return f"{(access.at - _EPOCH) // timedelta(milliseconds=1)}-{access.place}"


def mark_of(text: str) -> Mark | None:
    """Read `mark_text`; None where it is none."""
    if re.match(MARK, text) is None:
        return None
    milliseconds, _, place = text.partition("-")
    try:
        return Mark(_EPOCH + timedelta(milliseconds=int(milliseconds)), place)
    except OverflowError:
        return None


def closed_at(events: Iterable[SubmissionEvent]) -> datetime | None:
    """Give when a submission was taken back or withdrawn, as far as its events tell."""
    closing = (event.at for event in events if isinstance(event, SubmissionTakenBack | SubmissionWithdrawn))
    return min(closing, default=None)


def viewed_notice(wallet: Wallet | None) -> ViewedNotice:
    """Tell how the citizen hears that somebody looked, by what the catalogue knows of the wallet app."""
    if wallet is None:
        return "unknown"
    if wallet.abilities.told_of_viewing:
        return "pushed"
    return "poll" if wallet.read_notice == "history_shows_view_time" else "unknown"
