"""The failure desk: what waits for a person because a machine could not go on, and what can be done about it."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.failures import KINDS, REASONS, Done, Failure, What, failures
from services.dashboard.filters import Filter, Listed
from services.dashboard.listing import SKEW
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import reach_of, reachable
from services.dashboard.pages.troubles import Forbidden
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry
from services.dashboard.store.untold import UntoldNotice
from services.dashboard.visits import Visit
from shared.events import Notice
from shared.standing import SubmissionClass

router = APIRouter()

_SHOWN = 200
"""Of each kind, at most; the oldest of those that wait come first."""
_NAMES = uuid.UUID("5f0d2c7e-1b64-5a8c-b3f2-7e9a4d1c6b05")
_LOOKED_BACK = timedelta(days=90)
"""What was parked longer ago is an operator's to find, in the dead letters."""


@router.get("/failures")
@needs("tend")
async def failing(request: Request, desk: DeskOf, visit: SignedIn, programme: str = "", office: str = "") -> Response:
    """Show what failed of a programme or an office of it: receipt, since when, why in words; nothing of a certificate.

    Whoever mends also sees which wallet apps are told nothing for now.
    """
    mine = reach_of(desk, visit, programme, office)
    untold = await desk.stores.untold.latest(_SHOWN + 1)
    found = await _found(desk, visit, mine, untold[:_SHOWN])
    suspended = await desk.stores.untold.suspended() if visit.may("mend") else ()
    since = desk.clock() - _LOOKED_BACK
    acts = await desk.stores.failures.latest(since, _SHOWN)
    entries = await desk.stores.queue.load({act.submission_id for act in acts})
    return draw(
        request,
        visit,
        "failures.html",
        programme=mine.programme,
        reach=mine,
        programmes=reachable(desk, visit),
        wallets=desk.catalog.wallets,
        kinds={kind: [one for one in found if one.kind == kind] for kind in KINDS},
        reasons=REASONS,
        most=_SHOWN,
        further=len(untold) > _SHOWN,
        suspended=suspended,
        mends=visit.may("mend"),
        patience=desk.settings.stuck_minutes,
        acts=[
            (act, entries[act.submission_id])
            for act in acts
            if act.submission_id in entries and mine.holds(entries[act.submission_id].place)
        ][:20],
    )


@router.get("/untold")
@needs("mend")
async def untold(_visit: SignedIn) -> Response:
    """Lead on from where these stood by themselves."""
    return RedirectResponse("/failures#kind-untold", 303)


@router.post("/failures/replay")
@needs("tend")
async def replay(desk: DeskOf, acting: Acts) -> Response:
    """Do these again: fields `programme`, `office`, `token`, and `pick` for each. Done twice, it harms nothing."""
    mine, picked = await _picked(desk, acting)
    for name in dict.fromkeys(one.entry.submission_id for one in picked if one.kind != "untold"):
        await desk.gate.say_again(name)
    for one in picked:
        if one.kind == "untold":
            await _tell_again(desk, one, acting.text("token"))
    await desk.stores.failures.record([_act(acting, one, "replayed", desk) for one in picked])
    return _back(mine)


@router.post("/failures/dismiss")
@needs("tend")
async def dismiss(desk: DeskOf, acting: Acts) -> Response:
    """Leave these as they are, for good: fields as of `replay`, and `reason`, a code."""
    mine, picked = await _picked(desk, acting)
    reason = next((one for one in REASONS if one == acting.text("reason")), None)
    if reason is None:
        raise Forbidden
    await desk.stores.failures.record([_act(acting, one, "dismissed", desk, reason) for one in picked])
    return _back(mine)


def _back(mine: Reach) -> Response:
    return RedirectResponse(f"/failures?{Filter(mine.programme.id, office=mine.office).query()}", 303)


async def _picked(desk: Desk, acting: Acting) -> tuple[Reach, Sequence[Failure]]:
    mine = reach_of(desk, acting.visit, acting.text("programme"), acting.text("office"))
    names = set(acting.texts("pick"))
    if not names:
        return mine, []
    found = await _found(desk, acting.visit, mine, await desk.stores.untold.latest(_SHOWN))
    return mine, [one for one in found if one.name in names]


async def _found(desk: Desk, visit: Visit, mine: Reach, untold: Sequence[UntoldNotice]) -> list[Failure]:
    now = desk.clock()
    parked = await desk.stores.failures.parked(now - _LOOKED_BACK, _SHOWN)
    about = {one.submission_id for one in parked} | {one.submission_id for one in untold}
    known = {
        name: entry
        for name, entry in (await desk.stores.queue.load(about)).items()
        if mine.holds(entry.place) and visit.may("tend", *entry.place)
    }
    unread = await _oldest(desk, mine, "unreadable")
    in_flight = await _oldest(desk, mine, "in_flight")
    names = {*known, *(entry.submission_id for entry in (*unread, *in_flight))}
    return failures(
        [entry for entry in (*unread, *in_flight) if visit.may("tend", *entry.place)],
        parked,
        untold,
        known,
        await desk.stores.failures.of(names),
        now=now,
        patience=timedelta(minutes=desk.settings.stuck_minutes),
    )


async def _oldest(desk: Desk, mine: Reach, submission_class: SubmissionClass) -> list[Entry]:
    tally = (await desk.counting.tally(mine.programme.id)).at(mine.office)
    there = [group.first for group in tally.groups if group.submission_class == submission_class]
    if not there:
        return []
    stretch = (min(there) - SKEW, desk.clock() + SKEW)
    listed = Listed(mine.programme.id, submission_class, "undecided", office=mine.office)
    return await desk.stores.queue.within(listed, stretch, _SHOWN)


async def _tell_again(desk: Desk, one: Failure, token: str) -> None:
    notice = next(known for known in get_args(Notice) if known == one.notice)
    name = f"notice-{uuid.uuid5(_NAMES, f'{one.name}|{token}')}"
    event = await desk.gate.tell_again(
        one.entry.submission_id, notice=notice, webhook_id=one.webhook_id, request_id=name
    )
    desk.soon(event)


def _act(acting: Acting, failure: Failure, what: What, desk: Desk, reason: str = "") -> Done:
    person = acting.person
    return Done(
        failure.name, failure.entry.submission_id, what, reason, person.id, person.office, desk.clock(),
        acting.text("token"),
    )  # fmt: skip
