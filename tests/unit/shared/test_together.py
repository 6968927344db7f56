"""Doing together: who is first is served at once, who comes meanwhile is served in one go, nobody for another."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar

import pytest

from shared.together import Together

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


class Slow:
    """Work that waits to be let go, and remembers what it had in hand each time."""

    def __init__(self, *bad: int) -> None:
        self.times: list[list[int]] = []
        self.whose: list[str] = []
        self.go = asyncio.Event()
        self._bad = bad

    async def __call__(self, some: Sequence[int]) -> list[int]:
        self.times.append(list(some))
        self.whose.append(WHO.get())
        await self.go.wait()
        if set(some) & set(self._bad):
            raise ValueError("bad")
        return [one * 10 for one in some]


async def asked(together: Together[int, int], *some: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(together.do(one)) for one in some]
    await asyncio.sleep(0.01)
    return tasks


async def test_who_comes_first_is_served_at_once_and_who_comes_meanwhile_in_one_go() -> None:
    work = Slow()
    together = Together(work, most=10)
    tasks = [*await asked(together, 1), *await asked(together, 2, 3), *await asked(together, 4)]
    assert work.times == [[1]]
    work.go.set()
    assert await asyncio.gather(*tasks) == [10, 20, 30, 40]
    assert work.times == [[1], [2, 3, 4]]
    assert await together.do(5) == 50, "when all is done it begins anew"


async def test_no_more_than_so_many_are_done_in_one_go() -> None:
    work = Slow()
    work.go.set()
    together = Together(work, most=2)
    assert await asyncio.gather(*(together.do(one) for one in range(5))) == [0, 10, 20, 30, 40]
    assert work.times == [[0], [1, 2], [3, 4]]


async def test_what_goes_wrong_is_told_to_those_of_that_time_and_to_nobody_else() -> None:
    work = Slow(3)
    together = Together(work, most=10)
    first, others = await asked(together, 1), await asked(together, 2, 3)
    work.go.set()
    assert await asyncio.gather(*first) == [10]
    for other in others:
        with pytest.raises(ValueError, match="bad"):
            await other
    assert await together.do(4) == 40


async def test_who_is_cancelled_takes_nobody_along_whether_served_or_waiting() -> None:
    work = Slow()
    together = Together(work, most=10)
    [served], [waiting, stays] = await asked(together, 1), await asked(together, 2, 3)
    served.cancel()
    waiting.cancel()
    await asyncio.sleep(0.01)
    work.go.set()
    assert await stays == 30
    assert work.times == [[1], [3]], "who left before it began is not worked for"
    assert served.cancelled()
    assert waiting.cancelled()


async def test_work_that_is_itself_cancelled_leaves_nobody_waiting() -> None:
    together = Together(Slow(), most=10)
    [one] = await asked(together, 1)
    working = together._working
    assert working is not None
    working.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await one


async def test_each_time_is_in_the_context_of_who_came_first_in_it() -> None:
    work = Slow()
    together = Together(work, most=10)
    tasks = []
    for number, who in enumerate(("first", "second", "third")):
        token = WHO.set(who)
        tasks += await asked(together, number)
        WHO.reset(token)
    work.go.set()
    await asyncio.gather(*tasks)
    assert work.whose == ["first", "second"]
