"""The standard median income by year, with how sure each figure is."""

from datetime import date

import pytest

from shared.catalog import load


@pytest.fixture(scope="module")
def median():
    return load().programmes["ASSET_2023"].median_income


@pytest.mark.parametrize(
    ("day", "persons", "won", "label"),
    [
        (date(2022, 12, 31), 4, 5_121_080, None),
        (date(2022, 12, 31), 1, 1_944_812, "미확인"),
        (date(2022, 1, 1), 6, 6_907_004, "미확인"),
        (date(2022, 1, 1), 8, 8_654_180, None),
        (date(2023, 1, 1), 4, 5_400_964, None),
        (date(2023, 12, 31), 1, 2_077_892, None),
        (date(2024, 1, 1), 1, 2_228_445, None),
    ],
)
def test_the_figure_of_a_year_holds_from_its_first_day_and_says_how_sure_it_is(median, day, persons, won, label):
    amount = median.on(day).of(persons)
    assert (amount.won, amount.label) == (won, label)


def test_what_was_not_found_is_not_there(median):
    assert median.on(date(2021, 12, 31)) is None
    assert median.on(date(2024, 6, 1)).of(7) is None


def test_a_programme_that_compares_with_nothing_holds_no_figures():
    assert load().programmes["SONMOK9988_2022"].median_income is None
