"""What a draft begins as, whether it may be published and by whom, and when intake may end."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.dashboard.people import Person
from services.dashboard.versions import (
    Asked,
    Draft,
    beginning,
    check,
    closing_of,
    excerpt,
    next_version,
    two_publish,
)
from shared.catalog import Catalog, Closing, load
from shared.clock import SEOUL, utc_now
from shared.published import AHEAD

KIM = Person("kim", "김예시", "sonmok9988")
TODAY, TOMORROW = date(2026, 12, 1), date(2026, 12, 2)
NOW = datetime(2026, 12, 1, 9, tzinfo=SEOUL)
ID = "SONMOK9988_2022"
ASKED = Asked(version="1", at="", ko="예산이 모두 쓰였습니다.", en="The budget is used up.", sure=True)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(today=TODAY)


def drafted(catalog: Catalog, programme_id: str = ID, version: int = 2, first: date | None = TOMORROW) -> Draft:
    text = beginning(catalog.sheets[ID, 1].text, programme_id, version, first)
    return Draft(programme_id, version, "sonmok9988", text, 1, KIM, utc_now())


@pytest.mark.parametrize("source", sorted(load().programmes))
def test_what_the_next_version_begins_as_is_sound_and_says_the_same(catalog: Catalog, source: str) -> None:
    version = next_version(catalog, source)
    text = beginning(catalog.sheets[source, version - 1].text, source, version, TOMORROW)
    checked = check(Draft(source, version, "", text, 1, KIM, utc_now()), catalog, TODAY)
    assert checked.error is None
    assert checked.programme is not None
    own = {"version": version, "in_force_from": TOMORROW}
    assert checked.programme == catalog.versions[source, version - 1].model_copy(update=own)


def test_another_programme_begins_as_a_copy_under_its_own_id(catalog: Catalog) -> None:
    checked = check(drafted(catalog, "SONMOK9988_2027", 1, None), catalog, TODAY)
    assert checked.programme is not None
    assert (checked.programme.id, checked.programme.version) == ("SONMOK9988_2027", 1)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (f"id: {ID}", "id: SOMETHING_ELSE", "id"),
        ("version: 2", "version: 3", "id"),
        ("in_force_from: 2026-12-02", "in_force_from: 2026-11-30", "in_force_from"),
        ("in_force_from: 2026-12-02\n", "", "in_force_from"),
        ("version: 2", "version: 2\ndraft: true", "draft"),
        ("office: sonmok9988", "office: nowhere", "office"),
    ],
)
def test_what_may_not_be_published_is_told_with_its_line(catalog: Catalog, old: str, new: str, place: str) -> None:
    draft = drafted(catalog)
    assert old in draft.text
    changed = replace(draft, text=draft.text.replace(old, new, 1))
    error = check(changed, catalog, TODAY).error
    assert error is not None
    assert error.place == place
    assert error.line is not None
    around = excerpt(changed.text, error.line)
    assert [one.number for one in around if one.wrong] == [error.line]
    assert place in next(one.text for one in around if one.wrong) or place == "in_force_from"


def test_two_publish_where_the_version_wants_two_or_any_that_it_follows_did(catalog: Catalog) -> None:
    assert not two_publish(catalog.programmes[ID], catalog)
    wants = catalog.programmes["ASSET_2023"]
    assert two_publish(wants, catalog)
    assert wants.selection is not None
    alone = wants.model_copy(update={"selection": wants.selection.model_copy(update={"second_approver": False})})
    assert two_publish(alone, catalog), "nobody alone takes the second pair of eyes away"


def test_intake_ends_when_every_door_can_know_it_or_later_as_asked(catalog: Catalog) -> None:
    programme = catalog.programmes[ID]
    soon = closing_of(ASKED, programme, 1, NOW)
    assert isinstance(soon, Closing)
    assert soon.at == NOW + AHEAD
    later = closing_of(replace(ASKED, at="2026-12-01T18:00"), programme, 1, NOW)
    assert isinstance(later, Closing)
    assert later.at == datetime(2026, 12, 1, 18, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": "2"}, "newer"),
        ({"version": ""}, "newer"),
        ({"sure": False}, "sure"),
        ({"ko": ""}, "why"),
        ({"en": ""}, "why"),
        ({"at": "2026-12-01T09:00:05"}, "when"),
        ({"at": "2026-11-30T09:00"}, "when"),
        ({"at": "soon"}, "when"),
    ],
)
def test_intake_does_not_end_where_something_is_missing(catalog: Catalog, changes: dict[str, object], why: str) -> None:
    assert closing_of(replace(ASKED, **changes), catalog.programmes[ID], 1, NOW) == why  # type: ignore[arg-type]


def test_what_ends_before_that_anyway_is_not_closed_but_what_was_closed_is_told_by_whom(catalog: Catalog) -> None:
    over = catalog.programmes[ID].model_copy(update={"closes_at": NOW - timedelta(days=1)})
    assert closing_of(ASKED, over, 1, NOW) == "ended"
    closed = over.model_copy(update={"closed_because": over.name})
    assert isinstance(closing_of(ASKED, closed, 1, NOW), Closing)
