"""The points that an applicant's certificates show by a programme's table; what they do not show is not guessed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.eligibility import household, readings
from services.eligibility.evidence import Case
from services.eligibility.trust import Sent
from shared.catalog.programmes import Programme
from shared.catalog.ranks import AgeItem, CodeItem, MembersItem, ResidenceItem
from shared.regions import in_region


def points(programme: Programme, sent: Sequence[Sent], case: Case) -> dict[str, int | None]:
    """Give the points of every item of the table by its code; None where nothing that counts shows them."""
    return {item.code: _OF[item.kind](_Looked(item, sent, case)) for item in programme.score_table}


class _Looked(NamedTuple):
    item: Any
    sent: Sequence[Sent]
    case: Case

    @property
    def counting(self) -> list[Sent]:
        """The certificates that can show it and count."""
        kinds = self.item.observes
        return [one for one in self.sent if one.kind in kinds and one.doubt is None and one.counts]


def _of_code(look: _Looked) -> int | None:
    item: CodeItem = look.item
    for one in look.counting:
        code = readings.text_of(one.certificate, item.observes[one.kind])
        if code in item.points:
            return item.points[code]
    return None


def _of_age(look: _Looked) -> int | None:
    item: AgeItem = look.item
    shown = any(one.doubt is None and one.holder.match == "same" for one in look.sent)
    return item.points_of(readings.age(look.case.submitter.birth_date, look.case.as_of)) if shown else None


def _of_members(look: _Looked) -> int | None:
    item: MembersItem = look.item
    count = household.members(look.sent)
    return None if count is None else item.points_of(count)


def _of_residence(look: _Looked) -> int | None:
    item: ResidenceItem = look.item
    for one in look.counting:
        since = _resident_since(item.region, one, item.observes[one.kind], look.case.as_of)
        if since is not None:
            return item.points_of(readings.age(since, look.case.as_of))
    return None


def _resident_since(region: str, one: Sent, table: str, as_of: date) -> date | None:
    """Give the first day of the unbroken run of addresses in the region that lasts to `as_of`; None where untold."""
    since: date | None = None
    rows = readings.rows(one.certificate, table)
    moves = [(readings.day(row.get("moved_in_on")), readings.text(row.get("address"))) for row in rows]
    if any(day is None for day, _ in moves) or any(
        each.code == "sources_disagree" for each in one.certificate.findings
    ):
        return None
    for day, address in sorted(((day, address) for day, address in moves if day and day <= as_of), reverse=True):
        place = in_region(region, address)
        if place == "unknown":
            return None
        if place == "outside":
            break
        since = day
    return since


_OF: Mapping[str, Callable[[_Looked], int | None]] = {
    "code": _of_code,
    "age": _of_age,
    "members": _of_members,
    "residence_years": _of_residence,
    "external": lambda _: None,
}
