"""Whether a bus's consumers take records: they can be stopped and started again while the process, and its producer,
go on.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from faststream.kafka import KafkaBroker

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
        await (self._broker.connect() if held else self._broker.start())

    async def hold(self) -> None:
        """Take no further batch, finish those in hand however long they take, and leave the group."""
        self.held = True
        for subscriber in self._broker.subscribers:
            subscriber.running = False
        while self._in_hand:
            await asyncio.sleep(_LOOK_SECONDS)
        for subscriber in self._broker.subscribers:
            await subscriber.stop()

    async def resume(self) -> None:
        """Take again, from where the group stands. Raises `KafkaError`; then none takes, and it may be tried again."""
        try:
            for subscriber in self._broker.subscribers:
                await subscriber.start()
        except BaseException:
            for subscriber in self._broker.subscribers:
                await subscriber.stop()
            raise
        self.held = False
