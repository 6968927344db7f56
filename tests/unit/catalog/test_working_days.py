"""Working days are counted around weekends and the holidays that the catalogue names."""

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

import shared.catalog
from shared.catalog import CatalogError, WorkingDays, load


def days(**dated: str) -> WorkingDays:
    calendar = load().working_days
    return calendar.model_copy(update={"days": {date.fromisoformat(day): "x" for day in dated.values()}})


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-30", 1, "2026-12-01"),  # the day itself is not counted
        ("2026-11-30", 10, "2026-12-14"),  # two weekends between
        ("2026-12-04", 1, "2026-12-07"),  # from a Friday
        ("2026-12-05", 1, "2026-12-07"),  # from a Saturday
        ("2026-12-24", 1, "2026-12-28"),  # 기독탄신일 is a Friday, a weekend follows
        ("2026-12-31", 1, "2027-01-04"),  # 1월 1일 is a Friday
    ],
)
def test_the_nth_working_day_after_a_day(day: str, count: int, expected: str) -> None:
    assert load().working_days.after(date.fromisoformat(day), count) == date.fromisoformat(expected)


def test_a_holiday_of_one_year_is_passed_over_in_that_year_alone() -> None:
    calendar = days(moved="2027-05-13")
    assert not calendar.works(date(2027, 5, 13))
    assert calendar.works(date(2026, 5, 13))
    assert calendar.after(date(2027, 5, 12), 1) == date(2027, 5, 14)


def test_what_no_source_says_of_the_calendar_is_labelled() -> None:
    calendar = load().working_days
    assert calendar.days == {}
    assert [(one.place, one.label) for one in calendar.unverified] == [("days", "미확인")]


def test_a_mistake_in_the_calendar_is_told_by_place(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    copytree(Path(shared.catalog.__file__).parent, folder)
    file = folder / "holidays.yaml"
    file.write_text(file.read_text().replace("12-25:", "13-25:"))
    with pytest.raises(CatalogError, match=r"holidays\.yaml"):
        load(folder)
