"""Who asks: the session behind a cookie, whether the act is theirs, and the proof that a form is our own page's."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, UploadFile

from services.dashboard.desk import Desk
from services.dashboard.pages.language import COOKIE as LANGUAGE
from services.dashboard.pages.language import Language
from services.dashboard.pages.troubles import Forbidden, SignedOut
from services.dashboard.people import Person
from services.dashboard.roles import Act
from services.dashboard.store.attempts import LASTS
from services.dashboard.visits import NotAllowed, Visit

LIVE = "/api/overview/live"
"""What an open page asks for by itself."""
_FORM_LIMIT = 1 << 20
LONGEST = 2_000
"""Characters of an address that we follow, or of what comes back with one."""
_SESSION, _ATTEMPT = "gubi", "gubi-signin"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Choice = TypeVar("Choice", bound=str)


def needs(act: Act | Literal["nobody"]) -> Callable[[Endpoint], Endpoint]:
    """Declare the act of a route, by which it is open to whoever may do it; `nobody`: also to who is not signed in.

    A route that declares none is refused when the desk is built (`pages.attach`).
    """

    def declared(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__["act"] = act
        return endpoint

    return declared


def act_of(endpoint: object) -> Act | Literal["nobody"] | None:
    """Give what a route declares; None where it declares nothing."""
    found: Act | Literal["nobody"] | None = getattr(endpoint, "__dict__", {}).get("act")
    return found


def desk_of(request: Request) -> Desk:
    """Give the desk."""
    desk: Desk = request.app.state.desk
    return desk


DeskOf = Annotated[Desk, Depends(desk_of)]


async def admitted(request: Request, desk: DeskOf) -> Visit | None:
    """Give the visit of who may do what the route declares; None where it needs nobody. Runs before every route.

    Raises `SignedOut`, `NotAllowed`. The person is where they are now: behind a proxy the address is the official's own
    where uvicorn trusts that proxy (FORWARDED_ALLOW_IPS).
    """
    act = act_of(request.scope["endpoint"])
    if act == "nobody":
        return None
    session_id = session_cookie(request)
    used = request.url.path != LIVE  # an open page keeps nobody signed in
    session = await desk.stores.sessions.find(session_id, desk.clock(), used=used) if session_id else None
    if session is None or act is None:
        raise SignedOut
    address = request.client.host if request.client else ""
    visit = Visit(replace(session, person=replace(session.person, address=address)), act)
    if not visit.may(act):
        raise NotAllowed(visit, act)
    return visit


async def visit_of(visit: Annotated[Visit | None, Depends(admitted)]) -> Visit:
    """Give the visit. Raises `SignedOut`."""
    if visit is None:
        raise SignedOut
    return visit


SignedIn = Annotated[Visit, Depends(visit_of)]


@dataclass(frozen=True)
class Acting:
    """An official who sends a form."""

    visit: Visit
    form: FormData

    @property
    def person(self) -> Person:
        """Who."""
        return self.visit.person

    def text(self, name: str, default: str = "") -> str:
        """Give a field, at most 500 characters."""
        value = self.form.get(name)
        return value.strip()[:500] if isinstance(value, str) else default

    def one_of(self, name: str, choices: Iterable[Choice]) -> Choice:
        """Give which of these a field names. Raises `Forbidden` where it names none: no page of ours sends that."""
        for choice in choices:
            if choice == self.text(name):
                return choice
        raise Forbidden

    async def file(self, name: str) -> bytes:
        """Give the content of the file in a field; empty where there is none."""
        value = self.form.get(name)
        return await value.read() if isinstance(value, UploadFile) else b""

    def texts(self, name: str) -> list[str]:
        """Give every value of a field."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]


async def form_of(request: Request) -> FormData:
    """Give a form that no other site sent. Raises `Forbidden`."""
    return await _form(request, files=0)


OwnForm = Annotated[FormData, Depends(form_of)]


async def form_with_file_of(request: Request) -> FormData:
    """Give a form that no other site sent, which may bring one file. Raises `Forbidden`, also where no size is told."""
    if "content-length" not in request.headers:
        raise Forbidden
    return await _form(request, files=1)


async def _form(request: Request, *, files: int) -> FormData:
    origin, own = request.headers.get("origin"), desk_of(request).origin
    if origin is not None and (origin != own if own else urlsplit(origin).netloc != request.headers.get("host")):
        raise Forbidden
    if int(request.headers.get("content-length") or 0) > _FORM_LIMIT:
        raise Forbidden
    return await request.form(max_files=files)


async def acting_of(request: Request, visit: SignedIn, form: OwnForm) -> Acting:
    """Give who acts, the CSRF token checked: the field `csrf`, or the header `X-CSRF-Token`. Raises `Forbidden`."""
    token = request.headers.get("x-csrf-token") or form.get("csrf")
    if not isinstance(token, str) or not secrets.compare_digest(token.encode(), visit.csrf.encode()):
        raise Forbidden
    return Acting(visit, form)


Acts = Annotated[Acting, Depends(acting_of)]


async def acting_with_file_of(
    request: Request, visit: SignedIn, form: Annotated[FormData, Depends(form_with_file_of)]
) -> Acting:
    """Give who acts with a form that may bring a file, the CSRF token checked. Raises `Forbidden`."""
    return await acting_of(request, visit, form)


ActsWithFile = Annotated[Acting, Depends(acting_with_file_of)]


def own_address(address: str) -> str:
    """Give an address of this site, whatever was asked for."""
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if own and len(address) <= LONGEST else "/queue"


def attempt_cookie(request: Request) -> str:
    """Give what our cookie of a sign-in that has begun holds; empty where there is none."""
    return request.cookies.get(_cookie(request, _ATTEMPT), "")


def session_cookie(request: Request) -> str:
    """Give what our cookie of a session holds; empty where there is none."""
    return request.cookies.get(_cookie(request, _SESSION), "")


def give_cookie(request: Request, response: Response, session_id: str) -> None:
    """Put a session's id into the browser, out of reach of scripts; a sign-in that had begun is over."""
    _set(request, response, _SESSION, session_id)
    _drop(request, response, _ATTEMPT)


def give_attempt(request: Request, response: Response, browser: str) -> None:
    """Put into the browser what shows that a sign-in was begun by it."""
    _set(request, response, _ATTEMPT, browser, max_age=int(LASTS.total_seconds()))


def give_language(request: Request, response: Response, language: Language) -> None:
    """Put into the browser in which language it is spoken to, for a year; signing out leaves it."""
    response.set_cookie(
        LANGUAGE, language, max_age=365 * 86_400, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def take_cookies(request: Request, response: Response) -> None:
    """Take all of ours away again."""
    for name in (_SESSION, _ATTEMPT):
        _drop(request, response, name)


def _set(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    secure = _secure(request)  # Lax, not Strict: the provider's answer is followed from another site
    response.set_cookie(
        _cookie(request, name), value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax"
    )


def _drop(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(_cookie(request, name), path="/", secure=_secure(request), httponly=True, samesite="lax")


def _secure(request: Request) -> bool:
    return request.url.scheme == "https" or desk_of(request).https


def _cookie(request: Request, name: str) -> str:
    return f"__Host-{name}" if _secure(request) else name
