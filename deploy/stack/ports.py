"""Ports on 127.0.0.1: the usual one when it is free, else one that the system hands out."""

import socket
from collections.abc import Mapping

HOST = "127.0.0.1"

Ports = Mapping[str, tuple[int, ...]]
"""By server name; the first port of each is the one clients use."""

USUAL: Ports = {
    "kafka-1": (19092, 19093),
    "kafka-2": (19094, 19095),
    "kafka-3": (19096, 19097),
    "mongo": (27117,),
}
"""Beside, not on, the well-known ports, so that a Kafka or MongoDB of one's own is left alone."""


def is_free(port: int) -> bool:
    """Whether nothing listens on `port` of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def settle(wanted: Ports) -> dict[str, tuple[int, ...]]:
    """Return the ports to use: each wanted one that is free, and a free one in the place of each that is taken."""
    return {name: tuple(port if is_free(port) else _any_free() for port in ports) for name, ports in wanted.items()}


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
