"""A connection whose request's head does not come is closed in time, and any other goes on."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from deploy.gubi import serving
from deploy.gubi.serving import Punctual
from tests.builders.waiting import until
from tests.conftest import free_port


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 1.5)
    port = free_port()
    config = uvicorn.Config(PlainTextResponse("here"), port=port, http=Punctual, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield port
    server.should_exit = True
    await task


HEAD = b"GET / HTTP/1.1\r\nhost: here\r\n"


@pytest.mark.parametrize("first", [b"", b"GET", HEAD, HEAD + b"x-slow: " + b"a" * 1000])
async def test_a_head_that_is_never_finished_is_answered_by_408_and_closed(port: int, first: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_one_that_trickles_in_is_too_late_as_well_also_on_a_connection_that_was_used(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"\r\n")
    assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200 ")
    for _ in range(4):
        writer.write(b"GET / HTTP/1.1\r\n" if not _ else b"a: b\r\n")
        await asyncio.sleep(0.1)
    assert b" 408 " in await asyncio.wait_for(reader.read(), 60)
    writer.close()


async def test_a_request_in_time_is_served_again_and_again(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(4):
        writer.write(HEAD + b"\r\n")
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(0.6)
    writer.close()
