"""Who has a place: those who are eligible, put in the order that the programme names. Pure.

Every order ends with first come or a lottery, which tell any two submissions apart, so none are tied.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from services.eligibility.selection.lottery import lot
from shared.catalog.ranks import Order, Selection
from shared.events import RunStanding

EVERYBODY = Selection(order=("first_come",), quota=None, waiting_list=None, one_per="submission", second_approver=False)
"""Of a programme that says nothing: everybody who is eligible has a place, in the order in which they came."""


class Candidate(NamedTuple):
    """A submission found eligible, with all that its place may depend on."""

    submission_id: str
    arrived: int
    """When its first revision was received: milliseconds since 1970 in UTC, which is what the store keeps."""
    person: str
    """The same for every submission of one person."""
    household: str
    """The same for every applicant of one household; empty where no certificate shows it."""
    priority: int | None
    score: int | None


class Draw(NamedTuple):
    """What a lottery draws with."""

    seed: bytes
    public_value: str


class Place(NamedTuple):
    """What a candidate is given; `place` is from 1 among the selected and the waiting together, else None."""

    standing: RunStanding
    place: int | None


_DUPLICATE, _NOT_SELECTED = Place("duplicate", None), Place("not_selected", None)


def rank(candidates: Iterable[Candidate], selection: Selection, draw: Draw | None) -> dict[str, Place]:
    """Give every candidate's standing and place by submission id. `draw` must be there where the order is a lottery.

    Of several submissions of one person, or of one household, the one that came first stays.
    """
    in_line = sorted(candidates, key=_arrival)
    places: dict[str, Place] = {}
    stay = _first_of_each(in_line, selection, places)
    for name in reversed(selection.order):  # each sort keeps what it finds equal in the order it had
        if name != "first_come":  # which is how they stand
            stay.sort(key=_key(name, draw))
    quota = len(stay) if selection.quota is None else selection.quota
    last = len(stay) if selection.waiting_list is None else quota + selection.waiting_list
    for place, one in enumerate(stay, 1):
        standing: RunStanding = "selected" if place <= quota else "waiting"
        places[one.submission_id] = Place(standing, place) if place <= last else _NOT_SELECTED
    return places


def _first_of_each(in_line: Sequence[Candidate], selection: Selection, places: dict[str, Place]) -> list[Candidate]:
    """Give those who stay, in the same order; note the others in `places`.

    A person is one household at least, so where a household is not shown, the person stands for it.
    """
    if selection.one_per == "submission":
        return list(in_line)
    stay, persons, households = [], set[str](), set[str]()
    for one in in_line:
        household = one.household if selection.one_per == "household" else ""
        if one.person in persons or household in households:
            places[one.submission_id] = _DUPLICATE
            continue
        stay.append(one)
        persons.add(one.person)
        if household:
            households.add(household)
    return stay


_arrival = attrgetter("arrived", "submission_id")


def _key(name: Order, draw: Draw | None) -> Callable[[Candidate], Any]:
    match name:
        case "priority":
            return lambda one: (one.priority is None, one.priority or 0)  # who is on no level comes last
        case "score":
            return lambda one: (one.score is None, -(one.score or 0))
        case "lottery" if draw is not None:
            return lambda one: (lot(draw.seed, draw.public_value, one.submission_id), one.submission_id)
    raise ValueError("a lottery without a draw")
