"""What is done with a batch of records: validate each, handle all, and when that fails find out whose fault it was.

no JSON, or not said by Gubi            parked at once
Unavailable                             the whole batch is given back, to be tried again after a back-off
Unprocessable, an event of Gubi's that  parked at once
is not what this version says it is
anything else                           a bug: record by record, three tries each, then parked

If more than half of twenty or more of our own records fail, in whichever of the last two ways, none is parked and the
service stops: it is the deploy that is bad, not the records. While nothing has succeeded yet, the batch is first given
back a few times: by then more are there to tell a bad deploy from a bad record by. What others wrote to our topics
counts neither way, so that a burst of it stops nobody.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from pydantic import ValidationError

from shared.errors import Unavailable, Unprocessable
from shared.events import Event
from shared.logs import place_of

Handler = Callable[[Sequence[Any]], Awaitable[None]]


class Record(Protocol):
    """What is used of a Kafka record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


TRIES = 3
ABSURD_COUNT = 20
DOUBTS = 7
"""How often a batch is given back of which all failed, where nothing before it succeeded: most of a minute in all."""


class PoisonedDeploy(Exception):
    """Most of a batch failed: rather than drain the topic into dead letters, stop and keep the backlog."""

    def __init__(self, reason: str = "", at: str = "") -> None:
        """Take why one of them failed, and where, in codes that carry no value."""
        super().__init__(reason)
        self.reason, self.at = reason, at


@dataclass(frozen=True)
class Parked:
    """A record that can never work here, and why, in codes that carry no value."""

    record: Record
    reason: str
    at: str = ""
    """Where in the code, of a bug."""
    ours: bool = True
    """Whether Gubi said it; else nothing can be told by it of this version."""


@dataclass
class Sorted:
    """A batch after validation."""

    events: list[tuple[Record, Event]] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)


class End(NamedTuple):
    """What became of one event: no reason where it was handled."""

    reason: str = ""
    at: str = ""
    """Where in the code, of a bug."""
    refused: bool = False
    """Whether the handler said so itself, by `Unprocessable`."""


class Lately:
    """What became of one consumer's records lately: under a light load they come one by one, and each batch by itself
    tells nothing of the deploy.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._failed: deque[bool] = deque(maxlen=ABSURD_COUNT)
        self._proven = False
        self._doubts = 0

    def take(self, failed: Sequence[bool], refused: int = 0) -> None:
        """Take in a batch of our own records, by record whether it failed; `refused` of those by the handler's own
        word, of which there is no doubt while they are few.

        Raises `PoisonedDeploy`, or `Unavailable` where it is too early to tell; then none of it is to be parked.
        """
        recent = [*self._failed, *failed][-max(ABSURD_COUNT, len(failed)) :]
        if any(failed) and len(recent) >= ABSURD_COUNT and sum(recent) * 2 > len(recent):
            raise PoisonedDeploy
        if refused < len(failed) and all(failed) and not self._proven and self._doubts < DOUBTS:
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
            done.parked.append(Parked(record, _reason(error), ours=_said_by_gubi(record, classes[record.topic])))
    return done


def _said_by_gubi(record: Record, event: type[Event]) -> bool:
    """Tell whether it bears the event's name and is JSON: another version of Gubi may have said it."""
    if ("ce_type", event.topic.encode()) not in record.headers:
        return False
    try:
        json.loads(record.value or b"")
    except (ValueError, RecursionError):
        return False
    return True


async def deliver(batch: Sorted, handler: Handler, lately: Lately) -> list[Parked]:
    """Hand a batch's events to a handler and give all records to park; `lately` is what the consumer knows of those
    before.

    Raises `Unavailable` or `PoisonedDeploy`; then none is parked.
    """
    ends = await _ends([event for _, event in batch.events], handler)
    failed = [
        Parked(record, end.reason, end.at) for (record, _), end in zip(batch.events, ends, strict=True) if end.reason
    ]
    failed += [one for one in batch.parked if one.ours]
    good = sum(not end.reason for end in ends)
    try:
        lately.take([True] * len(failed) + [False] * good, sum(end.refused for end in ends))
    except PoisonedDeploy:
        raise PoisonedDeploy(failed[0].reason, failed[0].at) from None
    return failed + [one for one in batch.parked if not one.ours]


async def _ends(events: Sequence[Event], handler: Handler) -> list[End]:
    if len(events) > 1:
        try:
            await handler(events)
            return [End()] * len(events)
        except Unavailable:
            raise
        except (Exception, asyncio.CancelledError):
            _let_real_cancellation_through()
    return [await _try(event, handler) for event in events]


async def _try(event: Event, handler: Handler) -> End:
    for attempt in range(1, TRIES + 1):
        try:
            await handler([event])
            return End()
        except Unavailable:
            raise
        except Unprocessable as error:
            return End(error.code, refused=True)
        except (Exception, asyncio.CancelledError) as error:
            _let_real_cancellation_through()
            if attempt == TRIES:
                return End(f"bug:{type(error).__name__}", place_of(error))
            await asyncio.sleep(0.05 * attempt)
    raise AssertionError("unreachable")  # pragma: no cover


def _let_real_cancellation_through() -> None:
    """Re-raise when this task itself is being cancelled.

    A stray CancelledError would silently end FastStream's loop.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
