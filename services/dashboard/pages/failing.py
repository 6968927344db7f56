"""The failure desk: what waits for a person because a machine could not go on, and what can be done about it."""

import uuid
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.failures import REASONS, Done, Failure, What
from services.dashboard.filters import Filter
from services.dashboard.pages import failure_words
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.reaching import reach_of, reachable
from services.dashboard.pages.troubles import Forbidden
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry
from services.dashboard.tending import Tending
from services.dashboard.visits import Visit
from shared.events import Notice

router = APIRouter()

_SHOWN = 200
"""Of each kind, at most; the oldest of those that wait come first."""
_NAMES = uuid.UUID("5f0d2c7e-1b64-5a8c-b3f2-7e9a4d1c6b05")
_ACTS = 20
_LOOKED_BACK = timedelta(days=90)
"""What was done longer ago stands in the store, and on no page."""


@router.get("/failures")
@needs("tend")
async def failing(
    request: Request,
    desk: DeskOf,
    visit: SignedIn,
    programme: str = "",
    office: str = "",
    passed: str = "",
    wrong: str = "",
) -> Response:
    """Show what failed of a programme or an office of it: receipt, since when, why in words; nothing of a certificate.

    Whoever mends also sees which wallet apps are told nothing for now. `passed`: so many of the picked did not wait.
    `wrong` tells why nothing was dismissed.
    """
    mine = reach_of(desk, visit, programme, office)
    waiting = await _tending(desk, visit, mine).waiting(_SHOWN)
    suspended = await desk.stores.untold.suspended() if visit.may("mend") else ()
    return draw(
        request,
        visit,
        "failures.html",
        programme=mine.programme,
        reach=mine,
        programmes=reachable(desk, visit),
        wallets=desk.catalog.wallets,
        kinds=waiting.found,
        more=waiting.more,
        passed=int(passed) if passed.isdecimal() and len(passed) < 5 else 0,
        wrong=wrong if wrong in failure_words.WRONG else "",
        reasons=REASONS,
        most=_SHOWN,
        suspended=suspended,
        mends=visit.may("mend"),
        patience=desk.settings.stuck_minutes,
        acts=await _latest_acts(desk, mine),
        most_acts=_ACTS,
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
    picked, back = await _picked(desk, acting)
    for name in dict.fromkeys(one.entry.submission_id for one in picked if one.kind != "untold"):
        await desk.gate.say_again(name)
    for one in picked:
        if one.kind == "untold":
            await _tell_again(desk, one, acting.text("token"))
    await desk.stores.failures.record([_act(acting, one, "replayed", desk) for one in picked])
    return RedirectResponse(back, 303)


@router.post("/failures/dismiss")
@needs("tend")
async def dismiss(desk: DeskOf, acting: Acts) -> Response:
    """Leave these as they are, for good: fields as of `replay`, and `reason`, a code.

    None of them is where any is owed to the citizen.
    """
    picked, back = await _picked(desk, acting)
    reason = next((one for one in REASONS if one == acting.text("reason")), None)
    if reason is None:
        raise Forbidden
    if any(one.is_owed for one in picked):
        return RedirectResponse(f"{back}&wrong=owed", 303)
    await desk.stores.failures.record([_act(acting, one, "dismissed", desk, reason) for one in picked])
    return RedirectResponse(back, 303)


async def _picked(desk: Desk, acting: Acting) -> tuple[Sequence[Failure], str]:
    """Give what was picked and still waits, and the address to go back to, which tells how many did not any more.

    What this very form has been done to, sent twice, is not among those.
    """
    mine = reach_of(desk, acting.visit, acting.text("programme"), acting.text("office"))
    names = set(acting.texts("pick"))
    picked = await _tending(desk, acting.visit, mine).named(names)
    missed = names - {one.name for one in picked}
    if missed:
        missed -= await desk.stores.failures.done_by(acting.text("token"), missed)
    back = Filter(mine.programme.id, office=mine.office).query()
    return picked, f"/failures?{back}" + f"&passed={len(missed)}" * bool(missed)


def _tending(desk: Desk, visit: Visit, mine: Reach) -> Tending:
    patience = timedelta(minutes=desk.settings.stuck_minutes)
    return Tending(
        desk.stores, desk.counting, desk.gate, desk.questions, desk.clock, patience, mine,
        lambda entry: visit.may("tend", *entry.place),
    )  # fmt: skip


async def _latest_acts(desk: Desk, mine: Reach) -> list[tuple[Done, Entry]]:
    """Give what was done last about these submissions, as far as these are still listed."""
    found: list[tuple[Done, Entry]] = []
    async with aclosing(desk.stores.failures.latest(desk.clock() - _LOOKED_BACK, _SHOWN)) as parts:
        async for acts in parts:
            entries = await desk.stores.queue.load({act.submission_id for act in acts})
            about = ((act, entries[act.submission_id]) for act in acts if act.submission_id in entries)
            found += [(act, entry) for act, entry in about if mine.holds(entry.place)]
            if len(found) >= _ACTS:
                break
    return found[:_ACTS]


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
