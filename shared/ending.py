"""Ending tasks for certain, also where a cancellation is lost on its way."""

import asyncio
from typing import Any

AGAIN_SECONDS = 3.0
"""How long a task that was cancelled has for what it still has to put away."""


async def ended(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks and return when all have ended, whatever came of them.

    Who goes on is cancelled again: before Python 3.12 `asyncio.wait_for`, by which PyMongo's asyncio client sends,
    loses a cancellation that meets its answer (python/cpython#86296), and a loop would go on for ever.
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
