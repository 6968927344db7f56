"""What a consumer is to its group.

Without a name of its own it is whoever came last: the place of a killed process stays taken until its session ends.
With one (`GUBI_REPLICA`; Kafka's static membership, KIP-345) whoever comes back under the name takes the place at once,
and nobody else stops for it. Who goes on purpose gives the place up, so that others take over at once.
"""

from typing import Any

from shared.settings import Settings


def instance_of(settings: Settings, service: str, handler: str) -> str | None:
    """Give the name under which a consumer is a member; None where its process has none."""
    return f"{service}.{handler}.{settings.replica}" if settings.replica else None


def give_up(subscriber: Any) -> None:
    """Have a subscriber's consumer leave its group when it stops: aiokafka 0.14 never does where it has a name."""
    consumer = subscriber.consumer
    if consumer is not None and consumer._coordinator is not None:
        consumer._coordinator._group_instance_id = None


class Return:
    """Of one subscriber with a name: it joins once more when it has its place.

    Where it led the group before it was killed, it leads again and is not told (aiokafka 0.14 joins by version 5 of the
    request, for which the broker names the dead one): nobody would notice that a topic has more partitions. A leader
    that joins has everything dealt anew; nobody else is stopped by it.
    """

    def __init__(self, subscriber: Any) -> None:
        """Take FastStream's subscriber."""
        self._subscriber = subscriber
        self._seen: Any = None

    def look(self) -> None:
        """Have it join again, the first time that it is seen in its group; called ever again."""
        consumer = self._subscriber.consumer
        if consumer is self._seen or consumer is None or not consumer._group_instance_id:
            return
        if consumer._coordinator is not None and consumer._coordinator.generation > 0:
            self._seen = consumer
            consumer._coordinator.request_rejoin()
