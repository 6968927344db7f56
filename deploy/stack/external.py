"""Your own cluster: the addresses in GUBI_KAFKA and GUBI_MONGO, only asked whether they can be reached."""

import os
import re

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


def statuses(stack: Stack) -> list[ServerStatus]:
    """Return whether MongoDB serves and each bootstrap address is reached (users and TLS are the services' matter)."""
    brokers = [_broker(number, address.strip()) for number, address in enumerate(stack.kafka.split(","), start=1)]
    store = ServerStatus(Server("mongo", "external MongoDB", "", ()), health.mongo_trouble(stack.mongo, seconds=5.0))
    return [*brokers, store]


def _broker(number: int, address: str) -> ServerStatus:
    name = f"kafka-{number}"
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return ServerStatus(Server(name, "external Kafka", "", ()), f"'{address}' is not host:port")
    port = int(found["port"])
    trouble = health.port_trouble(found["host"].strip("[]"), port, seconds=5.0)
    return ServerStatus(Server(name, "external Kafka", "", (port,)), trouble)
