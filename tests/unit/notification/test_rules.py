"""What a citizen is told, and whether the app can be told it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.notification.rules import Known, News, payload, routes, telling, wanted, why_not
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

AT = datetime(2022, 12, 12, 3, 4, 5, tzinfo=UTC)
SID = "s-" + "a" * 26
TOLD_OF_VIEWING = {"naver": True, "kakao": False}


def news(kind: type[News], **fields: Any) -> News:
    return kind.because_of("cause", submission_id=SID, at=AT, **fields)


RECEIVED = news(
    SubmissionReceived, receipt="R-1", programme_id="SONMOK9988_2022", wallet_app="naver", office="시민건강국"
)
VIEWED = news(SubmissionViewed, office="시민건강국")


@pytest.mark.parametrize(
    ("event", "notice", "codes"),
    [
        (RECEIVED, "received", {}),
        (news(ExtractionFailed, revision=1, reason="no_text_layer"), "unreadable", {"reason": "no_text_layer"}),
        (news(SupplementAsked, revision=2, due_on=date(2022, 12, 26)), "supplement_asked", {"due_on": "2022-12-26"}),
        (VIEWED, "viewed", {"office": "시민건강국"}),
        (news(SubmissionDecided, decision="ineligible", office="시민건강국"), "decided", {"office": "시민건강국"}),
        (news(SubmissionTakenBack), "taken_back", {}),
        (news(SubmissionWithdrawn), "withdrawn", {}),
    ],
)
def test_each_event_that_concerns_a_citizen_is_one_notice(event: News, notice: str, codes: dict[str, str]) -> None:
    told = telling(event)
    assert (told.notice, told.codes, told.submission_id, told.at) == (notice, codes, SID, AT)


def test_the_same_event_again_is_the_same_webhook_and_another_event_another() -> None:
    assert telling(VIEWED).webhook_id == telling(VIEWED.model_copy()).webhook_id
    assert telling(VIEWED).webhook_id != telling(RECEIVED).webhook_id


def test_a_payload_is_thin_and_the_same_at_each_attempt() -> None:
    body = payload(telling(VIEWED), Known("naver", "R-1"))
    assert body == payload(telling(VIEWED), Known("naver", "R-1"))
    assert json.loads(body) == {
        "type": "submission.viewed",
        "timestamp": "2022-12-12T03:04:05Z",
        "data": {"submission_id": SID, "receipt": "R-1", "notice": "viewed", "office": "시민건강국"},
    }
    assert len(body) < 20_000


def test_a_webhook_never_says_which_way_it_was_decided() -> None:
    body = payload(telling(news(SubmissionDecided, decision="ineligible", office="시민건강국")), Known("naver"))
    assert b"eligible" not in body
    assert b"receipt" not in body


def test_an_app_that_cannot_be_told_of_viewing_is_told_everything_else() -> None:
    assert why_not("viewed", "kakao", TOLD_OF_VIEWING) == "app_not_told_of_viewing"
    assert why_not("decided", "kakao", TOLD_OF_VIEWING) is None
    assert why_not("viewed", "naver", TOLD_OF_VIEWING) is None


def test_an_app_without_an_endpoint_is_told_nothing_and_that_is_said() -> None:
    assert why_not("received", "unheard_of", TOLD_OF_VIEWING) == "no_endpoint"


@pytest.mark.parametrize(
    ("notice", "still"),
    [("received", True), ("viewed", True), ("unreadable", False), ("supplement_asked", False), ("withdrawn", True)],
)
def test_of_a_submission_that_is_gone_what_happened_is_told_and_what_was_to_do_is_not(
    notice: Notice, still: bool
) -> None:
    assert wanted(notice, Known("naver", "R-1", gone=True)) is still
    assert wanted(notice, Known("naver", "R-1"))


def test_a_notice_whose_app_is_not_known_goes_on_waiting() -> None:
    viewed = telling(VIEWED)
    assert routes([viewed], {SID: Known(gone=True)}, TOLD_OF_VIEWING) == {}
    assert routes([viewed], {SID: Known("kakao")}, TOLD_OF_VIEWING) == {
        ("kakao", "app_not_told_of_viewing"): [viewed.webhook_id]
    }
