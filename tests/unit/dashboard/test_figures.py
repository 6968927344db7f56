"""The overview's figures and charts: every day is told, everything is counted once, few are not told of."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.dashboard.figures import (
    DAYS,
    FEW,
    WAITS,
    Decisions,
    Reading,
    days_of,
    first_day,
    readings_of,
    wait_of,
    waits_of,
)
from services.dashboard.pages.charts import HEIGHT, WIDTH, columns, line
from services.dashboard.pages.queue_words import WAITS as WAIT_WORDS
from services.dashboard.rules import Entry
from shared.standing import CLASSES, ScreeningMark, Standing

NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""Already the first of December in Seoul."""


def entry(name: str, *findings: str, unreadable: bool = False, screened: bool = True) -> Entry:
    mark = ScreeningMark(
        revision=1, rule_version=1, as_of=date(2026, 11, 1), edition=0, outcome="review", waiting_on=(),
        findings=findings,
    )  # fmt: skip
    return Entry(name, 1, Standing(failed_revision=int(unreadable), screening=mark if screened else None))


def test_every_day_up_to_today_in_seoul_is_told_those_without_anything_too() -> None:
    received = {(date(2026, 12, 1), "eligible"): 3, (date(2026, 11, 20), "review"): 2, (date(2026, 1, 1), "review"): 9}
    decisions = [Decisions(date(2026, 12, 1), "eligible", 0, 2), Decisions(date(2026, 12, 1), "eligible", 3, 1)]
    days = days_of(NOW, received, decisions)  # type: ignore[arg-type]
    assert [day.day for day in days] == [first_day(NOW) + timedelta(days=number) for number in range(DAYS)]
    assert days[-1].day == date(2026, 12, 1)
    assert (days[-1].received, days[-1].decided, days[-1].eligible, days[-1].ineligible) == (3, 3, 3, 0)
    assert sum(day.received for day in days) == 5
    assert set(days[0].classes) == set(CLASSES)


@pytest.mark.parametrize(("hours", "stretch"), [(0, 0), (0.99, 0), (1, 1), (23.9, 2), (24, 3), (335, 5), (9_999, 6)])
def test_a_waiting_time_falls_into_one_stretch(hours: float, stretch: int) -> None:
    assert wait_of(NOW, NOW + timedelta(hours=hours)) == stretch


def test_every_decision_is_counted_in_one_stretch_and_every_stretch_has_its_word() -> None:
    counts = waits_of(Decisions(date(2026, 12, 1), "eligible", number % 7, 2) for number in range(20))
    assert sum(counts) == 40
    assert len(counts) == len(WAITS) + 1 == len(WAIT_WORDS)


def test_readings_are_told_by_kind_of_what_was_read_or_could_not_be() -> None:
    entries = [
        *(entry(f"s-{number}", "unverified", "duplicate") for number in range(4)),
        entry("s-4", unreadable=True, screened=False),
        entry("s-5", screened=False),
    ]
    kinds = {one.submission_id: ("EI_HIST", "EI_HIST") for one in entries} | {"s-0": ("EI_HIST", "DISABLED")}
    found = readings_of(entries, kinds)
    assert found == [
        Reading("EI_HIST", 5, 1, {"unverified": 4}),
        Reading("DISABLED", 1, 0, {"unverified": 1}),
    ]
    assert found[0].share_read == pytest.approx(0.8)
    assert [one.told for one in found] == [True, False], f"less than {FEW} are not told of"


def test_bars_stay_in_their_frame_and_are_as_high_as_their_numbers() -> None:
    chart = columns([("a", [("in", 10), ("out", 5)]), ("b", [("in", 0), ("out", 30)])])
    assert chart.top == 30
    assert [bar.height for bar in chart.bars] == [round(HEIGHT / 3, 2), round(HEIGHT / 6, 2), HEIGHT]
    beside = columns([("a", [("in", 10), ("out", 5)])], side_by_side=True)
    assert beside.top == 10
    for bar in (*chart.bars, *beside.bars):
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.1
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.1
    assert columns([]).bars == columns([("a", [("in", 0)])]).bars == ()


def test_the_line_of_classes_is_as_long_as_all_of_them() -> None:
    bars = line({"eligible": 2, "review": 0, "ineligible": 6}).bars
    assert [bar.width for bar in bars] == [WIDTH / 4, WIDTH * 3 / 4]
    assert bars[1].x == WIDTH / 4
    assert line({}).bars == ()
