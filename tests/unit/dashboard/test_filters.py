"""What is wanted of the queue: read from any address, kept by its own."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.filters import AGES, ONLY, SOON, Filter
from services.dashboard.pages.finding import receipts_of
from shared.standing import CLASSES

NOW = datetime(2026, 11, 30, tzinfo=UTC)
FILTERS = st.builds(
    Filter,
    programme=st.sampled_from(["", "P_1"]),
    submission_class=st.sampled_from([None, *CLASSES]),
    mark=st.sampled_from(["", "unseen", "undecided", "decided"]),
    office=st.text(max_size=20),
    age=st.sampled_from([0, *AGES]),
    only=st.sampled_from(ONLY),
)


@given(FILTERS)
def test_a_filter_is_read_back_from_its_own_address(wanted: Filter) -> None:
    assert Filter.parse(dict(parse_qsl(wanted.query()))) == wanted


@given(st.dictionaries(st.sampled_from(["programme", "class", "mark", "office", "age", "only", "wanted"]), st.text()))
def test_whatever_stands_in_an_address_is_some_filter_and_keeps_nothing_else(fields: dict[str, str]) -> None:
    wanted = Filter.parse(fields)
    assert Filter.parse(dict(parse_qsl(wanted.query()))) == wanted
    assert "wanted" not in wanted.query()


def test_what_ends_soon_is_a_stretch_of_reception_and_never_decided_or_gone() -> None:
    listed = Filter("P", only="soon", mark="decided").listed(NOW, retention_days=365, since=None)
    assert (listed.since, listed.until) == (NOW - timedelta(days=365), NOW - timedelta(days=365) + SOON)
    assert (listed.mark, listed.alive, listed.by) == ("undecided", True, "received_at")


def test_what_is_new_is_read_by_when_it_entered_the_desk() -> None:
    listed = Filter("P", only="new").listed(NOW, retention_days=365, since=NOW - timedelta(days=1))
    assert (listed.by, listed.since, listed.until) == ("entered_at", NOW - timedelta(days=1), NOW)


def test_a_receipt_number_is_understood_without_its_dashes() -> None:
    assert "GB-ABCD-2345-EFGH" in receipts_of("abcd2345efgh")
    assert "GB-ABCD-2345-EFGH" in receipts_of("gb abcd-2345 efgh")
    assert receipts_of(" ") == []
    assert all("김가상" in one for one in receipts_of("김 가상"))
