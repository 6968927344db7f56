"""Who has a place: quota, waiting list, one per person or household, and no ties."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.selection.lottery import lot
from services.eligibility.selection.ranking import EVERYBODY, Candidate, Draw, rank
from shared.catalog.ranks import Selection

NOON = 1_693_537_200_000
DRAW = Draw(bytes(32), "")
ORDERS = [
    ("first_come",),
    ("lottery",),
    ("priority", "first_come"),
    ("score", "lottery"),
    ("priority", "score", "first_come"),
]


def one(name: str, minute: int = 0, **changes: object) -> Candidate:
    return Candidate(name, NOON + minute * 60_000, f"person-{name}", "", None, None)._replace(**changes)


def given_by(**changes: object) -> Selection:
    return EVERYBODY.model_copy(update=changes)


@st.composite
def crowds(draw) -> list[Candidate]:
    small = st.integers(0, 3)
    names = draw(st.lists(st.integers(0, 10_000), unique=True, max_size=24))
    return [
        Candidate(
            f"s-{name:05}",
            NOON + draw(small) * 60_000,
            f"p-{draw(st.integers(0, 8))}",
            draw(st.sampled_from(["", "h-1", "h-2", "h-3"])),
            draw(st.none() | small),
            draw(st.none() | small),
        )
        for name in names
    ]


selections = st.builds(
    Selection,
    order=st.sampled_from(ORDERS),
    quota=st.none() | st.integers(1, 6),
    waiting_list=st.none() | st.integers(0, 6),
    one_per=st.sampled_from(["submission", "person", "household"]),
    second_approver=st.just(False),
)


@given(crowds(), selections, st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_are_handed_in_changes_nothing(crowd, selection, chance):
    again = list(crowd)
    chance.shuffle(again)
    assert rank(crowd, selection, DRAW) == rank(again, selection, DRAW)


@given(crowds(), selections)
def test_everybody_has_one_standing_and_no_more_than_the_quota_are_selected(crowd, selection):
    places = rank(crowd, selection, DRAW)
    assert set(places) == {one.submission_id for one in crowd}
    standings = Counter(place.standing for place in places.values())
    assert sum(standings.values()) == len(crowd)
    assert standings["selected"] <= (len(crowd) if selection.quota is None else selection.quota)
    assert standings["waiting"] <= (len(crowd) if selection.waiting_list is None else selection.waiting_list)
    if standings["waiting"] or standings["not_selected"]:
        assert standings["selected"] == selection.quota
    if standings["not_selected"]:
        assert standings["waiting"] == selection.waiting_list


@given(crowds(), selections)
def test_places_count_from_one_without_a_gap_or_a_tie(crowd, selection):
    places = rank(crowd, selection, DRAW).values()
    numbers = sorted(place.place for place in places if place.place is not None)
    assert numbers == list(range(1, len(numbers) + 1))
    assert all((place.place is None) == (place.standing in ("duplicate", "not_selected")) for place in places)


@given(crowds(), selections)
def test_nobody_of_one_person_or_one_household_stands_twice(crowd, selection):
    places = rank(crowd, selection, DRAW)
    stay = [one for one in crowd if places[one.submission_id].standing != "duplicate"]
    if selection.one_per == "submission":
        assert len(stay) == len(crowd)
        return
    assert len({one.person for one in stay}) == len(stay)
    if selection.one_per == "household":
        shown = [one.household for one in stay if one.household]
        assert len(set(shown)) == len(shown)


@given(crowds(), selections)
def test_of_several_the_one_that_came_first_stays(crowd, selection):
    places = rank(crowd, selection, DRAW)
    for one in crowd:
        if places[one.submission_id].standing == "duplicate":
            before = [
                other
                for other in crowd
                if (other.arrived, other.submission_id) < (one.arrived, one.submission_id)
                and places[other.submission_id].standing != "duplicate"
                and (other.person == one.person or (other.household and other.household == one.household))
            ]
            assert before


def test_first_come_is_by_instant_and_then_by_id() -> None:
    places = rank([one("s-c", 1), one("s-b", 0), one("s-a", 1)], EVERYBODY, None)
    assert [name for name, _ in sorted(places.items(), key=lambda item: item[1].place or 0)] == ["s-b", "s-a", "s-c"]


def test_a_lower_level_then_a_higher_score_then_who_came_first() -> None:
    crowd = [
        one("s-late", 9, priority=1, score=5),
        one("s-none", 0),
        one("s-second", 0, priority=2, score=99),
        one("s-early", 1, priority=1, score=5),
        one("s-high", 5, priority=1, score=7),
        one("s-unscored", 0, priority=1),
    ]
    places = rank(crowd, given_by(order=("priority", "score", "first_come")), None)
    ordered = sorted(places, key=lambda name: places[name].place or 0)
    assert ordered == ["s-high", "s-early", "s-late", "s-unscored", "s-second", "s-none"]


def test_the_smallest_lots_are_drawn() -> None:
    crowd = [one(f"s-{number:03}") for number in range(50)]
    places = rank(crowd, given_by(order=("lottery",), quota=5, waiting_list=0), DRAW)
    drawn = sorted((name for name in places), key=lambda name: lot(DRAW.seed, "", name))[:5]
    assert {name for name, place in places.items() if place.standing == "selected"} == set(drawn)


def test_a_lottery_is_not_drawn_without_a_seed() -> None:
    with pytest.raises(ValueError, match="without a draw"):
        rank([one("s-a")], given_by(order=("lottery",)), None)


def test_who_is_beyond_quota_and_waiting_list_is_not_selected() -> None:
    places = rank([one(f"s-{at}", at) for at in range(4)], given_by(quota=1, waiting_list=2), None)
    assert [places[f"s-{at}"].standing for at in range(4)] == ["selected", "waiting", "waiting", "not_selected"]
    assert places["s-3"].place is None
