"""The line between a service and the brokers: a proxy before each of them, which can fall silent or be cut.

Brokers tell their clients where they are; in their answers the line puts its own ports in the place of theirs, which
is the same length, so that nothing else of the protocol need be understood: a broker's host is followed by its port in
every answer that names one (Kafka protocol guide: Metadata, FindCoordinator, DescribeCluster).
"""

import asyncio
import io
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Literal

from aiokafka.errors import OutOfOrderSequenceNumber
from aiokafka.protocol.produce import ProduceRequest_v7, ProduceResponse_v7

State = Literal["whole", "silent", "cut"]
"""Silent: connections stay, and nothing moves. Cut: they are reset, and new ones too."""


class Line:
    """One service's line to all brokers."""

    def __init__(self) -> None:
        self.address = ""
        """What the service takes for its bootstrap servers."""
        self.held = 0
        """Messages that came while the line was not whole."""
        self._state: State = "whole"
        self._flows = asyncio.Event()
        self._flows.set()
        self._ports: dict[bytes, bytes] = {}
        self._open: set[asyncio.StreamWriter] = set()
        self.gaps = 0
        """Produce requests still to be swallowed, and answered for as if one before them had been lost."""
        self._wanted: int | None = None
        self._caught, self._let_go = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def before(self, brokers: str) -> AsyncIterator[None]:
        """Stand before these brokers (host:port, joined by commas)."""
        doors: Mapping[int, asyncio.Server] = {}
        try:
            for broker in brokers.split(","):
                host, _, port = broker.rpartition(":")
                door = await asyncio.start_server(self._to(host, int(port)), host, 0)
                ours = door.sockets[0].getsockname()[1]
                doors = {**doors, ours: door}
                self._ports[_place(host, int(port))] = _place(host, ours)
                self.address = ",".join(filter(None, (self.address, f"{host}:{ours}")))
            yield
        finally:
            self.become("cut")
            for door in doors.values():
                door.close()

    def become(self, state: State) -> None:
        """Fall silent, be cut, or be whole again."""
        self._state = state
        if state == "silent":
            self._flows.clear()
        else:
            self._flows.set()
        if state == "cut":
            for writer in self._open:
                writer.transport.abort()

    @asynccontextmanager
    async def catching(self, api_key: int) -> AsyncIterator[asyncio.Event]:
        """Hold back the next request of a kind, and all that follows it on its connection, until this is left.

        The event that is given is set when there is one.
        """
        self._caught.clear()
        self._let_go.clear()
        self._wanted = api_key
        try:
            yield self._caught
        finally:
            self._wanted = None
            self._let_go.set()

    async def _hold(self, message: bytes) -> None:
        if self._wanted is None or struct.unpack_from(">h", message) != (self._wanted,):
            return
        self._wanted = None
        self._caught.set()
        await self._let_go.wait()

    def _to(self, host: str, port: int):
        async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._state == "cut":
                self.held += 1
                writer.transport.abort()
                return
            with suppress(OSError, asyncio.IncompleteReadError):
                there, back = await asyncio.open_connection(host, port)
                self._open |= {writer, back}
                carrying = [
                    asyncio.create_task(self._carry(reader, back, writer)),
                    asyncio.create_task(self._carry(there, writer)),
                ]
                await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
                for task in carrying:
                    task.cancel()
                for end in (writer, back):
                    self._open.discard(end)
                    end.transport.abort()

        return connection

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked_by: asyncio.StreamWriter | None = None
    ) -> None:
        """Carry requests, of the service that asks, or the brokers' answers."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                size = await reader.readexactly(4)
                message = await reader.readexactly(struct.unpack(">i", size)[0])
                self.held += self._state != "whole"
                await self._flows.wait()
                if asked_by is not None:
                    await self._hold(message)
                if asked_by is not None and self.gaps and (refusal := out_of_order(message)):
                    self.gaps -= 1
                    asked_by.write(struct.pack(">i", len(refusal)) + refusal)
                    continue
                for theirs, ours in {} if asked_by else self._ports.items():
                    message = message.replace(theirs, ours)
                writer.write(size + message)
                await writer.drain()


def out_of_order(message: bytes) -> bytes:
    """Give a broker's refusal of a produce request whose sequence numbers do not follow; nothing for other requests.

    (Kafka protocol guide, request header v1: api_key, api_version, correlation_id, client_id.)
    """
    key, version, correlation, client = struct.unpack_from(">hhih", message)
    if (key, version) != (ProduceRequest_v7.API_KEY, ProduceRequest_v7.API_VERSION):
        return b""
    asked = ProduceRequest_v7.decode(io.BytesIO(message[10 + max(0, client) :]))
    code = OutOfOrderSequenceNumber.errno
    refused = [(topic, [(part, code, -1, -1, -1) for part, _ in parts]) for topic, parts in asked.topics]
    return struct.pack(">i", correlation) + ProduceResponse_v7(topics=refused, throttle_time_ms=0).encode()


def _place(host: str, port: int) -> bytes:
    return host.encode() + struct.pack(">i", port)
