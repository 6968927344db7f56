"""A wallet app's endpoint for tests: a real HTTP server that keeps what it was sent and answers as it is told."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = 0.0
    """When it came, by the loop's clock."""


@dataclass
class Receiver:
    """Answers with `statuses` in turn, then with `status`; while `silent`, with nothing at all."""

    status: int = 204
    statuses: list[int] = field(default_factory=list)
    silent: bool = False
    tls: ssl.SSLContext | None = None
    location: str | None = None
    retry_after: str | None = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def __aenter__(self) -> Self:
        self._handling: set[asyncio.Task[None] | None] = set()
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.close()
        for task in self._handling:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in self._handling if task), return_exceptions=True)
        await self._server.wait_closed()

    def url(self, host: str = "127.0.0.1", path: str = "/notices") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._handling.add(asyncio.current_task())
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.received.append(Received(request.split()[1], headers, body, time.monotonic()))
        if self.silent:
            await asyncio.sleep(60)
        status = self.statuses.pop(0) if self.statuses else self.status
        named = {"location": self.location, "retry-after": self.retry_after}
        headers_out = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
        writer.write(f"HTTP/1.1 {status} Told\r\n{headers_out}content-length: 0\r\n\r\n".encode())
        await writer.drain()
        return True
