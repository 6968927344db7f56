"""What is shown when a request cannot be served, in plain words."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.dashboard.pages import role_words
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.language import WORDS
from services.dashboard.pages.language import gettext as _
from services.dashboard.roles import MAY, ROLES
from services.dashboard.visits import NotAllowed
from shared.errors import Unavailable


class SignedOut(Exception):
    """Nobody is signed in, or the session has run out."""


class Forbidden(Exception):
    """The form did not come from our own page, or is too old."""


class NotThere(Exception):
    """There is nothing at this address."""


_TITLE = WORDS | {
    "403": "요청을 받을 수 없습니다",
    "404": "찾을 수 없습니다",
    "503": "잠시 연결할 수 없습니다",
    "other": "처리하지 못했습니다",
}
_SAYS = WORDS | {
    "403": "화면이 오래되었거나 다른 곳에서 보낸 요청입니다. 화면을 새로 고친 뒤 다시 시도하세요.",
    "404": "주소가 바뀌었거나 없는 화면입니다. 제출 목록에서 다시 찾아보세요.",
    "503": "저장소가 응답하지 않습니다. 처리 결과를 알 수 없을 때는 아무것도 보여 주지 않습니다. "
    "잠시 후 다시 시도하세요.",
    "other": "요청을 처리하지 못했습니다. 되풀이되면 운영자에게 알려 주세요.",
}


def trouble(request: Request, status: int) -> Response:
    """Give the page, or for a program the JSON, of a status."""
    code = str(status) if str(status) in _TITLE else "other"
    title, text = _TITLE[code], _SAYS[code]
    headers = {"retry-after": "3"} if status == 503 else None
    if request.url.path.startswith(("/api/", "/readyz")):
        return JSONResponse({"title": title, "status": status}, status, headers)
    return draw(request, None, "trouble.html", status=status, headers=headers, title=title, text=text)


def attach(app: FastAPI) -> None:
    """Add the error pages."""

    @app.exception_handler(SignedOut)
    async def signed_out(request: Request, _error: SignedOut) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"title": _("로그인이 필요합니다"), "status": 401}, 401)
        if request.method != "GET":
            return RedirectResponse("/signin", 303)
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/signin?next={quote(address, safe='')}", 303)

    @app.exception_handler(Forbidden)
    async def forbidden(request: Request, _error: Forbidden) -> Response:
        return trouble(request, 403)

    @app.exception_handler(NotAllowed)
    async def not_allowed(request: Request, error: NotAllowed) -> Response:
        who = [role_words.ROLE[role] for role in ROLES if role in MAY[error.act]]
        if request.url.path.startswith("/api/"):
            return JSONResponse({"title": role_words.not_allowed(), "status": 403, "act": error.act}, 403)
        held = [role_words.ROLE[role] for role in error.visit.roles]
        return draw(
            request,
            error.visit,
            "notallowed.html",
            status=403,
            act=role_words.ACT[error.act],
            who=who,
            held=held,
            led_by=error.led_by,
            title=role_words.not_allowed(),
        )

    @app.exception_handler(NotThere)
    async def not_there(request: Request, _error: NotThere) -> Response:
        return trouble(request, 404)

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, _error: Unavailable) -> Response:
        return trouble(request, 503)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        return trouble(request, error.status_code)
