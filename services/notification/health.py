"""Whether an endpoint lives: when it is suspended, and what is known of it meanwhile. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notification.attempts import Answer
from services.notification.pacing import Bucket
from shared.events import SuspensionReason

GONE = "http_410"


@dataclass(frozen=True)
class Health:
    """One endpoint as all processes know it together."""

    app: str
    failing_since: datetime | None = None
    """The first attempt after the last one that was accepted."""
    failures: int = 0
    code: str | None = None
    """How the last attempt failed."""
    accepted_at: datetime | None = None
    suspended_at: datetime | None = None
    reason: SuspensionReason | None = None
    probe_at: datetime | None = None
    """When one notice is to be tried on a suspended endpoint; only where an operator asked for it."""
    probed_at: datetime | None = None
    bucket: Bucket | None = None
    owner_code: str | None = None
    """How its owner answered, when told of the last suspension or its end."""


@dataclass(frozen=True)
class Rule:
    """When an endpoint counts as dead: nothing was accepted for so long, over at least so many attempts."""

    silent_for: timedelta = timedelta(hours=12)
    failures: int = 8


def why_suspend(health: Health, answers: Iterable[Answer], rule: Rule, now: datetime) -> SuspensionReason | None:
    """Give why an endpoint is suspended after these answers; None where it is not, or is already."""
    if health.suspended_at is not None:
        return None
    if any(answer.code == GONE for answer in answers):
        return "gone"
    failing = health.failing_since is not None and now - health.failing_since >= rule.silent_for
    return "failing" if failing and health.failures >= rule.failures else None
