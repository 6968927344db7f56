"""Wallet apps that do not behave: real servers that hang, trickle, lie, break off or never end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_OK = b"HTTP/1.1 200 OK\r\n"


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything and never says a word."""
    await reader.read(-1)


async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up as soon as somebody calls."""
    writer.transport.abort()


async def failing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says 500 to everything."""
    await _read(reader)
    writer.write(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()


async def trickling_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says the beginning of an answer a byte at a time, always in time for a limit on single reads."""
    writer.write(_OK)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def interim(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says "go on" without end, as fast as it is read."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 20)
        await writer.drain()
        await asyncio.sleep(0.001)


async def huge_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says headers without end."""
    writer.write(_OK)
    while True:
        writer.write(b"x-more: " + b"y" * 4000 + b"\r\n")
        await writer.drain()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speaks another protocol."""
    await _read(reader)
    writer.write(b"\x16\x03\x01 not http at all \xff\xfe\r\n\r\n")
    await writer.drain()


async def breaking_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says 200, promises a body, and hangs up."""
    await _read(reader)
    writer.write(_OK + b"content-length: 1000\r\n\r\nhalf")
    await writer.drain()


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says 200 and a body that never ends, as fast as it is read."""
    await _read(reader)
    writer.write(_OK + b"transfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"z" * 65536 + b"\r\n")
        await writer.drain()


async def trickling_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says 200 and a body a byte at a time."""
    await _read(reader)
    writer.write(_OK + b"content-length: 1000000\r\n\r\n")
    while True:
        writer.write(b"z")
        await writer.drain()
        await asyncio.sleep(0.05)


async def wrong_content(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says 200 with another kind of content than it says, packed in a way that it is not, and many cookies."""
    await _read(reader)
    cookies = b"".join(b"set-cookie: c%d=%s\r\n" % (number, b"v" * 100) for number in range(50))
    writer.write(
        _OK + cookies + b"content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n<p>"
    )
    await writer.drain()


REFUSED = {
    "hanging": (hanging, "timeout"),
    "resetting": (resetting, "readerror"),
    "failing": (failing, "http_500"),
    "trickling_head": (trickling_head, "timeout"),
    "interim": (interim, "timeout"),
    "huge_head": (huge_head, "remoteprotocolerror"),
    "garbage": (garbage, "remoteprotocolerror"),
}
"""Those that accept nothing, and what is made of it."""
ACCEPTED = {
    "breaking_off": breaking_off,
    "endless": endless,
    "trickling_body": trickling_body,
    "wrong_content": wrong_content,
}
"""Those whose status says that they accept, whatever else they do."""


@asynccontextmanager
async def lying(answer: Answer) -> AsyncIterator[str]:
    """A server that answers so; gives its URL."""
    handling: set[asyncio.Task[None] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handling.add(asyncio.current_task())
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/notices"
    finally:
        server.close()
        for task in handling:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in handling if task), return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
    await reader.readexactly(int(length or b"0"))
