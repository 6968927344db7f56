"""What an attempt to tell a wallet app leads to, and when the next one is made. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from services.notification.rules import Telling
from shared.events import Event, NotificationExhausted, NotificationRecovered, WalletNotified


@dataclass(frozen=True)
class Claimed:
    """A telling this process has under lease; `attempt` counts from 1, this one included."""

    telling: Telling
    attempt: int
    given_up: bool = False
    """Whether it had been given up before, and is sent again by an operator's wish."""


@dataclass(frozen=True)
class Answer:
    """What came of one attempt: accepted by the wallet app or not, and a code that says how."""

    accepted: bool
    code: str
    again_in: timedelta | None = None
    """The wait that the wallet app asked for (Retry-After, RFC 9110 §10.2.3)."""
    seconds: float = field(default=0.0, compare=False)
    """How long it took."""


@dataclass(frozen=True)
class Policy:
    """How often and how patiently: by default fourteen attempts over about a day."""

    attempts: int = 14
    first: timedelta = timedelta(seconds=5)
    factor: int = 3
    longest: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class Verdict:
    """What an attempt leads to: an end, with the events to say, or another attempt at `due_at`."""

    webhook_id: str
    state: Literal["delivered", "due", "exhausted"]
    code: str
    due_at: datetime | None = None
    events: tuple[Event, ...] = ()


def pause(policy: Policy, attempt: int, draw: float) -> timedelta:
    """Give the wait after a failed attempt: exponential, capped, and by `draw`, from 0 to 1, in its upper half."""
    whole: timedelta = min(policy.longest, policy.first * policy.factor ** min(attempt - 1, 20))
    return whole * (0.5 + draw / 2)


def asked_wait(header: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After: seconds, or a date. None where there is none, or it makes no sense."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or a zone may have any number of digits
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return wait if wait > timedelta() else None


def verdict(claimed: Claimed, answer: Answer, policy: Policy, now: datetime, draw: float) -> Verdict:
    """Judge an attempt. A wait that the app asked for is kept, if it is longer than ours, up to the longest of ours."""
    told = claimed.telling
    about = {"submission_id": told.submission_id, "at": now, "notice": told.notice, "webhook_id": told.webhook_id}
    if answer.accepted:
        said: list[Event] = [WalletNotified.because_of(told.webhook_id, **about)]
        if claimed.given_up:
            said.append(NotificationRecovered.because_of(told.webhook_id, **about))
        return Verdict(told.webhook_id, "delivered", answer.code, events=tuple(said))
    if claimed.attempt >= policy.attempts:
        given_up = NotificationExhausted.because_of(told.webhook_id, **about, code=answer.code)
        return Verdict(told.webhook_id, "exhausted", answer.code, events=(given_up,))
    wait = pause(policy, claimed.attempt, draw)
    if answer.again_in is not None:
        wait = max(wait, min(answer.again_in, policy.longest))
    return Verdict(told.webhook_id, "due", answer.code, due_at=now + wait)
