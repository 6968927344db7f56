"""Of what failed, what an official may leave as it is, and what is owed to the citizen."""

from datetime import UTC, datetime

import pytest

from services.dashboard.failures import Failure, Kind
from services.dashboard.rules import Entry

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "code", "service", "owed"),
    [
        ("stuck", "taking_back", "", True),
        ("stuck", "withdrawing", "", True),
        ("stuck", "", "", False),
        ("stuck", "read", "", False),
        ("stuck", "corrected", "", False),
        ("stuck", "answered", "", False),
        ("parked", "bug:KeyError", "withdrawal", True),
        ("parked", "bug:KeyError", "extraction", False),
        ("parked", "bug:KeyError", "notification", False),
        ("unreadable", "no_text_layer", "", False),
        ("untold", "http_500", "", False),
    ],
)
def test_only_what_a_citizen_ended_is_owed(kind: Kind, code: str, service: str, owed: bool) -> None:
    entry = Entry("s")
    assert Failure(kind, entry, AT, code, service=service).is_owed is owed
