"""Choosing the language. A link, so that it needs neither a script nor a session, and changes only what is shown."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.pages.guard import give_language, needs, own_address
from services.dashboard.pages.language import named
from services.dashboard.pages.troubles import NotThere

router = APIRouter()


@router.get("/language/{language}")
@needs("nobody")
async def choose(request: Request, language: str, following: Annotated[str, Query(alias="next")] = "") -> Response:
    """Speak this language to this browser from now on, and lead back to `next`."""
    chosen = named(language)
    if chosen is None:
        raise NotThere
    response = RedirectResponse(own_address(following), 303)
    give_language(request, response, chosen)
    return response
