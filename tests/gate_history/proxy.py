"""The bad network: a proxy before the store that understands where a message ends, and little else.

python -m tests.gate_history.proxy HOST PORT SEED      prints its port and that of its control, one JSON line

Of each request it may, at random: delay it; cut the connection before the store has it (`reset`); hand it to the store
and lose the answer (`lost`), at once or after a silence (`silent`); or cut the connection and hand it over later, when
nobody waits for it any more (`late`). A request that the driver repeats by itself is hit again four times out of
five, so that callers see it too. Control takes JSON lines: {"rate": 0.02}, {"storm": 0.7} seconds in which half of all
is hit, {"freeze": 1.0} seconds in which nothing moves, {"slow": 0.2} seconds by which every request is late from now
on, and answers with what was done so far.
"""

import asyncio
import json
import random
import struct
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import bson

KINDS = {"delay": 5, "reset": 2, "lost": 4, "silent": 1, "late": 2}
WRITES = ("update", "insert")
_SPARED = ("hello", "ismaster", "isMaster", "ping", "endSessions", "createIndexes", "killCursors", "getMore")
_AGAIN = 0.8


class Weather:
    """Decides what happens to each request; seeded."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.rate = 0.0
        self.slow = 0.0
        self.storm_until = 0.0
        self.flows = asyncio.Event()
        self.flows.set()
        self.counts: Counter[str] = Counter()
        self._hit: dict[Any, None] = {}

    def strikes(self, command: str, frame: bytes) -> str:
        """Name what happens to this request; an empty string when nothing does."""
        self.counts["requests"] += 1
        if command in _SPARED or not self.rate:
            return ""
        once = _once(frame) if command in WRITES else None
        if once in self._hit:
            likely = _AGAIN
        elif time.monotonic() < self.storm_until:
            likely = 0.5
        else:
            likely = self.rate * (2 if command in WRITES else 1)
        if self._dice.random() >= likely:
            return ""
        kind = self._dice.choices(list(KINDS), list(KINDS.values()))[0]
        if once is not None and kind != "delay":
            self._hit[once] = None
            if len(self._hit) > 500:
                del self._hit[next(iter(self._hit))]
        self.counts[kind] += 1
        self.counts[f"{kind}:{command}"] += 1
        return kind

    def seconds(self, kind: str) -> float:
        """How long it takes."""
        return self._dice.uniform(*{"delay": (0.002, 0.15), "silent": (0.5, 2.0), "late": (0.01, 1.2)}[kind])


def _command(frame: bytes) -> str:
    """The command's name: the first key of an OP_MSG's body."""
    if struct.unpack_from("<i", frame, 12)[0] != 2013:
        return "hello"
    return frame[26 : frame.index(b"\0", 26)].decode()


def _once(frame: bytes) -> Any:
    """What a driver gives a retryable write, the same when it repeats it; None for other writes."""
    body = bson.decode(frame[21 : 21 + struct.unpack_from("<i", frame, 21)[0]])
    return (body["lsid"]["id"], body["txnNumber"]) if "txnNumber" in body else None


async def _frame(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(struct.unpack("<i", head)[0] - 4)


class Proxy:
    """One proxy and all its connections."""

    def __init__(self, host: str, port: int, weather: Weather) -> None:
        self._store = (host, port)
        self.weather = weather
        self._late: set[asyncio.Task[None]] = set()

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it, or the weather does."""
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            store_reader, store_writer = await asyncio.open_connection(*self._store)
            answers = asyncio.create_task(self._answers(store_reader, writer))
            try:
                if kind := await self._requests(reader, store_writer):
                    answers.cancel()
                    await asyncio.wait([answers])
                    async with asyncio.timeout(1.0):
                        await _frame(store_reader)
                    if kind == "silent":
                        await asyncio.sleep(self.weather.seconds(kind))
            finally:
                answers.cancel()
                writer.transport.abort()
                store_writer.close()

    async def _requests(self, reader: asyncio.StreamReader, store: asyncio.StreamWriter) -> str:
        """Hand requests over until one is hit; give by what, where the store has it and its answer is to be lost."""
        while True:
            frame = await _frame(reader)
            await self.weather.flows.wait()
            await asyncio.sleep(self.weather.slow)
            kind = self.weather.strikes(_command(frame), frame)
            if kind == "late":
                self._hand_over_later(frame)
            if kind in ("late", "reset"):
                return ""
            if kind == "delay":
                await asyncio.sleep(self.weather.seconds(kind))
            store.write(frame)
            await store.drain()
            if kind in ("lost", "silent"):
                return kind

    async def _answers(self, store: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                frame = await _frame(store)
                await self.weather.flows.wait()
                writer.write(frame)
                await writer.drain()
        writer.transport.abort()

    def _hand_over_later(self, frame: bytes) -> None:
        async def later() -> None:
            await asyncio.sleep(self.weather.seconds("late"))
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(*self._store)
                writer.write(frame)
                await _frame(reader)
                self.weather.counts["late, and arrived"] += 1
                writer.close()

        task = asyncio.create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take orders, one JSON line each; answer with the counts."""
        with suppress(OSError):
            while line := await reader.readline():
                order = json.loads(line)
                self.weather.rate = order.get("rate", self.weather.rate)
                self.weather.slow = order.get("slow", self.weather.slow)
                if "storm" in order:
                    self.weather.counts["storm"] += 1
                    self.weather.storm_until = time.monotonic() + order["storm"]
                if "freeze" in order:
                    self.weather.counts["freeze"] += 1
                    self.weather.flows.clear()
                    asyncio.get_running_loop().call_later(order["freeze"], self.weather.flows.set)
                writer.write(json.dumps(self.weather.counts | {"still late": len(self._late)}).encode() + b"\n")
                await writer.drain()


async def _serve(host: str, port: int, seed: int) -> None:
    proxy = Proxy(host, port, Weather(seed))
    doors = [await asyncio.start_server(one, "127.0.0.1", 0) for one in (proxy.connection, proxy.control)]
    print(json.dumps([door.sockets[0].getsockname()[1] for door in doors]), flush=True)
    await asyncio.gather(*(door.serve_forever() for door in doors))


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
