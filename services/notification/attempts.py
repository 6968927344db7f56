"""What an attempt to tell a wallet app leads to, and when the next one is made. Pure."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.notification.rules import Telling
from shared.events import NotificationExhausted, WalletNotified


@dataclass(frozen=True)
class Claimed:
    """A telling this process has under lease; `attempt` counts from 1, this one included."""

    telling: Telling
    attempt: int


@dataclass(frozen=True)
class Answer:
    """What came of one attempt: accepted by the wallet app or not, and a code that says how."""

    accepted: bool
    code: str


@dataclass(frozen=True)
class Policy:
    """How often and how patiently: by default twelve attempts over about a day."""

    attempts: int = 12
    first: timedelta = timedelta(seconds=5)
    factor: int = 3
    longest: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class Verdict:
    """What an attempt leads to: an end, with the event to say, or another attempt at `due_at`."""

    webhook_id: str
    state: Literal["delivered", "due", "exhausted"]
    code: str
    due_at: datetime | None = None
    event: WalletNotified | NotificationExhausted | None = None


def pause(policy: Policy, webhook_id: str, attempt: int) -> timedelta:
    """Give the wait after a failed attempt: exponential, capped, and spread over its upper half by the webhook's id."""
    whole: timedelta = min(policy.longest, policy.first * policy.factor ** min(attempt - 1, 20))
    return whole * (0.5 + zlib.crc32(f"{webhook_id}|{attempt}".encode()) / 2**33)


def verdict(claimed: Claimed, answer: Answer, policy: Policy, now: datetime) -> Verdict:
    """Judge an attempt."""
    told = claimed.telling
    about = {"submission_id": told.submission_id, "at": now, "notice": told.notice, "webhook_id": told.webhook_id}
    if answer.accepted:
        notified = WalletNotified.because_of(told.webhook_id, **about)
        return Verdict(told.webhook_id, "delivered", answer.code, event=notified)
    if claimed.attempt >= policy.attempts:
        given_up = NotificationExhausted.because_of(told.webhook_id, **about)
        return Verdict(told.webhook_id, "exhausted", answer.code, event=given_up)
    return Verdict(told.webhook_id, "due", answer.code, due_at=now + pause(policy, told.webhook_id, claimed.attempt))
