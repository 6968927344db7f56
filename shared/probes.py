"""What an orchestrator asks of a service, on a port of its own: is it alive, is it ready.

`/livez` fails when only a new process helps: a consumer's task is over, or it has stood still for longer than any step
of its work takes. It asks nobody else: neither a broker nor a store that is away may get a fleet of services killed.
`/readyz` fails as soon as a consumer has stood still for a while, has no partition, or asks brokers in vain, or the
store does not answer. A blocked event loop answers neither. `/metrics` is for Prometheus, `/asyncapi` what all services
tell each other, for people. Further pages belong here, as routes of `Probes`.
"""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared import asyncapi, metrics
from shared.errors import GubiError, Unavailable
from shared.kafka import Bus, Consuming
from shared.mongo import within
from shared.reading_page import reading_page

Ask = Callable[[], Awaitable[Any]]
"""Asks for an answer; raises `Unavailable` when there is none."""

STORE_SECONDS = 2.0


class ProbePortTaken(GubiError):
    """The port for probes is another process's."""


class _Server(uvicorn.Server):
    """uvicorn beside a service that minds its signals itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Probes:
    """Answers for one service, which consumes by `bus` and, where it has a store, asks it by `store`."""

    def __init__(self, bus: Bus, store: Ask | None, listening: socket.socket) -> None:
        """Take the port too, as a socket that listens."""
        self._bus, self._store, self._listening = bus, store, listening
        self.app = Starlette(
            routes=[
                Route("/livez", self._livez),
                Route("/readyz", self._readyz),
                Route("/metrics", self._metrics),
                Route("/asyncapi", self._asyncapi),
            ]
        )
        metrics.started(bus.service)

    @staticmethod
    def at(bus: Bus, store: Ask | None) -> "Probes | None":
        """Give the service's probes, or None where no port is set for them. Raises `ProbePortTaken`."""
        if not bus.settings.probe_port:
            return None
        try:
            return Probes(bus, store, socket.create_server((bus.settings.host, bus.settings.probe_port)))
        except OSError:
            raise ProbePortTaken("probe_port:taken") from None

    async def serve(self) -> None:
        """Answer for ever."""
        config = uvicorn.Config(
            self.app, lifespan="off", log_config=None, access_log=False, server_header=False, timeout_keep_alive=30
        )
        await _Server(config).serve(sockets=[self._listening])

    async def _livez(self, _: Request) -> JSONResponse:
        consumers = self._bus.consuming()
        return _answer(all(not consumer.dead for consumer in consumers), consumers)

    async def _readyz(self, _: Request) -> JSONResponse:
        consumers, store = self._bus.consuming(), await self._ask_store()
        return _answer(store != "away" and all(consumer.ready for consumer in consumers), consumers, store=store)

    async def _metrics(self, _: Request) -> Response:
        store = await self._ask_store()
        if store != "none":
            metrics.of(metrics.STORE_ANSWERS, service=self._bus.service).set(store == "answers")
        self._bus.show()
        return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def _asyncapi(self, _: Request) -> Response:
        return reading_page(asyncapi.document(self._bus.settings))

    async def _ask_store(self) -> str:
        if self._store is None:
            return "none"
        try:
            with within(STORE_SECONDS):
                await self._store()
        except Unavailable:
            return "away"
        return "answers"


def _answer(well: bool, consumers: Sequence[Consuming], **more: str) -> JSONResponse:
    told = [
        {
            "consumer": consumer.name,
            "state": "dead" if consumer.dead else "ready" if consumer.ready else "waiting",
            "partitions": consumer.partitions,
            "still_seconds": round(consumer.still, 1),
            "unanswered_seconds": round(consumer.unanswered, 1),
        }
        for consumer in consumers
    ]
    return JSONResponse({"well": well, **more, "consumers": told}, 200 if well else 503)
