"""The queue: every submission in one class, counts that sum, pages by range. No value of a certificate stands here."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.claims import Claim
from services.dashboard.desk import Desk
from services.dashboard.filters import AGES, Filter
from services.dashboard.listing import Listing, list_page
from services.dashboard.live import by_office
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import reach_of, reachable
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry, Position
from services.dashboard.tally import Tally
from services.dashboard.visits import Visit
from shared.standing import CLASSES

router = APIRouter()


@router.get("/queue")
@needs("see")
async def queue(request: Request, desk: DeskOf, visit: SignedIn) -> Response:
    """Show a programme's queue. Fields: those of `Filter`, and the positions `after` and `before`."""
    return await draw_list(request, desk, visit, request.query_params)


async def draw_list(
    request: Request,
    desk: Desk,
    visit: Visit,
    fields: Mapping[str, str],
    *,
    taken: Claim | None = None,
    receipt: str | None = None,
) -> Response:
    """Draw a programme's queue; where `taken` is another's claim of what they wanted, as a 409 that says so."""
    wanted = Filter.parse(fields)
    mine = reach_of(desk, visit, wanted.programme, wanted.office)
    wanted = replace(wanted, programme=mine.programme.id, office=mine.office)
    now, person = desk.clock(), visit.person
    everything = await desk.counting.tally(mine.programme.id)
    tally = everything.at(mine.office)
    since = await desk.stores.stays.come(person.id, mine.name, now)
    if wanted.only == "mine":
        listing = Listing(await _claimed(desk, visit, mine))
    else:
        listed = wanted.listed(now, retention_days=mine.programme.retention_days, since=since)
        after, before = Position.parse(fields.get("after", "")), Position.parse(fields.get("before", ""))
        listing = await list_page(desk.stores.queue, listed, tally, now, after=after, before=before)

    def address(**changes: Any) -> str:
        return f"/queue?{wanted.query(**changes)}"

    many = wanted.submission_class in ("eligible", "ineligible") and wanted.mark != "decided" and wanted.only != "mine"
    return draw(
        request,
        visit,
        "queue.html",
        status=409 if taken else 200,
        taken=taken,
        taken_receipt=receipt,
        **await shown_rows(desk, visit, listing.entries, now),
        **beside(desk, visit, mine, tally),
        counts=by_office(mine, everything, wanted),
        wanted=wanted,
        ages=AGES,
        chosen=wanted.submission_class,
        mark=wanted.mark,
        since=since,
        listing=listing,
        address=address,
        here_query=wanted.query(**{name: fields[name] for name in ("after", "before") if fields.get(name)}),
        whole={"mark": "", "only": "", "age": 0},
        searches=await desk.stores.searches.of(person.id),
        selectable=many and visit.may("draft", mine.programme.id, *desk.within(mine.programme.id, mine.office)),
    )


def beside(desk: Desk, visit: Visit, mine: Reach, tally: Tally) -> dict[str, Any]:
    """Give what stands around every list of a programme's submissions."""
    return {
        "programme": mine.programme,
        "reach": mine,
        "programmes": reachable(desk, visit),
        "wallets": desk.catalog.wallets,
        "classes": CLASSES,
        "tally": tally,
    }


async def shown_rows(desk: Desk, visit: Visit, entries: Iterable[Entry], now: datetime) -> dict[str, Any]:
    """Give what the rows of a list show beside the entries: decisions that can be undone, claims, and the time.

    And which of them may be opened: a list may hold more than is theirs to open.
    """
    entries = list(entries)
    names = [entry.submission_id for entry in entries]
    pending = await desk.stores.rows.pending(names, now) if names else {}
    claims = await desk.stores.claims.of(names) if names else {}
    openable = {entry.submission_id for entry in entries if visit.may("open", *entry.place)}
    return {"pending": pending, "claims": claims, "openable": openable, "now": now}


async def _claimed(desk: Desk, visit: Visit, mine: Reach) -> list[Entry]:
    claims = await desk.stores.claims.by(visit.person.id, mine.programme.id)
    entries = (await desk.stores.queue.load(claim.submission_id for claim in claims)).values()
    until = {claim.submission_id: claim.until for claim in claims}
    theirs = (entry for entry in entries if mine.holds(entry.place))
    return sorted(theirs, key=lambda entry: until[entry.submission_id])
