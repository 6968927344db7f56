"""The keys that work, as a page: for whoever has no scripts, and to print."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import SignedIn, needs

router = APIRouter()


@router.get("/keys")
@needs("see")
async def page(request: Request, visit: SignedIn) -> Response:
    """Show the keys of every screen."""
    return draw(request, visit, "keys_page.html")
