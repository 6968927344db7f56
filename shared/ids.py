"""Identifiers: what they look like, so that one kind is never taken for another."""

import re

_SUBMISSION = re.compile(r"s-[a-z2-7]{26}")


def is_submission_id(text: str) -> bool:
    """Tell whether `text` has the shape of a submission id: `s-` and 26 letters of base32 (130 bits, unguessable)."""
    return _SUBMISSION.fullmatch(text) is not None
