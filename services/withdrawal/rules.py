"""What an erasure is, step by step. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.events import Event, WithdrawalRequested
from shared.gate import Accepted, Refused


@dataclass(frozen=True)
class Erasure:
    """One erasure whose key is destroyed; what is left is to sweep and to say."""

    submission_id: str
    kind: str
    requested_at: datetime
    event: Event


def erasures(asked: Sequence[WithdrawalRequested], answers: Sequence[Accepted | Refused]) -> list[Erasure]:
    """Pair requests with the gate's answers and give those in force.

    A refusal means that nothing was asked of the gate.
    """
    return [
        Erasure(request.submission_id, request.kind, request.at, answer.event)
        for request, answer in zip(asked, answers, strict=True)
        if isinstance(answer, Accepted) and answer.event is not None
    ]


def progress(erasure: Erasure, at: datetime) -> dict[str, Any]:
    """Give what is kept of an erasure: that it was done, and when; nothing of what was erased."""
    return {"kind": erasure.kind, "requested_at": erasure.requested_at, "erased_at": at}
