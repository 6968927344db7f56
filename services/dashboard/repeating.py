"""What the desk does ever again beside its pages."""

import asyncio

import structlog

from shared.errors import Unavailable
from shared.logs import error_fields
from shared.service import Loop


def ever_again(step: Loop, pause: float) -> Loop:
    """Give a loop that takes the step, pauses for so many seconds, and outlives a store that is away."""

    async def loop() -> None:
        log = structlog.get_logger(service="dashboard")
        while True:
            try:
                await step()
            except Unavailable as error:
                log.warning("desk-waits", **error_fields(error))
            await asyncio.sleep(pause)

    return loop
