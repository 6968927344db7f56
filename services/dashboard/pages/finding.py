"""Finding one submission: by its receipt number, or by the name of who sent it, which stays unseen.

What was typed may be a name. So it is sent as a form's body, stands in no address, no history and no log, and is not
shown again.
"""

import re
import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.listing import SIZE
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, needs
from services.dashboard.pages.queue import beside, shown_rows
from services.dashboard.pages.reaching import reach_of
from services.dashboard.rules import Entry
from services.dashboard.visits import Visit
from shared.catalog import Programme

router = APIRouter()

_RECEIPT = re.compile(r"(?:GB)?-?([A-Z2-7]{4})-?([A-Z2-7]{4})-?([A-Z2-7]{4})")
_NAMES = uuid.UUID("5d2f5c39-5b1e-5c2c-9a47-7f7a1e6f0c11")


@router.get("/queue/find")
@needs("see")
async def back() -> Response:
    """Lead back whoever comes by an address: what was searched for is in none."""
    return RedirectResponse("/queue", 303)


@router.post("/queue/find")
@needs("see")
async def find(request: Request, desk: DeskOf, acting: Acts) -> Response:
    """Find by field `wanted` in `programme`. By name only where opening would be theirs: a find says whose name fits.

    Whichever `office` is worked on beside it, what fits is found at every one of theirs.

    The form sent twice is one entry of the access log.
    """
    mine = reach_of(desk, acting.visit, acting.text("programme"), acting.text("office"))
    wanted = acting.text("wanted")
    found = await _by_receipt(desk, acting.visit, wanted)
    everywhere = desk.catalog.offices_of(mine.programme.id)
    theirs = [one for one in everywhere if acting.visit.may("open", mine.programme.id, one)]
    by_name = bool(not found and theirs)
    if by_name:
        only = None if len(theirs) == len(everywhere) else theirs
        found = await _by_name(desk, acting, mine.programme, wanted, only)
    return draw(
        request,
        acting.visit,
        "found.html",
        **await shown_rows(desk, acting.visit, found, desk.clock()),
        **beside(desk, acting.visit, mine, (await desk.counting.tally(mine.programme.id)).at(mine.office)),
        entries=found[:SIZE],
        too_many=len(found) > SIZE,
        by_name=by_name,
    )


def receipts_of(typed: str) -> list[str]:
    """Give the receipt numbers that may be meant: as typed, and with the dashes that may be left out."""
    plain = re.sub(r"\s", "", typed).upper()
    whole = _RECEIPT.fullmatch(plain)
    return (
        [*dict.fromkeys([re.sub(r"\s", "", typed), plain]), *([f"GB-{'-'.join(whole.groups())}"] if whole else ())]
        if plain
        else []
    )


async def _by_receipt(desk: Desk, visit: Visit, typed: str) -> list[Entry]:
    """Give whatever of theirs has this number, in any programme."""
    found = await desk.stores.queue.by_receipts(receipts_of(typed))
    return [entry for entry in found.values() if visit.may("see", *entry.place)]


async def _by_name(
    desk: Desk, acting: Acting, programme: Programme, typed: str, offices: list[str] | None
) -> list[Entry]:
    act = f"find-{uuid.uuid5(_NAMES, '|'.join((acting.text('token'), acting.person.id, programme.id)))}"
    names = await desk.gate.find_by_name(
        programme.id, typed, official=acting.person.official, request_id=act, limit=SIZE + 1, offices=offices
    )
    entries = (await desk.stores.queue.load(names)).values()
    theirs = [entry for entry in entries if acting.visit.may("open", *entry.place)]
    return sorted(theirs, key=lambda entry: (entry.standing.received_at or desk.clock(), entry.submission_id))
