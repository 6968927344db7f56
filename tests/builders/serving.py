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
    return taken, f"http://127.0.0.1:{taken.getsockname()[1]}"


@asynccontextmanager
async def served(app: ASGIApp, at: socket.socket) -> AsyncIterator[None]:
    """The application on this socket; its lifespan is left out, which may want a broker."""
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[at]))
    await until(lambda: server.started)
    yield
    server.should_exit = True
    await serving
