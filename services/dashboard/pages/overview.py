"""The counts as JSON: what the open queue page asks for every few seconds, and what a program may ask for."""

from typing import Any

from fastapi import APIRouter

from services.dashboard.pages.guard import DeskOf, SignedIn
from services.dashboard.pages.queue import programme_of

router = APIRouter()


@router.get("/api/overview")
async def overview(desk: DeskOf, _session: SignedIn, programme: str = "") -> dict[str, Any]:
    """Give what was received, each class's count, both marks' counts, what no class accounts for, and the instant."""
    tally = await desk.counting.tally(programme_of(desk, programme).id)
    return {
        "received": tally.received,
        "classes": tally.classes,
        "viewed": tally.viewed,
        "decided": tally.decided,
        "unaccounted": tally.unaccounted,
        "as_of": tally.as_of.isoformat(),
    }
