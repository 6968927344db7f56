"""What stands around every answer: headers that let nothing in, and a plain page where all else failed."""

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.dashboard.pages.troubles import trouble
from shared.logs import error_fields

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Shield:
    """Adds headers; only static files may be kept, and are asked about each time. Logs a bug without its values."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        """Take the application, and whether browsers reach it by https."""
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")
        begun = False

        async def shielded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["cache-control"] = "no-cache" if static else "no-store"
                if self._https or scope["scheme"] == "https":
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        try:
            await self._app(scope, receive, shielded)
        except Exception as error:  # a traceback would quote what the page was about to show
            structlog.get_logger(service="dashboard").error("request-failed", **error_fields(error))
            if not begun:
                await trouble(Request(scope), 500)(scope, receive, shielded)
