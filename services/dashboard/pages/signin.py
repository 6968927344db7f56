"""Signing in. Until single sign-on (OIDC) comes, only where the installation says that it is for development."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acts, DeskOf, OwnForm, SignedIn, give_cookie, take_cookie
from services.dashboard.pages.troubles import Forbidden
from services.dashboard.people import Person
from shared.catalog import Catalog

router = APIRouter()

_NAMES = ("김예시", "이예시", "박예시")


def fictional(catalog: Catalog) -> list[Person]:
    """Give three officials who do not exist, at the catalogue's offices."""
    offices = [office.id for one in catalog.institutions.values() for office in one.offices]
    return [
        Person(f"sample-{place}", f"{name} (예시)", offices[place % len(offices)]) for place, name in enumerate(_NAMES)
    ]


@router.get("/")
async def home(_session: SignedIn) -> Response:
    """Lead to the queue."""
    return RedirectResponse("/queue", 303)


@router.get("/signin")
async def ask(request: Request, desk: DeskOf, following: Annotated[str, Query(alias="next")] = "") -> Response:
    """Offer the fictional officials, or say that sign-in is closed."""
    people = fictional(desk.catalog) if desk.settings.development else []
    status = 200 if people else 503
    return draw(request, None, "signin.html", status=status, people=people, following=_own(following))


@router.post("/signin")
async def enter(request: Request, desk: DeskOf, form: OwnForm) -> Response:
    """Sign in as one of them: fields `official` and `next`."""
    people = {person.id: person for person in fictional(desk.catalog)} if desk.settings.development else {}
    person = people.get(str(form.get("official")))
    if person is None:
        raise Forbidden
    response = RedirectResponse(_own(str(form.get("next") or "")), 303)
    give_cookie(request, response, await desk.stores.sessions.start(person, desk.clock()))
    return response


@router.post("/signout")
async def leave(request: Request, desk: DeskOf, acting: Acts) -> Response:
    """Sign out."""
    await desk.stores.sessions.end(acting.session)
    response = RedirectResponse("/signin", 303)
    take_cookie(request, response)
    return response


def _own(address: str) -> str:
    """Give an address of this site, whatever was asked for."""
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if own else "/queue"
