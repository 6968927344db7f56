"""Whether a bus's consumers take records: they can be stopped and started again while the process, and its producer,
go on.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from faststream.kafka import KafkaBroker

from shared.ending import ended
from shared.kafka.membership import give_up

_LOOK_SECONDS = 0.1


class Taking:
    """Of one bus."""

    def __init__(self, broker: KafkaBroker) -> None:
        """Take FastStream's broker, whose subscribers may be declared later."""
        self._broker = broker
        self._in_hand = 0
        self.held = False
        """Whether nothing is taken, or soon will not be: what is in hand is being finished, or is."""

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold a batch in hand."""
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1

    async def start(self, *, held: bool = False) -> None:
        """Connect, and begin to take unless `held`. Raises `KafkaError`."""
        self.held = held
        await self._broker.connect()
        if not held:
            await self._start_subscribers()

    async def stop(self) -> None:
        """Leave the groups and disconnect."""
        self._give_up_places()
        await self._broker.stop()

    async def hold(self) -> None:
        """Take no further batch, finish those in hand however long they take, and leave the group."""
        self.held = True
        for subscriber in self._broker.subscribers:
            subscriber.running = False
        while self._in_hand:
            await asyncio.sleep(_LOOK_SECONDS)
        self._give_up_places()
        for subscriber in self._broker.subscribers:
            await subscriber.stop()

    async def resume(self) -> None:
        """Take again, from where the group stands. Raises `KafkaError`; then none takes, and it may be tried again."""
        await self._start_subscribers()
        self.held = False

    async def _start_subscribers(self) -> None:
        """Start all at once: each waits for its place, and one after the other each would wait for a whole round."""
        starting = [asyncio.ensure_future(subscriber.start()) for subscriber in self._broker.subscribers]
        try:
            await asyncio.gather(*starting)
        except BaseException:
            await ended(*starting)
            for subscriber in self._broker.subscribers:
                await subscriber.stop()
            raise

    def _give_up_places(self) -> None:
        for subscriber in self._broker.subscribers:
            give_up(subscriber)
