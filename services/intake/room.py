"""How much of the door's memory bodies may fill at once, and how slowly one may come in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.intake.problems import Refusal, Refused

GRACE_SECONDS = 10.0
SLOWEST = 64 * 1024
"""Bytes per second that a body must keep up with, on the whole, once the grace is over."""


def seconds_for(size: int) -> float:
    """Give how long a body of `size` bytes may take to come in."""
    return GRACE_SECONDS + size / SLOWEST


class Room:
    """A bound on all bodies together; one app alone fills at most half, so that the others always find room."""

    def __init__(self, most: int, patience: float = 2.0) -> None:
        """Take the bytes held at once, and the seconds a body waits for its room before it is asked to come again.

        A body is held until its request is answered. What is made of it while that goes on takes about three times as
        much again.
        """
        self._most = most
        self._patience = patience
        self._held: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    @property
    def held(self) -> int:
        """Bytes there is room taken for."""
        return self._held.total()

    @asynccontextmanager
    async def of(self, size: int, app: str) -> AsyncIterator[None]:
        """Hold room for a body of `size` bytes, which are fewer than half of all. Raises `Refused`: come again."""
        try:
            async with asyncio.timeout(self._patience), self._changed:
                await self._changed.wait_for(lambda: self._fits(size, app))
                self._held[app] += size
        except TimeoutError:
            raise Refused(Refusal("door-busy")) from None
        try:
            yield
        finally:
            self._held[app] -= size
            async with self._changed:
                self._changed.notify_all()

    def _fits(self, size: int, app: str) -> bool:
        return self._held[app] + size <= self._most // 2 and self.held + size <= self._most
