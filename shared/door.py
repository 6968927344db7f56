"""Around a door, outermost: each request is counted by its route's template, and traced where traces are on."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics, traces
from shared.events import ServiceName
from shared.ids import is_submission_id


class Observed:
    """Observes requests to one service."""

    def __init__(self, app: ASGIApp, service: ServiceName) -> None:
        """Take the application and whose door it is."""
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        with traces.answering() as request:

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start":
                    request.status = message["status"]
                await send(message)

            try:
                await self._app(scope, receive, watched)
            finally:
                request.method, request.route = scope["method"], route_of(scope)
                request.subject = _subject(scope)
                seconds = time.perf_counter() - began
                metrics.answered(self._service, request.route, request.method, request.status, seconds)


def route_of(scope: Scope) -> str:
    """Give the template of the route that served it; a path itself may hold ids, and anything that somebody types."""
    return getattr(scope.get("route"), "path", metrics.NONE)


def _subject(scope: Scope) -> str:
    """Give the submission it was about: as its route told, or as the path named it."""
    told = scope.get("state", {}).get("subject") or scope.get("path_params", {}).get("submission_id", "")
    return told if is_submission_id(told) else ""
