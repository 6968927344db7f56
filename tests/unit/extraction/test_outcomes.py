"""What extraction says of a submission: how many certificates are in each state, and of none which."""

from datetime import UTC, datetime

from services.extraction.outcomes import Attempt, authenticity_of, event_of
from shared.events import SubmissionExtracted, SubmissionReceived
from shared.facts import Certificate, Facts

NOON = datetime(2022, 12, 12, 3, tzinfo=UTC)
STATES = ("genuine", "altered", "genuine", "unverified")
FACTS = Facts(
    certificates=tuple(Certificate(part=at, kind="RR_FULL", authenticity=state) for at, state in enumerate(STATES))
)
RECEIVED = SubmissionReceived.because_of(
    "s-one", submission_id="s-one", at=NOON, receipt="R", programme_id="P", wallet_app="toss", office="o"
)


def test_certificates_are_counted_by_state_and_none_is_named() -> None:
    attempt = Attempt("s-one", 1, NOON, None, authenticity_of(FACTS))
    said = event_of(RECEIVED, attempt)
    assert isinstance(said, SubmissionExtracted)
    assert said.authenticity == {"genuine": 2, "altered": 1, "unverified": 1}
    assert "RR_FULL" not in said.model_dump_json()


def test_an_attempt_of_yesterday_says_no_counts() -> None:
    said = event_of(RECEIVED, Attempt("s-one", 1, NOON, None))
    assert isinstance(said, SubmissionExtracted)
    assert said.authenticity == {}
