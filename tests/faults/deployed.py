"""A service as somebody deployed it: with a bug, with another idea of what events are, where the clock is wrong, or
where a consumer dies.

python -m tests.faults.deployed bug SERVICE             every message it takes fails as a bug does
python -m tests.faults.deployed invalid SERVICE         it takes every message for one that is not what it says it is
python -m tests.faults.deployed clock SERVICE SECONDS   its clock goes so far ahead, or, below 0, behind
python -m tests.faults.deployed dead SERVICE SECONDS    its first consumer's task is over so long after it began
"""

import asyncio
import importlib
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import create_model

import shared.clock  # and nothing else of ours here: it would have taken the right clock already


def deployed(how: str, service: str, *more: str) -> list[str]:
    """Give the command of it."""
    return [sys.executable, "-m", "tests.faults.deployed", how, service, *more]


def _with_a_bug() -> None:
    bus: Any = importlib.import_module("shared.kafka.bus")

    whole = bus.deliver

    async def deliver(batch, handler, lately):
        async def broken(some: Sequence[object]) -> None:
            raise KeyError("a bug")

        return await whole(batch, broken, lately)

    bus.deliver = deliver


def _with_another_idea_of_what_is_said() -> None:
    bus: Any = importlib.import_module("shared.kafka.bus")
    whole = bus.validate

    def validate(records, classes):
        wanting = {
            topic: create_model(event.__name__, __base__=event, never_said=(str, ...))
            for topic, event in classes.items()
        }
        return whole(records, wanting)

    bus.validate = validate


def _with_its_clock_off(seconds: float) -> None:
    right = shared.clock.utc_now
    shared.clock.utc_now = lambda: right() + timedelta(seconds=seconds)


def _with_a_consumer_that_dies(seconds: float) -> None:
    taking: Any = importlib.import_module("shared.kafka.taking")
    whole = taking.Taking._start_subscribers

    async def start(self: Any) -> None:
        await whole(self)
        asyncio.get_running_loop().call_later(seconds, self._broker.subscribers[0].tasks[0].cancel)

    taking.Taking._start_subscribers = start


def main(how: str, service: str, *more: str) -> None:
    """Become it. Everything of ours that reads the time takes `shared.clock.utc_now` when it is imported, so after."""
    if how == "bug":
        _with_a_bug()
    elif how == "invalid":
        _with_another_idea_of_what_is_said()
    elif how == "dead":
        _with_a_consumer_that_dies(float(more[0]))
    else:
        _with_its_clock_off(float(more[0]))
    from deploy.gubi.processes import run

    run(service)


if __name__ == "__main__":
    main(*sys.argv[1:])
