"""The queue: every submission in one class, counts that sum, pages by range. No value of a certificate stands here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.claims import Claim
from services.dashboard.desk import Desk
from services.dashboard.filters import AGES, Filter
from services.dashboard.listing import Listing, list_page
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.language import said
from services.dashboard.pages.troubles import NotThere
from services.dashboard.rules import Entry, Position
from services.dashboard.tally import Tally
from services.dashboard.visits import NotAllowed, Visit
from shared.catalog import Programme
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
    chosen = programme_of(desk, visit, wanted.programme)
    wanted = Filter.parse({**fields, "programme": chosen.id})
    now, person = desk.clock(), visit.person
    tally = await desk.counting.tally(chosen.id)
    since = await desk.stores.stays.come(person.id, chosen.id, now)
    if wanted.only == "mine":
        listing = Listing(await _claimed(desk, visit, wanted))
    else:
        listed = wanted.listed(now, retention_days=chosen.retention_days, since=since)
        after, before = Position.parse(fields.get("after", "")), Position.parse(fields.get("before", ""))
        listing = await list_page(desk.stores.queue, listed, tally, now, after=after, before=before)

    def address(**changes: Any) -> str:
        return f"/queue?{wanted.query(**changes)}"

    whole_class = wanted.plain and not wanted.office
    many = wanted.submission_class in ("eligible", "ineligible") and wanted.mark != "decided" and whole_class
    return draw(
        request,
        visit,
        "queue.html",
        status=409 if taken else 200,
        taken=taken,
        taken_receipt=receipt,
        **await shown_rows(desk, listing.entries, now),
        **beside(desk, visit, chosen, tally),
        wanted=wanted,
        ages=AGES,
        chosen=wanted.submission_class,
        mark=wanted.mark,
        since=since,
        listing=listing,
        address=address,
        here_query=wanted.query(**{name: fields[name] for name in ("after", "before") if fields.get(name)}),
        whole={"mark": "", "only": "", "age": 0, "office": ""},
        searches=await desk.stores.searches.of(person.id),
        selectable=many and visit.may("draft", *_where(chosen)),
    )


def beside(desk: Desk, visit: Visit, programme: Programme, tally: Tally) -> dict[str, Any]:
    """Give what stands around every list of a programme's submissions."""
    return {
        "programme": programme,
        "programmes": reachable(desk, visit),
        "districts": {
            office.id: f"{said(place.name)} · {said(office.name)}"
            for place in desk.catalog.institutions.values()
            for office in place.offices
        },
        "wallets": desk.catalog.wallets,
        "classes": CLASSES,
        "tally": tally,
    }


async def shown_rows(desk: Desk, entries: Iterable[Entry], now: datetime) -> dict[str, Any]:
    """Give what the rows of a list show beside the entries: decisions that can be undone, claims, and the time."""
    names = [entry.submission_id for entry in entries]
    pending = await desk.stores.rows.pending(names, now) if names else {}
    claims = await desk.stores.claims.of(names) if names else {}
    return {"pending": pending, "claims": claims, "now": now}


async def _claimed(desk: Desk, visit: Visit, wanted: Filter) -> list[Entry]:
    claims = await desk.stores.claims.by(visit.person.id, wanted.programme)
    entries = (await desk.stores.queue.load(claim.submission_id for claim in claims)).values()
    until = {claim.submission_id: claim.until for claim in claims}
    return sorted(entries, key=lambda entry: until[entry.submission_id])


def programme_of(desk: Desk, visit: Visit, programme_id: str) -> Programme:
    """Give a programme where the visit's act is theirs to do; the first such where none is named.

    Raises `NotThere`, `NotAllowed`.
    """
    if not programme_id:
        first = next(iter(reachable(desk, visit)), None)
        if first is None:
            raise NotAllowed(visit, visit.act)
        return first
    if programme_id not in desk.catalog.programmes:
        raise NotThere
    programme = desk.catalog.programmes[programme_id]
    visit.must(*_where(programme))
    return programme


def reachable(desk: Desk, visit: Visit) -> list[Programme]:
    """Give the programmes where the visit's act is theirs to do."""
    return [one for one in desk.catalog.programmes.values() if visit.may(visit.act, *_where(one))]


def _where(programme: Programme) -> tuple[str, str]:
    return programme.id, programme.office
