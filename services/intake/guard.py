"""Around every answer: headers that keep browsers in check, and no failure that shows its inside."""

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake import problems
from services.intake.claims import ALWAYS, TAG, WHERE_SENT, WITH_A_BODY
from services.intake.offers import Offers
from services.intake.problems import Refusal, Refused
from shared.door import route_of
from shared.errors import Unavailable
from shared.logs import error_fields

RETRY_AFTER = 5
"""Seconds after which a wallet app may try again what could not be served."""

SANDBOX = "gubi-sandbox"
_SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_COMPONENTS = " ".join(f'"{name}"' for name in (*ALWAYS, *WITH_A_BODY, *WHERE_SENT))
_ASKED_FOR = f'gubi=({_COMPONENTS});created;expires;keyid;nonce;tag="{TAG}"'


def render(request: Request, refusal: Refusal, origin: str, headers: dict[str, str] | None = None) -> Response:
    """Give a refusal as problem details; with 401 goes how to sign (RFC 9421 §5.1), with 503 when to come again."""
    english = problems.speaks_english(request.headers.get("accept-language", ""))
    more = {"content-language": "en" if english else "ko", **(headers or {})}
    status = refusal.row.status
    if status == 401:
        more |= {"www-authenticate": 'Signature realm="gubi"', "accept-signature": _ASKED_FOR}
    if status == 503:
        more["retry-after"] = str(RETRY_AFTER)
    if status == 408:
        more["connection"] = "close"  # the rest of its body is not waited for
    content = problems.body(refusal, origin, english=english)
    return JSONResponse(content, status, headers=more, media_type=problems.MEDIA_TYPE)


def tell_problems(api: FastAPI, origin: str, offers: Offers) -> None:
    """Make `api` answer every refusal, its own 404s and 405s, bad queries and absent dependencies as problems.

    With an absent dependency goes what the citizen is offered instead.
    """
    log = structlog.get_logger(service="intake")

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return render(request, error.refusal, origin)

    async def away(request: Request, error: Exception) -> Response:
        log.warning("unavailable", **error_fields(error))
        offered = [one.model_dump(mode="json") for one in await offers.on(request)]
        return render(request, Refusal("unavailable", shown={"alternatives": offered}), origin)

    async def unrouted(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "internal")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["allow"] = ", ".join(_allowed(api, request.scope))
        return render(request, Refusal(code), origin, headers)

    async def badly_asked(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = [{"where": "/".join(map(str, one["loc"])), "why": one["type"]} for one in error.errors()]
        return render(request, Refusal("query-invalid", shown={"errors": errors}), origin)

    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(Unavailable, away)
    api.add_exception_handler(HTTPException, unrouted)
    api.add_exception_handler(RequestValidationError, badly_asked)


def _allowed(api: FastAPI, scope: Scope) -> list[str]:
    """Give the methods an address takes: all of them, where the router only knows those of the first route it finds."""
    asked = ((method, {**scope, "method": method}) for method in _METHODS)
    return [method for method, one in asked if any(route.matches(one)[0] is Match.FULL for route in api.routes)]


class Guard:
    """Around all routes, within `Watched`: adds the headers, and answers the unexpected without saying what it was."""

    def __init__(self, app: ASGIApp, origin: str, *, sandbox: bool = False) -> None:
        """Take the application, the door's public origin, and whether every answer is to say that this is a sandbox."""
        self._app = app
        self._origin = origin
        self._headers = {**_SECURITY, **({SANDBOX: "true"} if sandbox else {})}
        self._log = structlog.get_logger(service="intake")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(raw=message["headers"])
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                message["headers"] = headers.raw
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as error:  # a bug; its text may quote what somebody sent, so only its kind is logged
            self._log.error("bug", route=route_of(scope), **error_fields(error))
            if begun:
                raise ConnectionError("answer cut short") from None
            answer = render(Request(scope), Refusal("internal"), self._origin)
            await answer(scope, receive, guarded)
