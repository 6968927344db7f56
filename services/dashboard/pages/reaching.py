"""What a request may work on: some of a programme's submissions, or what is about a programme as a whole."""

from services.dashboard.desk import Desk
from services.dashboard.pages.troubles import NotThere
from services.dashboard.reach import Reach, reach
from services.dashboard.visits import NotAllowed, Visit
from shared.catalog import Programme


def reach_of(desk: Desk, visit: Visit, programme_id: str, office: str = "") -> Reach:
    """Give what of a programme the visit's act is about: of the office named, or of all or their own where none is.

    Where no programme is named it is the first of theirs. Raises `NotThere`, `NotAllowed`.
    """
    if not programme_id:
        programme_id = next((one.id for one in reachable(desk, visit)), "")
        if not programme_id:
            raise NotAllowed(visit, visit.act)
    programme = desk.catalog.programmes.get(programme_id)
    if programme is None:
        raise NotThere
    found = _reach(desk, visit, programme, office)
    if found is None:
        raise NotAllowed(visit, visit.act)
    return found


def reachable(desk: Desk, visit: Visit) -> list[Programme]:
    """Give the programmes of which the visit's act is theirs to do, at some office."""
    return [one for one in desk.catalog.programmes.values() if _reach(desk, visit, one)]


def programme_of(desk: Desk, visit: Visit, programme_id: str) -> Programme:
    """Give a programme that is theirs as a whole: to its responsible office (담당) belong questions, runs and versions.

    The first such where none is named. Raises `NotThere`, `NotAllowed`.
    """
    if not programme_id:
        first = next(iter(led(desk, visit)), None)
        if first is None:
            raise NotAllowed(visit, visit.act, next((one.office for one in reachable(desk, visit)), ""))
        return first
    if programme_id not in desk.catalog.programmes:
        raise NotThere
    must_lead(desk, visit, programme_id)
    return desk.catalog.programmes[programme_id]


def led(desk: Desk, visit: Visit) -> list[Programme]:
    """Give the programmes that are theirs as a whole."""
    return [one for one in desk.catalog.programmes.values() if visit.may(visit.act, one.id, one.office)]


def must_lead(desk: Desk, visit: Visit, programme_id: str) -> None:
    """Raise `NotAllowed` unless the visit's act is theirs at the office responsible for a programme."""
    office = desk.office_of(programme_id)
    visit.must(programme_id, office, led_by=office if len(desk.within(programme_id, "")) > 1 else "")


def _reach(desk: Desk, visit: Visit, programme: Programme, wanted: str = "") -> Reach | None:
    def may(office: str) -> bool:
        return visit.may(visit.act, programme.id, office)

    offices = desk.catalog.offices_of(programme.id)
    return reach(programme, offices, may, own=visit.person.office, wanted=wanted)
