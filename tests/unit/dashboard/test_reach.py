"""What of a programme an official works on at once, by what is theirs and what they ask for."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from services.dashboard.reach import Reach, reach
from services.dashboard.tally import Group, Tally
from shared.catalog import load

PROGRAMME = load().programmes["ASSET_2023"]
CITY, *DISTRICTS = PROGRAMME.offices
GANGNAM, GANGBUK, SEONGBUK = DISTRICTS
NOW = datetime(2023, 5, 20, tzinfo=UTC)


def reached(theirs: Collection[str], *, own: str = "", wanted: str = "") -> Reach | None:
    return reach(PROGRAMME, PROGRAMME.offices, lambda office: office in theirs, own=own, wanted=wanted)


@pytest.mark.parametrize("wanted", ["", *PROGRAMME.offices])
def test_whoever_may_see_every_office_sees_all_together_or_the_one_they_choose(wanted: str) -> None:
    found = reached(PROGRAMME.offices, own=GANGNAM, wanted=wanted)
    assert found == Reach(PROGRAMME, wanted, (GANGNAM, CITY, GANGBUK, SEONGBUK), whole=True)


@pytest.mark.parametrize(
    ("theirs", "own", "wanted", "office"),
    [
        ((GANGBUK,), GANGBUK, "", GANGBUK),
        ((GANGBUK,), GANGBUK, GANGBUK, GANGBUK),
        ((GANGNAM, SEONGBUK), SEONGBUK, "", SEONGBUK),
        ((GANGNAM, SEONGBUK), SEONGBUK, GANGNAM, GANGNAM),
        ((GANGNAM, SEONGBUK), "elsewhere", "", GANGNAM),
        ((CITY,), CITY, "", CITY),
        ((CITY, GANGNAM, GANGBUK), CITY, "", CITY),
    ],
)
def test_whoever_may_not_works_on_one_at_a_time_their_own_first(
    theirs: tuple[str, ...], own: str, wanted: str, office: str
) -> None:
    found = reached(theirs, own=own, wanted=wanted)
    assert found is not None
    assert (found.office, found.whole) == (office, False)
    assert set(found.offices) == set(theirs)
    assert found.offices[0] == (own if own in theirs else theirs[0])


@pytest.mark.parametrize(("theirs", "wanted"), [((), ""), ((GANGBUK,), GANGNAM), ((GANGBUK,), CITY), ((), GANGNAM)])
def test_what_is_not_theirs_is_neither_given_nor_changed_to_what_is(theirs: tuple[str, ...], wanted: str) -> None:
    assert reached(theirs, own=GANGBUK, wanted=wanted) is None


def test_what_is_meant_holds_the_programmes_own_and_of_one_office_nothing_of_another() -> None:
    one, every = reached((GANGBUK,)), reached(PROGRAMME.offices)
    assert one is not None
    assert every is not None
    assert [one.holds((PROGRAMME.id, office)) for office in (GANGBUK, GANGNAM, "")] == [True, False, False]
    assert every.holds((PROGRAMME.id, GANGNAM))
    assert not every.holds(("FOOD_2023", GANGNAM))
    assert len({one.name, every.name, getattr(reached((GANGNAM,)), "name", "")}) == 3


def test_the_counts_of_an_office_sum_to_what_it_received() -> None:
    groups = tuple(
        Group(name, office, False, name == "eligible", count, NOW, NOW + timedelta(hours=1))
        for name, office, count in (("eligible", GANGNAM, 3), ("review", GANGNAM, 2), ("review", GANGBUK, 5))
    )
    tally = Tally(groups, NOW)
    here = tally.at(GANGNAM)
    assert (here.received, here.decided, here.unaccounted, here.as_of) == (5, 3, 0, NOW)
    assert here.offices == (GANGNAM,)
    assert sum(tally.at(office).received for office in tally.offices) == tally.received == 10
    assert tally.at("") == tally
    assert tally.at("nowhere").received == 0
