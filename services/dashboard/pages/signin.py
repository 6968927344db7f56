"""Signing in and out: with the office's own provider, or, where the installation is for development, as nobody real."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.desk import Desk
from services.dashboard.oidc import Away, Refused
from services.dashboard.pages import role_words
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import (
    LONGEST,
    Acts,
    DeskOf,
    OwnForm,
    SignedIn,
    attempt_cookie,
    give_attempt,
    give_cookie,
    needs,
    own_address,
    session_cookie,
    take_cookies,
)
from services.dashboard.pages.troubles import Forbidden
from services.dashboard.people import Person
from services.dashboard.roles import Grant, Rights, Role
from shared.catalog import Catalog

router = APIRouter()

_NAMES: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("김예시", ("handler", "approver", "administrator")),
    ("이예시", ("handler", "approver", "administrator")),
    ("박예시", ("handler",)),
    ("최예시", ("reader",)),
)


def fictional(catalog: Catalog) -> list[Person]:
    """Give four officials who do not exist, at the catalogue's offices."""
    offices = [office.id for _, office in catalog.offices]
    return [
        Person(f"sample-{place}", f"{name} (예시)", offices[place % len(offices)])
        for place, (name, _) in enumerate(_NAMES)
    ]


def rights_of(person: Person) -> Rights:
    """Give what is granted to a fictional official: their roles, everywhere."""
    return tuple(Grant(role) for role in _NAMES[int(person.id.rpartition("-")[2])][1])


@router.get("/")
@needs("see")
async def home(_visit: SignedIn) -> Response:
    """Lead to the queue."""
    return RedirectResponse("/queue", 303)


@router.get("/signin")
@needs("nobody")
async def ask(request: Request, desk: DeskOf, following: Annotated[str, Query(alias="next")] = "") -> Response:
    """Offer the provider, or the fictional officials, or say that sign-in is closed."""
    return _asked(request, desk, 200 if desk.provider or desk.settings.development else 503, own_address(following))


@router.post("/signin")
@needs("nobody")
async def enter(request: Request, desk: DeskOf, form: OwnForm) -> Response:
    """Sign in as a fictional official: fields `official` and `next`. Only for development."""
    people = {person.id: person for person in fictional(desk.catalog)} if desk.settings.development else {}
    person = people.get(str(form.get("official")))
    if person is None:
        raise Forbidden
    return await _enter(request, desk, person, rights_of(person), own_address(str(form.get("next") or "")))


@router.get("/signin/start")
@needs("nobody")
async def start(request: Request, desk: DeskOf, following: Annotated[str, Query(alias="next")] = "") -> Response:
    """Lead to the provider, with a state and a nonce that only this browser can come back with."""
    if desk.provider is None:
        return RedirectResponse("/signin", 303)
    state, browser, attempt = await desk.stores.attempts.begin(own_address(following), desk.clock())
    try:
        address = await desk.provider.start(state=state, nonce=attempt.nonce, verifier=attempt.verifier)
    except Away:
        return _refused(request, desk, "away", attempt.following)
    response = RedirectResponse(address, 303)
    give_attempt(request, response, browser)
    return response


@router.get("/signin/back")
@needs("nobody")
async def back(
    request: Request, desk: DeskOf, state: str = "", code: str = "", iss: str | None = None, error: str = ""
) -> Response:
    """Take who comes back from the provider. An attempt is finished once, well or badly."""
    attempt = await desk.stores.attempts.take(state, attempt_cookie(request), desk.clock())
    if attempt is None or desk.provider is None or max(len(code), len(iss or "")) > LONGEST:
        return _refused(request, desk, "state")
    if error or not code:
        away = error in ("server_error", "temporarily_unavailable")
        return _refused(request, desk, "away" if away else "denied", attempt.following)
    try:
        person, rights = await desk.provider.finish(
            code=code, issuer=iss, nonce=attempt.nonce, verifier=attempt.verifier
        )  # fmt: skip
    except Away:
        return _refused(request, desk, "away", attempt.following)
    except Refused as refused:
        return _refused(request, desk, refused.code, attempt.following)
    return await _enter(request, desk, person, rights, attempt.following)


@router.post("/signout")
@needs("leave")
async def leave(request: Request, desk: DeskOf, acting: Acts) -> Response:
    """Sign out, by a page that leads to the provider's own end: our policy lets no form lead away (`form-action`)."""
    await desk.stores.sessions.end(acting.visit.session)
    end = await desk.provider.end() if desk.provider else None
    response = draw(request, None, "signedout.html", end=end) if end else RedirectResponse("/signin", 303)
    take_cookies(request, response)
    return response


async def _enter(request: Request, desk: Desk, person: Person, rights: Rights, following: str) -> Response:
    response = RedirectResponse(following, 303)
    session_id = await desk.stores.sessions.start(person, rights, desk.clock(), session_cookie(request))
    give_cookie(request, response, session_id)
    return response


def _asked(request: Request, desk: Desk, status: int, following: str, refused: str = "") -> Response:
    people = fictional(desk.catalog) if desk.settings.development else []
    roles = {person.id: [role_words.ROLE[grant.role] for grant in rights_of(person)] for person in people}
    return draw(
        request, None, "signin.html", status=status, people=people, roles=roles, following=following,
        provider=desk.provider is not None, refused=refused,
    )  # fmt: skip


def _refused(request: Request, desk: Desk, code: str, following: str = "/queue") -> Response:
    """Say that nobody was signed in, and why, as far as whoever reads it can do something about it."""
    structlog.get_logger(service="dashboard").warning("sign-in-refused", code=code)
    said = code if code in role_words.NOT_SIGNED_IN else "token"
    return _asked(request, desk, 503 if code == "away" else 403, following, role_words.NOT_SIGNED_IN[said])
