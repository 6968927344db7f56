"""What is done with a batch of records: validate each, handle all, and when that fails find out whose fault it was.

Unprocessable, invalid JSON or fields   parked at once
Unavailable                             the whole batch is given back, to be tried again after a back-off
anything else                           a bug: record by record, three tries each, then parked;
                                        if more than half of twenty or more fail so, none is parked and the service
                                        stops; while nothing has succeeded yet, the batch is first given back
                                        a few times: by then more are there to tell a bad deploy from a bad record by
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from shared.errors import Unavailable, Unprocessable
from shared.events import Event

Handler = Callable[[Sequence[Any]], Awaitable[None]]


class Record(Protocol):
    """What is used of a Kafka record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


TRIES = 3
ABSURD_COUNT = 20
DOUBTS = 7
"""How often a batch is given back of which all failed, where nothing before it succeeded: most of a minute in all."""


class PoisonedDeploy(Exception):
    """Most of a batch failed as bugs do: rather than drain the topic into dead letters, stop and keep the backlog."""


@dataclass(frozen=True)
class Parked:
    """A record that can never work here, and why, in codes that carry no value."""

    record: Record
    reason: str


@dataclass
class Sorted:
    """A batch after validation."""

    events: list[tuple[Record, Event]] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)


class Lately:
    """What became of one consumer's records lately: under a light load they come one by one, and each batch by itself
    tells nothing of the deploy.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._failed: deque[bool] = deque(maxlen=ABSURD_COUNT)
        self._proven = False
        self._doubts = 0

    def take(self, failed: Sequence[bool]) -> None:
        """Take in a batch, by record whether it failed as bugs do.

        Raises `PoisonedDeploy`, or `Unavailable` where it is too early to tell; then none of it is to be parked.
        """
        recent = [*self._failed, *failed][-max(ABSURD_COUNT, len(failed)) :]
        if any(failed) and len(recent) >= ABSURD_COUNT and sum(recent) * 2 > len(recent):
            raise PoisonedDeploy
        if failed and all(failed) and not self._proven and self._doubts < DOUBTS:
            self._doubts += 1
            raise Unavailable("bug:nothing_succeeded_yet")
        self._proven = self._proven or not all(failed)
        self._failed.extend(failed)


def _reason(error: ValidationError) -> str:
    parts = [f"{'.'.join(str(step) for step in item['loc']) or 'body'}:{item['type']}" for item in error.errors()[:5]]
    return "invalid:" + ",".join(parts)[:180]


def validate(records: Sequence[Record], classes: dict[str, type[Event]]) -> Sorted:
    """Sort records into events and those to park.

    `classes` maps full topic names. Never raises: outside data is normal.
    """
    done = Sorted()
    for record in records:
        try:
            done.events.append((record, classes[record.topic].model_validate_json(record.value or b"")))
        except ValidationError as error:
            done.parked.append(Parked(record, _reason(error)))
    return done


async def deliver(events: Sequence[tuple[Record, Event]], handler: Handler, lately: Lately) -> list[Parked]:
    """Hand events to a handler and give the records to park; `lately` is what the consumer knows of those before.

    Raises `Unavailable` or `PoisonedDeploy`; then none is parked.
    """
    if len(events) > 1:
        try:
            await handler([event for _, event in events])
            lately.take([False] * len(events))
            return []
        except Unavailable:
            raise
        except (Exception, asyncio.CancelledError):
            _let_real_cancellation_through()
    ends = [await _try(event, handler) for _, event in events]
    lately.take([is_bug for _, is_bug in ends])
    return [Parked(record, reason) for (record, _), (reason, _) in zip(events, ends, strict=True) if reason is not None]


async def _try(event: Event, handler: Handler) -> tuple[str | None, bool]:
    for attempt in range(1, TRIES + 1):
        try:
            await handler([event])
            return None, False
        except Unavailable:
            raise
        except Unprocessable as error:
            return error.code, False
        except (Exception, asyncio.CancelledError) as error:
            _let_real_cancellation_through()
            if attempt == TRIES:
                return f"bug:{type(error).__name__}", True
            await asyncio.sleep(0.05 * attempt)
    raise AssertionError("unreachable")  # pragma: no cover


def _let_real_cancellation_through() -> None:
    """Re-raise when this task itself is being cancelled.

    A stray CancelledError would silently end FastStream's loop.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
