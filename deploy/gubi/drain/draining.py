"""Has all processes of a service take nothing, or take again, and watches them do it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from deploy.gubi.broker import asking, consumers_of
from shared.clock import utc_now
from shared.draining import Drain
from shared.mongo import close, connect, database
from shared.settings import Settings

_LOOK_SECONDS = 0.5

Told = Callable[[int], None]
"""Is told how many consumers are still in the group."""


class Ended(NamedTuple):
    """How a wait ended."""

    consumers: int
    """In the group then."""
    done: bool


@asynccontextmanager
async def _wish(settings: Settings, service: str) -> AsyncIterator[Drain]:
    client = connect(settings)
    try:
        yield Drain(database(client, settings, service))
    finally:
        await close(client)


async def drain(settings: Settings, service: str, patience: float, told: Told = lambda _: None) -> Ended:
    """Have a service drained, and wait until its group is empty or `patience` seconds are over. Raises `Unavailable`.

    The wish stands when this returns, also when it was not done yet.
    """
    async with _wish(settings, service) as wish:
        await wish.ask(utc_now())
    return await _watch(settings, service, patience, lambda consumers: consumers == 0, told)


async def undrain(settings: Settings, service: str, patience: float, told: Told = lambda _: None) -> Ended | None:
    """Have a service take again, and wait until somebody does; None where it was not drained. Raises `Unavailable`."""
    async with _wish(settings, service) as wish:
        if not await wish.end():
            return None
    return await _watch(settings, service, patience, lambda consumers: consumers > 0, told)


async def _watch(settings: Settings, service: str, patience: float, enough: Callable[[int], bool], told: Told) -> Ended:
    deadline = asyncio.get_running_loop().time() + patience
    async with asking(settings) as admin:
        while True:
            consumers = await consumers_of(admin, settings, service)
            told(consumers)
            if enough(consumers) or asyncio.get_running_loop().time() > deadline:
                return Ended(consumers, enough(consumers))
            await asyncio.sleep(_LOOK_SECONDS)
