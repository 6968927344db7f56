"""How long the event loop was kept from turning."""

import asyncio
import gc
import time
from dataclasses import dataclass, field

_EVERY = 0.005


@dataclass
class Pauses:
    """While this is open, the loop's longest pauses, in seconds.

    `longest` is by the clock, so it also holds what other processes kept this one from; `own` is the most CPU time that
    this thread spent between two turns: what was the loop's own doing. What other tests of this process left in memory
    is set aside, as collecting it is not the loop's work.
    """

    longest: float = 0.0
    own: float = 0.0
    _watching: asyncio.Task[None] | None = field(default=None, init=False)

    async def __aenter__(self) -> "Pauses":
        gc.collect()
        gc.freeze()
        self._watching = asyncio.create_task(self._watch())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._watching
        self._watching.cancel()
        gc.unfreeze()

    async def _watch(self) -> None:
        while True:
            began, spent = time.monotonic(), time.thread_time()
            await asyncio.sleep(_EVERY)
            self.longest = max(self.longest, time.monotonic() - began - _EVERY)
            self.own = max(self.own, time.thread_time() - spent)
