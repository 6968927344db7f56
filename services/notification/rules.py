"""What a citizen is told, and whether the wallet app can be told it. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, assert_never
from uuid import UUID, uuid5

from shared.events import (
    ExtractionFailed,
    Notice,
    SubmissionDecided,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    SupplementAsked,
)

News = (
    SubmissionReceived
    | ExtractionFailed
    | SupplementAsked
    | SubmissionViewed
    | SubmissionDecided
    | SubmissionTakenBack
    | SubmissionWithdrawn
)

WhyNot = Literal["no_endpoint", "app_not_told_of_viewing"]
"""Why nobody is told: it is recorded, and nothing is claimed."""

STILL_TOLD: tuple[Notice, ...] = ("received", "viewed", "decided", "taken_back", "withdrawn")
"""What is told of a submission that is gone all the same: who looked, and what was done, stay owed to the citizen.

What they were to do next no longer matters, and goes with it.
"""

_NAMESPACE = UUID("2f6a9a1d-5a0b-5d7c-9a52-5f4f0b1c7e31")


@dataclass(frozen=True)
class Telling:
    """One notice of one submission. `webhook_id` derives from the event, so the same news twice is one telling."""

    webhook_id: str
    submission_id: str
    notice: Notice
    at: datetime
    codes: Mapping[str, str]
    """What the notice says beside its name: codes and dates, and the office that acted."""


@dataclass(frozen=True)
class Known:
    """What is remembered of a submission; the app stays None until `submission-received` has arrived."""

    wallet_app: str | None = None
    receipt: str | None = None
    gone: bool = False


def telling(news: News) -> Telling:
    """Give the notice that an event is for the citizen."""
    notice, codes = _content(news)
    return Telling(f"msg_{uuid5(_NAMESPACE, str(news.event_id)).hex}", news.submission_id, notice, news.at, codes)


def _content(news: News) -> tuple[Notice, dict[str, str]]:
    match news:
        case SubmissionReceived():
            return "received", {}
        case ExtractionFailed():
            return "unreadable", {"reason": news.reason}
        case SupplementAsked():
            return "supplement_asked", {"due_on": news.due_on.isoformat()}
        case SubmissionViewed():
            return "viewed", {"office": news.office}
        case SubmissionDecided():  # which way is for the citizen alone: the app asks the door, as the holder
            return "decided", {"office": news.office}
        case SubmissionTakenBack():
            return "taken_back", {}
        case SubmissionWithdrawn():
            return "withdrawn", {}
        case _:  # pragma: no cover - mypy proves it
            assert_never(news)


def wanted(notice: Notice, known: Known) -> bool:
    """Tell whether a notice is still to be given: of a submission that is gone, only its receipts."""
    return not known.gone or notice in STILL_TOLD


def why_not(notice: Notice, app: str, told_of_viewing: Mapping[str, bool]) -> WhyNot | None:
    """Give why an app cannot be told; None when it can. The mapping holds the apps that have an endpoint."""
    if app not in told_of_viewing:
        return "no_endpoint"
    return "app_not_told_of_viewing" if notice == "viewed" and not told_of_viewing[app] else None


def routes(
    waiting: Iterable[Telling], known: Mapping[str, Known], told_of_viewing: Mapping[str, bool]
) -> dict[tuple[str, WhyNot | None], list[str]]:
    """Group the notices whose app is known by that app and why it cannot be told; the others go on waiting."""
    decided: dict[tuple[str, WhyNot | None], list[str]] = defaultdict(list)
    for told in waiting:
        if app := known[told.submission_id].wallet_app:
            decided[app, why_not(told.notice, app, told_of_viewing)].append(told.webhook_id)
    return decided


def payload(told: Telling, known: Known) -> bytes:
    """Give the body of a webhook (Standard Webhooks 1.0, thin): the same at each attempt."""
    data = {"submission_id": told.submission_id, "receipt": known.receipt, "notice": told.notice, **told.codes}
    return envelope(f"submission.{told.notice}", told.at, data)


def envelope(kind: str, at: datetime, data: Mapping[str, str | None]) -> bytes:
    """Give the body of a webhook of a type (Standard Webhooks 1.0); what is None in its data is left out."""
    body = {
        "type": kind,
        "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {name: value for name, value in data.items() if value is not None},
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
