"""Serves an application on a real socket, beside the test."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.builders.waiting import until


def a_socket() -> tuple[socket.socket, str]:
    """A socket of this machine that nobody else has, and its address."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken, _address(taken)


def _address(taken: socket.socket) -> str:
    return f"http://127.0.0.1:{taken.getsockname()[1]}"


@asynccontextmanager
async def served(app: ASGIApp, at: socket.socket | None = None) -> AsyncIterator[str]:
    """The application on this socket, or on any; its address. Its lifespan is left out, which may want a broker."""
    at = at or a_socket()[0]
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[at]))
    await until(lambda: server.started)
    try:
        yield _address(at)
    finally:
        server.should_exit = True
        await serving
