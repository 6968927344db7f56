"""Whether a consumer gets on with its work, and not only whether its process lives."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

SEEN_AFTER = 20.0
"""Seconds after which a consumer that neither polls nor gets on with its batch is no longer ready; with a probe every
five seconds it is seen within thirty (R7 of the fault plan)."""


class Consuming(NamedTuple):
    """How one consumer is at this moment."""

    name: str
    started: bool
    ended: bool
    """A task of its loop is over: it will never consume again."""
    partitions: int
    """How many it is assigned; none while the group is dealt out anew."""
    still: float
    """Seconds since it last polled or got on with a batch."""
    longest: float
    """Seconds it may be still at the most: no step of its work takes as long."""
    lag: Mapping[str, int] = {}
    """Records by topic that it has not fetched, as of its last fetch: the broker is not asked for this."""
    unanswered: float = 0.0
    """Seconds for which it has asked a partition's broker for records and was told nothing, not even that there are
    none; 0 while it has a batch in hand and asks for none."""

    @property
    def dead(self) -> bool:
        """Whether only a new process helps."""
        return self.ended or self.still > self.longest

    @property
    def knows(self) -> bool:
        """Whether its lag is of now: it is assigned something, and brokers answer it."""
        return self.partitions > 0 and self.unanswered <= SEEN_AFTER

    @property
    def ready(self) -> bool:
        """Whether it consumes."""
        return self.started and not self.dead and self.knows and self.still <= SEEN_AFTER


class Pulse:
    """Of one subscriber: each poll is a beat, and so is each step of a batch that is told here."""

    def __init__(self, name: str, subscriber: Any, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take FastStream's subscriber, and how long one step of its work may take at the most, in seconds."""
        self._name, self._subscriber, self._longest, self._clock = name, subscriber, longest, clock
        self._last = self._asks_since = clock()
        self._in_hand = False
        self._assignment: Any = None

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold a batch in hand, during which the broker need not be asked for more."""
        self._in_hand = True
        try:
            yield
        finally:
            self._in_hand = False
            self._asks_since = self._clock()

    def beat(self, *, rest: float = 0.0) -> None:
        """Tell that a step was made; `rest` seconds of waiting on purpose begin now."""
        self._last = self._clock() + rest

    def held(self) -> Consuming:
        """Give how it is while nothing is to be taken: neither dead nor ready."""
        return Consuming(self._name, started=False, ended=False, partitions=0, still=0.0, longest=self._longest)

    def look(self) -> Consuming:
        """Give how the subscriber is."""
        consumer, tasks = self._subscriber.consumer, self._subscriber.tasks
        still = max(0.0, self._clock() - self._last)
        if consumer is None:
            return self.held()
        # aiokafka measures its idle time for max.poll.interval.ms, and only a property without an underscore tells it.
        still = min(still, consumer._subscription.fetcher_idle_time)
        return Consuming(
            self._name,
            started=bool(tasks),
            ended=any(task.done() for task in tasks) or _lost_its_group(consumer),
            partitions=len(consumer.assignment()),
            still=still,
            longest=self._longest,
            lag=_lag(consumer),
            unanswered=self._unanswered(consumer),
        )

    def _unanswered(self, consumer: Any) -> float:
        subscription = consumer._subscription.subscription
        assignment = subscription and subscription.assignment
        if assignment is not self._assignment:  # a new one each time that the group is dealt out
            self._assignment, self._asks_since = assignment, self._clock()
        if self._in_hand or not consumer.assignment():
            return 0.0
        answered = min(consumer.last_poll_timestamp(partition) or 0 for partition in consumer.assignment())
        return max(0.0, min(self._clock() - self._asks_since, time.time() - answered / 1000))


def _lost_its_group(consumer: Any) -> bool:
    """Tell whether what keeps a consumer in its group is over: aiokafka 0.14 may lose it while brokers come and go.

    Whoever polls is then told an error each time, for ever.
    """
    keeping = getattr(consumer._coordinator, "_coordination_task", None)
    return keeping is not None and keeping.done()


def _lag(consumer: Any) -> Mapping[str, int]:
    lag: Counter[str] = Counter()
    for partition in consumer.assignment():
        state = consumer._subscription.subscription.assignment.state_value(partition)
        if state.has_valid_position and state.highwater is not None:
            lag[partition.topic] += max(0, state.highwater - state.position)
    return lag


AT_WORK: ContextVar[Pulse | None] = ContextVar("at_work", default=None)
"""The pulse of the batch in hand: what is said while handling it is a step of it."""
