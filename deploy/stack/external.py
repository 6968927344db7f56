"""Your own cluster: the addresses in GUBI_KAFKA and GUBI_MONGO, only asked whether they can be reached."""

import os
import re
from collections.abc import Iterator

from deploy.stack import health
from deploy.stack.model import Server, ServerStatus, Stack, StackUnavailable

_ADDRESS = re.compile(r"(?P<host>[^:\s,]+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{1,5})")


def up(brokers: int) -> Stack:
    """Return the external stack. Raises StackUnavailable when an address is no address or cannot be reached."""
    stack = Stack("external", brokers, os.environ["GUBI_KAFKA"], os.environ["GUBI_MONGO"])
    for status in statuses(stack):
        if not status.answers:
            raise StackUnavailable(f"{status.trouble}: check GUBI_KAFKA and GUBI_MONGO, and that the cluster is up.")
    return stack


def statuses(stack: Stack) -> Iterator[ServerStatus]:
    """Ask whether each bootstrap address is reached (users and TLS are the services' matter), then MongoDB."""
    for number, address in enumerate(stack.kafka.split(","), start=1):
        yield _broker(f"kafka-{number}", address.strip())
    yield ServerStatus(Server("mongo", "external MongoDB", "", ()), health.mongo_trouble(stack.mongo, seconds=5.0))


def _broker(name: str, address: str) -> ServerStatus:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return ServerStatus(Server(name, "external Kafka", "", ()), f"'{address}' is not host:port")
    port = int(found["port"])
    trouble = health.port_trouble(found["host"].strip("[]"), port, seconds=5.0)
    return ServerStatus(Server(name, "external Kafka", "", (port,)), trouble)
