"""The overview: classes that sum, figures by day, waiting times, human actions, how well was read; and for programs."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.acting import count_acts
from services.dashboard.figures import FEW, Day
from services.dashboard.live import told
from services.dashboard.pages import charts
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.queue_words import WAITS as WAIT_WORDS
from services.dashboard.pages.reaching import reach_of, reachable

router = APIRouter()

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "eligible": ("eligible",),
    "ineligible": ("ineligible",),
    "review": ("review",),
    "unreadable": ("unreadable",),
    "open": ("supplement", "parked", "in_flight"),
    "gone": ("withdrawn", "taken_back", "expired"),
}
"""Classes as the chart of days puts them together."""


@router.get("/livez")
@needs("nobody")
async def livez() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "alive"}


@router.get("/readyz")
@needs("nobody")
async def readyz(desk: DeskOf) -> dict[str, str]:
    """Tell that the store answers too. Raises `Unavailable`, which is a 503."""
    await desk.stores.queue.load([""])
    return {"status": "ready"}


@router.get("/api/overview")
@needs("see")
async def overview(desk: DeskOf, visit: SignedIn, programme: str = "", office: str = "") -> dict[str, Any]:
    """Give what was received, each class's count, both marks' counts, what no class accounts for, and the instant."""
    mine = reach_of(desk, visit, programme, office)
    return told((await desk.counting.tally(mine.programme.id)).at(mine.office))


@router.get("/overview")
@needs("see")
async def page(request: Request, desk: DeskOf, visit: SignedIn, programme: str = "", office: str = "") -> Response:
    """Show a programme's figures, or an office's of it, each chart with its table, and every programme's counts.

    What officials did is counted for a programme as a whole, and shown beside nothing less.
    """
    mine = reach_of(desk, visit, programme, office)
    chosen = mine.programme
    tally = (await desk.counting.tally(chosen.id)).at(mine.office)
    found = await desk.figuring.overview(chosen.id, tally, mine.office)
    others, wait_words = [reach_of(desk, visit, one.id) for one in reachable(desk, visit)], list(WAIT_WORDS.values())
    acts = None
    if not mine.office:
        acts = await count_acts(chosen.id, tally, stores=desk.stores, gate=desk.gate, questions=desk.questions)
    return draw(
        request,
        visit,
        "overview.html",
        programme=chosen,
        reach=mine,
        programmes=[one.programme for one in others],
        tally=tally,
        tallies=[
            (one.programme, (await desk.counting.tally(one.programme.id)).at(one.office)) for one in others
        ],
        acts=acts,
        found=found,
        of_day=[(day, _outcomes(day)) for day in found.days],
        classes_chart=charts.line(dict(tally.classes.items())),
        days_chart=charts.columns([(_short(day), [("in", day.received), ("out", day.decided)]) for day in found.days],
                                  side_by_side=True),
        outcomes_chart=charts.columns([(_short(day), _outcomes(day)) for day in found.days]),
        waits_chart=charts.columns(list(zip(wait_words, ([("out", count)] for count in found.waits), strict=True))),
        wait_words=wait_words,
        certificates=desk.catalog.certificates,
        few=FEW,
    )  # fmt: skip


def _short(day: Day) -> str:
    return f"{day.day:%m-%d}"


def _outcomes(day: Day) -> list[tuple[str, int]]:
    classes: dict[str, int] = dict(day.classes.items())
    return [(name, sum(classes[one] for one in parts)) for name, parts in OUTCOMES.items()]
