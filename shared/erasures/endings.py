"""The ways in which a submission ends, each of which destroys its key, and the event that says so."""

from collections.abc import Mapping
from typing import Literal

from shared.events import SubmissionExpired, SubmissionTakenBack, SubmissionWithdrawn

Ending = Literal["take_back", "withdraw", "expire"]
"""회수, 취하, and the end of retention (보유기간 만료)."""

Ended = SubmissionTakenBack | SubmissionWithdrawn | SubmissionExpired
"""Says that a submission's key is destroyed."""

SAID_BY: Mapping[Ending, type[Ended]] = {
    "take_back": SubmissionTakenBack,
    "withdraw": SubmissionWithdrawn,
    "expire": SubmissionExpired,
}
_ENDINGS: Mapping[type[Ended], Ending] = {event: ending for ending, event in SAID_BY.items()}


def ending_of(event: Ended) -> Ending:
    """Give how the submission ended that this event is about."""
    return _ENDINGS[type(event)]
