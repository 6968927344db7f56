"""Who asks: the session behind a cookie, and the proof that a form came from our own page."""

import secrets
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, UploadFile

from services.dashboard.desk import Desk
from services.dashboard.pages.troubles import Forbidden, SignedOut
from services.dashboard.people import Person
from services.dashboard.store.sessions import Session

_FORM_LIMIT = 1 << 20


def desk_of(request: Request) -> Desk:
    """Give the desk."""
    desk: Desk = request.app.state.desk
    return desk


DeskOf = Annotated[Desk, Depends(desk_of)]


async def session_of(request: Request, desk: DeskOf) -> Session:
    """Give the session, its person where they are now. Raises `SignedOut`.

    Behind a proxy the address is the official's own where uvicorn trusts that proxy (FORWARDED_ALLOW_IPS).
    """
    session_id = request.cookies.get(_cookie(request))
    session = await desk.stores.sessions.find(session_id, desk.clock()) if session_id else None
    if session is None:
        raise SignedOut
    address = request.client.host if request.client else ""
    return replace(session, person=replace(session.person, address=address))


SignedIn = Annotated[Session, Depends(session_of)]


@dataclass(frozen=True)
class Acting:
    """An official who sends a form."""

    session: Session
    form: FormData

    @property
    def person(self) -> Person:
        """Who."""
        return self.session.person

    def text(self, name: str, default: str = "") -> str:
        """Give a field, at most 500 characters."""
        value = self.form.get(name)
        return value.strip()[:500] if isinstance(value, str) else default

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
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden
    if int(request.headers.get("content-length") or 0) > _FORM_LIMIT:
        raise Forbidden
    return await request.form(max_files=files)


async def acting_of(request: Request, session: SignedIn, form: OwnForm) -> Acting:
    """Give who acts, the CSRF token checked: the field `csrf`, or the header `X-CSRF-Token`. Raises `Forbidden`."""
    token = request.headers.get("x-csrf-token") or form.get("csrf")
    if not isinstance(token, str) or not secrets.compare_digest(token.encode(), session.csrf.encode()):
        raise Forbidden
    return Acting(session, form)


Acts = Annotated[Acting, Depends(acting_of)]


async def acting_with_file_of(
    request: Request, session: SignedIn, form: Annotated[FormData, Depends(form_with_file_of)]
) -> Acting:
    """Give who acts with a form that may bring a file, the CSRF token checked. Raises `Forbidden`."""
    return await acting_of(request, session, form)


ActsWithFile = Annotated[Acting, Depends(acting_with_file_of)]


def give_cookie(request: Request, response: Response, session_id: str) -> None:
    """Put a session's id into the browser, out of reach of scripts."""
    response.set_cookie(_cookie(request), session_id, path="/", secure=_secure(request), httponly=True, samesite="lax")


def take_cookie(request: Request, response: Response) -> None:
    """Take it away again."""
    response.delete_cookie(_cookie(request), path="/", secure=_secure(request), httponly=True, samesite="lax")


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie(request: Request) -> str:
    return "__Host-gubi" if _secure(request) else "gubi"
