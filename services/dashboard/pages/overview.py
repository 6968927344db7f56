"""For programs: the counts as JSON, which the open queue page asks for too, and whether the desk is well."""

from typing import Any

from fastapi import APIRouter

from services.dashboard.live import told
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.queue import programme_of

router = APIRouter()


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
async def overview(desk: DeskOf, visit: SignedIn, programme: str = "") -> dict[str, Any]:
    """Give what was received, each class's count, both marks' counts, what no class accounts for, and the instant."""
    return told(await desk.counting.tally(programme_of(desk, visit, programme).id))
