"""Ports on 127.0.0.1: the usual one when it is free, else one that the system hands out."""

import contextlib
import socket
import time
from collections.abc import Iterable, Mapping

HOST = "127.0.0.1"
_POLL_SECONDS = 0.02

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


def are_free_soon(ports: Iterable[int], *, seconds: float = 5.0) -> bool:
    """Wait until all `ports` are free, as those of a killed process are a moment after it; return whether they are."""
    wanted = tuple(ports)
    deadline = time.monotonic() + seconds
    while not (free := all(map(is_free, wanted))) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return free


def settle(wanted: Ports) -> dict[str, tuple[int, ...]]:
    """Return the ports to use: each wanted one that is free, and a free one in the place of each that is taken."""
    with contextlib.ExitStack() as held:  # held until all are chosen, so that none is chosen twice
        return {
            name: tuple(port if is_free(port) else _any_free(held) for port in ports) for name, ports in wanted.items()
        }


def any_free(count: int) -> tuple[int, ...]:
    """Return `count` free ports that the system hands out."""
    with contextlib.ExitStack() as held:
        return tuple(_any_free(held) for _ in range(count))


def _any_free(held: contextlib.ExitStack) -> int:
    probe = held.enter_context(socket.socket())
    probe.bind((HOST, 0))
    port: int = probe.getsockname()[1]
    return port
