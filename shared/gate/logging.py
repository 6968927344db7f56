"""What the access log is told of an official's acts. Pure.

The gate's own document is the truth of the first view, of the decision and of what was done by hand: what `marked`
gives of it belongs in the log, and is written there by the next call where a crash kept it out.
"""

from datetime import datetime

from shared.audit import Access, What
from shared.gate.by_hand import Asked, Corrected
from shared.gate.model import Case, Decided, Look, Official


def marked(case: Case) -> list[Access]:
    """Give the accesses that a submission's own document proves: first view, corrections, what was asked, decision."""
    view = [seen(case, case.first_view)] if case.first_view else []
    by_hand = [_corrected(case, one) for one in case.corrections]
    asked = [_asked(case, case.asked)] if case.asked else []
    return view + by_hand + asked + ([_confirmed(case, case.decided)] if case.decided else [])


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


def unmasked(case: Case, official: Official, purpose: str, act: str, at: datetime) -> Access:
    """Give the access that unmasking is."""
    return _of_official(case, "unmasked", at, act, official, purpose=purpose)


def _corrected(case: Case, one: Corrected) -> Access:
    official = Official(one.official, one.office, one.address)
    purpose = "조건 확인" if one.about == "conditions" else "판독값 정정"
    return _of_official(case, "corrected", one.at, one.request_id, official, purpose=purpose)


def _asked(case: Case, asked: Asked) -> Access:
    official = Official(asked.official, asked.office, asked.address)
    return _of_official(case, "asked", asked.at, asked.request_id, official, purpose="보완 요청")


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
