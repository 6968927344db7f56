"""Waiting is polling with a deadline, never sleeping and hoping."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(check: Callable[[], Awaitable[T] | T], seconds: float = 120.0, every: float = 0.05) -> T:
    """Give the first true value of `check`, asked ever again, `every` so many seconds; fail after `seconds`, which
    are many: what a machine takes is not what is tested.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, f"not so after {seconds} s: {check}"
        await asyncio.sleep(every)
