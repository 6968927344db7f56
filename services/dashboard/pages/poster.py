"""A programme's poster: one A4 page with the QR code that leads a wallet app there, in Korean and English."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import DeskOf, SignedIn, needs
from services.dashboard.pages.programmes import administered_one
from shared.qr import address, qr

router = APIRouter()


@router.get("/programmes/{programme_id}/poster")
@needs("publish")
async def poster(request: Request, desk: DeskOf, visit: SignedIn, programme_id: str) -> Response:
    """Show the poster; printing it is the browser's work."""
    programme = administered_one(desk, visit, programme_id)
    return draw(
        request,
        visit,
        "poster.html",
        programme=programme,
        place=desk.catalog.office(programme.office),
        address=address(programme.id, desk.settings.public_url),
        open=programme.is_open(desk.clock()),
    )


@router.get("/programmes/{programme_id}/qr.svg")
@needs("publish")
async def picture(desk: DeskOf, visit: SignedIn, programme_id: str) -> Response:
    """Give the QR code."""
    programme = administered_one(desk, visit, programme_id)
    return Response(qr(programme.id, desk.settings.public_url, "svg"), media_type="image/svg+xml")
