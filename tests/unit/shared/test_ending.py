"""Ending tasks: all of them, also one that loses what it is told."""

import asyncio

import pytest

from shared.ending import ended


async def test_a_task_that_loses_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.ending.AGAIN_SECONDS", 0.01)
    lost = 0

    async def loop() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost > 2:
                    raise

    async def fails() -> None:
        raise ValueError

    tasks = [asyncio.create_task(loop()), asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(60))]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await ended(*tasks)
    assert [task.cancelled() for task in tasks] == [True, False, True]


async def test_nothing_is_ended_at_once() -> None:
    await ended()
