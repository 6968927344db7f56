"""Events as services say them, of nobody."""

from shared.clock import utc_now
from shared.events import SubmissionReceived

_LETTERS = str.maketrans("0189", "abcd")


def received(number: int) -> SubmissionReceived:
    """That a submission of this number came in: the same number is the same event."""
    return SubmissionReceived.because_of(
        f"test-{number}",
        submission_id=f"s-{number:026d}".translate(_LETTERS),
        at=utc_now(),
        receipt="R",
        programme_id="P",
        wallet_app="naver",
        office="o",
    )
