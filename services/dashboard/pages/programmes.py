"""The programme desk: an administrator drafts the next version of a programme, checks it, publishes it, closes intake.

A draft is checked by the loader of the catalogue itself. What is published is never changed, only followed or closed.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.versions import (
    MOST,
    NOT_CLOSED,
    Asked,
    Checked,
    Draft,
    beginning,
    check,
    closing_of,
    excerpt,
    next_version,
    two_publish,
)
from services.dashboard.visits import Visit
from shared.catalog import Closing, Programme
from shared.clock import seoul_date
from shared.published import Closed, Hand, Publication, version_name

router = APIRouter()

_PROGRAMME_ID = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


def _known(desk: Desk) -> dict[str, Programme]:
    """Give every programme as in force, or, where none is yet, the first to come."""
    coming = {name: one for (name, _), one in sorted(desk.catalog.versions.items(), reverse=True) if not one.draft}
    return {**coming, **desk.catalog.programmes}


def administered(desk: Desk, visit: Visit) -> dict[str, Programme]:
    """Give the programmes of which the visit's act is theirs."""
    return {name: one for name, one in sorted(_known(desk).items()) if visit.may(visit.act, name, one.office)}


def administered_one(desk: Desk, visit: Visit, programme_id: str) -> Programme:
    """Give one of them. Raises `NotThere`, and `NotAllowed` where it is not theirs."""
    found = _known(desk).get(programme_id)
    if found is None:
        raise NotThere
    visit.must(found.id, found.office)
    return found


@router.get("/programmes")
@needs("publish")
async def programmes(request: Request, desk: DeskOf, visit: SignedIn, wrong: str = "") -> Response:
    """Show the programmes, and what is drafted; `wrong` tells why a draft could not be begun."""
    drafts = [
        one
        for one in await desk.stores.drafts.all()
        if visit.may(visit.act, one.programme_id, one.office) and not _is_left_over(desk, one)
    ]
    return draw(
        request,
        visit,
        "programmes.html",
        listed=list(administered(desk, visit).values()),
        drafts=drafts,
        now=desk.clock(),
        wrong=wrong if wrong in ("id", "taken") else "",
    )


@router.post("/programmes/drafts")
@needs("publish")
async def begin(desk: DeskOf, acting: Acts) -> Response:
    """Begin a draft from a version's text: fields `programme`, and `id` where it is to be another programme."""
    await desk.uptake.look()
    source = administered_one(desk, acting.visit, acting.text("programme"))
    programme_id = acting.text("id") or source.id
    acting.visit.must(programme_id, source.office)
    if not _PROGRAMME_ID.fullmatch(programme_id):
        return RedirectResponse("/programmes?wrong=id", 303)
    if programme_id != source.id and any(programme_id == name for name, _ in desk.catalog.versions):
        return RedirectResponse("/programmes?wrong=taken", 303)
    version, now = next_version(desk.catalog, programme_id), desk.clock()
    newest = max(number for name, number in desk.catalog.versions if name == source.id)
    first = seoul_date(now) + timedelta(days=1) if version > 1 else None
    text = beginning(desk.catalog.sheets[source.id, newest].text, programme_id, version, first)
    draft = await desk.stores.drafts.begin(Draft(programme_id, version, source.office, text, 1, acting.person, now))
    return RedirectResponse(f"/programmes/drafts/{draft.name}", 303)


@router.get("/programmes/drafts/{name}")
@needs("publish")
async def draft(request: Request, desk: DeskOf, visit: SignedIn, name: str) -> Response:
    """Show a draft, and what the loader says of it."""
    found = await _draft_of(desk, visit, name)
    return await _drawn(request, desk, visit, found)


@router.post("/programmes/drafts/{name}")
@needs("publish")
async def save(request: Request, desk: DeskOf, acting: Acts, name: str) -> Response:
    """Save a draft: fields `text`, and `revision`, which is the one that was seen."""
    found = await _draft_of(desk, acting.visit, name)
    text = _text_of(acting)
    if len(text) > MOST:
        return await _drawn(request, desk, acting.visit, replace(found, text=text), status=422, wrong="long")
    mine = replace(found, text=text, revision=_revision(acting) + 1, person=acting.person, at=desk.clock())
    stands = await desk.stores.drafts.save(mine)
    if stands is None:
        raise NotThere
    if (stands.text, stands.revision) == (mine.text, mine.revision):
        return RedirectResponse(f"/programmes/drafts/{name}", 303)
    ours = replace(stands, text=text)
    return await _drawn(request, desk, acting.visit, ours, status=409, wrong="changed", theirs=stands)


@router.post("/programmes/drafts/{name}/publish")
@needs("publish")
async def publish(request: Request, desk: DeskOf, acting: Acts, name: str) -> Response:
    """Publish a draft as it was shown: fields `revision` and `token`."""
    await desk.uptake.look()
    found = await desk.stores.drafts.find(name)
    if found is None or (found.programme_id, found.version) in desk.catalog.versions:
        return await _published_before(request, desk, acting, name)
    found = await _draft_of(desk, acting.visit, name)
    if found.revision != _revision(acting):
        return await _drawn(request, desk, acting.visit, found, status=409, wrong="changed", theirs=found)
    checked = await _check(desk, found)
    if checked.programme is None or _waits_for_another(desk, acting.visit, found, checked.programme):
        return await _drawn(request, desk, acting.visit, found, status=422)
    acting.visit.must(checked.programme.id, checked.programme.office)
    stands = await desk.published.publish(Publication(name, found.text, _hand(desk, acting)))
    await desk.uptake.look()
    if stands.by.request_id != acting.text("token"):
        return _told(request, acting.visit, stands.by, name, "published")
    await desk.stores.drafts.drop(name)
    return RedirectResponse(f"/programmes/{found.programme_id}", 303)


@router.post("/programmes/drafts/{name}/drop")
@needs("publish")
async def drop(request: Request, desk: DeskOf, acting: Acts, name: str) -> Response:
    """Throw a draft away, as it was shown: field `revision`. Where it is gone already, that is as was wanted."""
    try:
        found = await _draft_of(desk, acting.visit, name)
    except NotThere:
        return RedirectResponse("/programmes", 303)
    if found.revision != _revision(acting):
        return await _drawn(request, desk, acting.visit, found, status=409, wrong="changed", theirs=found)
    await desk.stores.drafts.drop(name)
    return RedirectResponse("/programmes", 303)


@router.get("/programmes/{programme_id}")
@needs("publish")
async def programme(request: Request, desk: DeskOf, visit: SignedIn, programme_id: str, wrong: str = "") -> Response:
    """Show a programme's versions, whose they are, and whether it is open."""
    found = administered_one(desk, visit, programme_id)
    versions = [one for (name, _), one in sorted(desk.catalog.versions.items(), reverse=True) if name == programme_id]
    names = [version_name(programme_id, one.version) for one in versions]
    published = {one.name: one for one in await desk.published.publications(names)}
    return draw(
        request,
        visit,
        "programme.html",
        programme=found,
        in_force=programme_id in desk.catalog.programmes,
        versions=list(zip(versions, names, strict=True)),
        published=published,
        sheets=desk.catalog.sheets,
        closings=await desk.published.closed(names),
        now=desk.clock(),
        wrong=wrong if wrong in NOT_CLOSED else "",
    )


@router.post("/programmes/{programme_id}/close")
@needs("publish")
async def close(request: Request, desk: DeskOf, acting: Acts, programme_id: str) -> Response:
    """End intake: fields `version`, `because_ko`, `because_en`, `sure` and `token`, and `at` where it is not now."""
    await desk.uptake.look()
    found = administered_one(desk, acting.visit, programme_id)
    version, at, ko, en, sure = map(acting.text, ("version", "at", "because_ko", "because_en", "sure"))
    newest = next_version(desk.catalog, programme_id) - 1
    closing = closing_of(Asked(version, at, ko, en, sure=bool(sure)), found, newest, desk.clock())
    if not isinstance(closing, Closing):
        return RedirectResponse(f"/programmes/{programme_id}?wrong={closing}", 303)
    hand = _hand(desk, acting)
    stands = await desk.published.close(Closed(closing, hand))
    await desk.uptake.look()
    if stands.by.request_id != hand.request_id:
        return _told(request, acting.visit, stands.by, version_name(programme_id, newest), "closed")
    return RedirectResponse(f"/programmes/{programme_id}", 303)


async def _published_before(request: Request, desk: Desk, acting: Acting, name: str) -> Response:
    """The draft is gone: by this very form, sent twice, or because somebody else was quicker."""
    for stands in await desk.published.publications([name]):
        programme_id = name.rpartition(".v")[0]
        administered_one(desk, acting.visit, programme_id)
        if stands.by.request_id == acting.text("token"):
            return RedirectResponse(f"/programmes/{programme_id}", 303)
        return _told(request, acting.visit, stands.by, name, "published")
    raise NotThere


def _told(request: Request, visit: Visit, by: Hand, name: str, what: str) -> Response:
    programme_id = name.rpartition(".v")[0]
    return draw(request, visit, "quicker.html", status=409, by=by, name=name, what=what, programme_id=programme_id)


async def _drawn(
    request: Request, desk: Desk, visit: Visit, found: Draft, *, status: int = 200, wrong: str = "",
    theirs: Draft | None = None,
) -> Response:  # fmt: skip
    checked = Checked() if wrong == "long" else await _check(desk, found)
    programme = checked.programme
    return draw(
        request,
        visit,
        "programme_draft.html",
        status=status,
        draft=found,
        checked=checked,
        lines=excerpt(found.text, checked.error.line) if checked.error else [],
        two=programme is not None and two_publish(programme, desk.catalog),
        waits=programme is not None and _waits_for_another(desk, visit, found, programme),
        wrong=wrong,
        theirs=theirs,
        most=MOST,
    )


async def _check(desk: Desk, found: Draft) -> Checked:
    return await asyncio.to_thread(check, found, desk.catalog, seoul_date(desk.clock()))


async def _draft_of(desk: Desk, visit: Visit, name: str) -> Draft:
    found = await desk.stores.drafts.find(name)
    if found is None or _is_left_over(desk, found):
        raise NotThere
    visit.must(found.programme_id, found.office)
    return found


def _is_left_over(desk: Desk, found: Draft) -> bool:
    """Whether it was published, and a crash cut that short."""
    known: Iterable[tuple[str, int]] = desk.catalog.versions
    return (found.programme_id, found.version) in known


def _waits_for_another(desk: Desk, visit: Visit, found: Draft, programme: Programme) -> bool:
    return two_publish(programme, desk.catalog) and found.person.id == visit.person.id


def _hand(desk: Desk, acting: Acting) -> Hand:
    person = acting.person
    return Hand(person.id, person.name, person.office, desk.clock(), acting.text("token"))


def _revision(acting: Acting) -> int:
    try:
        return int(acting.text("revision"))
    except ValueError:
        raise Forbidden from None


def _text_of(acting: Acting) -> str:
    value = acting.form.get("text")
    if not isinstance(value, str):
        raise Forbidden
    return value.replace("\r\n", "\n")
