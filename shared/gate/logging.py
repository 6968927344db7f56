"""What the access log is told of an official's acts. Pure.

The gate's own document is the truth of the first view and of the decision: what `marked` gives of it belongs in the
log, and is written there by the next call where a crash kept it out.
"""

from datetime import datetime

from shared.audit import Access, What
from shared.gate.model import Case, Decided, Look, Official


def marked(case: Case) -> list[Access]:
    """Give the accesses that a submission's own document proves: its first view, its decision."""
    view = [seen(case, case.first_view)] if case.first_view else []
    return view + ([_confirmed(case, case.decided)] if case.decided else [])


def seen(case: Case, look: Look) -> Access:
    """Give the access that a look is."""
    return _of_official(
        case,
        "exported" if look.part_of else "viewed",
        look.at,
        look.request_id,
        Official(look.official, look.office, look.address),
        purpose=look.purpose,
        part_of=look.part_of,
    )


def picture(case: Case, look: Access, official: Official, part: int, page: int, at: datetime) -> Access:
    """Give the access that the picture of a page is: shown again within one look, it is the same."""
    act = f"{look.act}.{part}.{page}"
    return _of_official(case, "page", at, act, official, purpose=look.purpose, part=part, page=page)


def _confirmed(case: Case, decided: Decided) -> Access:
    official = Official(decided.official, decided.office, decided.address)
    return _of_official(case, "decided", decided.at, decided.request_id, official, purpose="결정")


def _of_official(case: Case, what: What, at: datetime, act: str, official: Official, **more: str | int) -> Access:
    return Access(
        what=what,
        at=at,
        act=act,
        official=official.id,
        office=official.office,
        address=official.address,
        programme_id=case.programme_id,
        submissions=(case.submission_id,),
        holders=(case.holder,),
        **more,  # type: ignore[arg-type]
    )
