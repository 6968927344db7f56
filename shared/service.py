"""How a service process lives.

It starts what it owns, works until told to stop, and dies loudly when a part of it dies.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
import uvloop

from shared.draining import Drain
from shared.ending import ended
from shared.errors import Unavailable
from shared.events import ServiceName
from shared.kafka import Bus
from shared.logs import error_fields
from shared.probes import Ask, Probes

EXIT_LOOP_DEAD = 73

Loop = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Worker:
    """A service without a door of its own: its bus, the loops beside it, and what must be ready before."""

    bus: Bus
    loops: Sequence[Loop] = ()
    ready: Callable[[], AbstractAsyncContextManager[Any]] | None = None
    """Gives a context that prepares stores and starts helpers, and ends them."""
    store: Ask | None = None
    """Asks the store for an answer, so that the probe for readiness can tell."""
    drain: Drain | None = None
    """Tells when an operator wishes that nothing be taken."""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def running(
    bus: Bus, loops: Sequence[Loop] = (), store: Ask | None = None, drain: Drain | None = None
) -> AsyncIterator[None]:
    """Consume and run `loops` meanwhile. A loop that ends or fails ends the process: crash-only, never half alive.

    Probes are answered where a port for them is set; `store` asks the store for an answer; while `drain` tells that
    nothing is to be taken, nothing is. Raises what the broker raises when it cannot be reached, so that the process
    exits and is started again, `ProbePortTaken`, `Unavailable`.
    """
    log = structlog.get_logger(service=bus.service)
    probes = Probes.at(bus, store)
    await bus.taking.start(held=drain is not None and await drain.since() is not None)
    stopping = False

    async def guard(loop: Loop) -> None:
        try:
            await loop()
        except asyncio.CancelledError:
            if stopping:
                raise
        except Exception as error:
            log.error("loop-dead", **error_fields(error))
        os._exit(EXIT_LOOP_DEAD)

    ours: list[Loop] = [bus.watch, *([probes.serve] if probes else []), *loops]
    if drain is not None:
        ours.append(partial(drain.follow, bus.taking))
    tasks = [asyncio.create_task(guard(loop)) for loop in ours]
    log.info("started", pid=os.getpid())
    try:
        yield
    finally:
        stopping = True
        await ended(*tasks)
        await bus.taking.stop()
        log.info("stopped", pid=os.getpid())


def ever_again(step: Loop, pause: float, *, service: ServiceName, waits: str) -> Loop:
    """Give a loop that takes the step, pauses for so many seconds, and outlives a store that is away.

    `waits` is what the log then says.
    """

    async def loop() -> None:
        log = structlog.get_logger(service=service)
        while True:
            try:
                await step()
            except Unavailable as error:
                log.warning(waits, **error_fields(error))
            await asyncio.sleep(pause)

    return loop


async def _work(build: Callable[[], Worker]) -> None:
    worker = build()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, worker.stopped.set)
    if worker.ready is None:
        async with running(worker.bus, worker.loops, worker.store, worker.drain):
            await worker.stopped.wait()
        return
    async with worker.ready(), running(worker.bus, worker.loops, worker.store, worker.drain):
        await worker.stopped.wait()


def run_worker(build: Callable[[], Worker]) -> None:
    """Run a worker until SIGTERM or SIGINT.

    What is in hand is finished first. `build` is called inside the event loop.
    """
    uvloop.run(_work(build))
