"""Ports on 127.0.0.1: the usual one when it is free, else another that the system hands to nobody who connects.

Linux gives ports from 32768 up to whoever connects, so one from there may be gone when a server that died comes again.
"""

import contextlib
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from deploy.stack.kafka_jars import cache
from deploy.stack.model import StackUnavailable
from deploy.stack.state import claim

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
_OTHER_DOORS = range(28_000, 29_000)
_OTHER_SERVERS = range(29_000, 30_000)
"""Apart: what is kept for as long as we live, and what is given to servers that outlive us, never meet."""


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
    """Return the ports to use: each wanted one that is free, and a free one in the place of each that is taken.

    For servers that outlive us: whoever chooses and starts them does it under a lock. Raises StackUnavailable.
    """
    named = {port for ports in wanted.values() for port in ports}
    free = (port for port in _OTHER_SERVERS if port not in named and is_free(port))  # goes on: none is chosen twice
    return {name: tuple(port if is_free(port) else _first(free) for port in ports) for name, ports in wanted.items()}


@contextlib.contextmanager
def kept(wanted: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Give each wanted port that is free, and another in the place of each that is not and of each 0.

    Until the end nobody else of this user is given one, also before anything listens there and while what listened is
    dead and about to come again; when we die the system lets go of them. Raises StackUnavailable.
    """
    with contextlib.ExitStack() as held:
        yield tuple(
            _first(one for one in chain((port,) if port else (), _OTHER_DOORS) if _keep(one, held)) for port in wanted
        )


def _keep(port: int, held: contextlib.ExitStack) -> bool:
    with contextlib.ExitStack() as claimed:
        if not claimed.enter_context(claim(cache() / "ports" / str(port))) or not is_free(port):
            return False
        held.enter_context(claimed.pop_all())
    return True


def _first(ports: Iterator[int]) -> int:
    port = next(ports, None)
    if port is None:
        raise StackUnavailable("No port is free for another server: take down with 'gubi stack down' what is not used.")
    return port
