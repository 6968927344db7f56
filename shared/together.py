"""Doing for many at once what each asks for alone: what comes while the work is being done is done next, in one go.

Nobody is made to wait for company: whoever comes first is served at once. Under load the work is done less often, with
more in hand, and costs less for each.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class _Asked(Generic[T, R]):
    what: T
    answer: asyncio.Future[R]
    context: Context


class Together(Generic[T, R]):
    """Does one kind of work, one time after another, each for all who have come since the last began.

    `work` gives an answer for each, in order; what it raises is raised to all of that time. It runs in the context of
    whoever came first (their trace, their deadline). At most `most` are done in one go.
    """

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[_Asked[T, R]] = []
        self._working: asyncio.Task[None] | None = None

    async def do(self, what: T) -> R:
        """Have this done and give its answer. Who is cancelled while waiting takes nobody else's along."""
        asked = _Asked[T, R](what, asyncio.get_running_loop().create_future(), copy_context())
        self._waiting.append(asked)
        if self._working is None:
            self._begin()
        return await asked.answer

    def _begin(self) -> None:
        self._waiting = [asked for asked in self._waiting if not asked.answer.done()]
        some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        if not some:
            self._working = None
            return
        self._working = asyncio.get_running_loop().create_task(self._for_all(some), context=some[0].context)
        self._working.add_done_callback(lambda _: self._begin())

    async def _for_all(self, some: Sequence[_Asked[T, R]]) -> None:
        try:
            answers = await self._work([asked.what for asked in some])
        except asyncio.CancelledError:
            for asked in some:
                asked.answer.cancel()
            raise
        except Exception as error:  # whatever it is, it is theirs to hear of who asked
            for asked in some:
                if not asked.answer.done():
                    asked.answer.set_exception(error)
            return
        for asked, answer in zip(some, answers, strict=True):
            if not asked.answer.done():
                asked.answer.set_result(answer)
