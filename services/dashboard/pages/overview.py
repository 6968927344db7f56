"""For programs: the counts as JSON, which the open queue page asks for too, and whether the desk is well."""

from typing import Any

from fastapi import APIRouter

from services.dashboard.pages.guard import DeskOf, SignedIn
from services.dashboard.pages.queue import programme_of

router = APIRouter()


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(desk: DeskOf) -> dict[str, str]:
    """Tell that the store answers too. Raises `Unavailable`, which is a 503."""
    await desk.stores.queue.load([""])
    return {"status": "ready"}


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
