"""Asks a server whether it serves, at once and without a guess: an answer, or what is wrong with it."""

import socket
import struct
import time
from collections.abc import Callable

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.stack.ports import HOST

_METADATA_V1 = struct.pack(">hhih4si", 3, 1, 1, 4, b"gubi", 0)
"""Kafka's Metadata request, version 1, for no topic: the oldest form that brokers of today and stand-ins all answer.

(Kafka protocol guide: api_key 3, api_version 1, correlation_id, client_id, empty array of topics.)
"""
_POLL_SECONDS = 0.05


def kafka_trouble(port: int, *, brokers: int = 1, host: str = HOST, seconds: float = 2.0) -> str:
    """Return what keeps the cluster behind `port` from serving: an empty string when all `brokers` are in and led."""
    try:
        seen, controller = _brokers(host, port, seconds)
    except (OSError, struct.error) as error:
        return f"Kafka does not answer on port {port} ({type(error).__name__})"
    if seen < brokers:
        return f"{seen} of {brokers} brokers have joined"
    return "" if controller >= 0 else "the brokers have no controller"


def _brokers(host: str, port: int, seconds: float) -> tuple[int, int]:
    with socket.create_connection((host, port), seconds) as line:
        line.sendall(struct.pack(">i", len(_METADATA_V1)) + _METADATA_V1)
        reply = line.makefile("rb")

        def integer(form: str) -> int:
            (value,) = struct.unpack(form, reply.read(struct.calcsize(form)))
            return int(value)

        integer(">i"), integer(">i")  # the size and the correlation id
        seen = integer(">i")
        for _ in range(seen):
            integer(">i")  # node id
            reply.read(integer(">h"))  # host
            integer(">i")  # port
            reply.read(max(0, integer(">h")))  # rack, or null
        return seen, integer(">i")


def mongo_trouble(url: str, *, seconds: float = 2.0) -> str:
    """Return what keeps the store at `url` from taking writes; an empty string when it does. Never says the url."""
    try:
        with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=int(seconds * 1000)) as client:
            hello = client.admin.command("hello")
    except PyMongoError as error:
        return f"MongoDB does not answer ({type(error).__name__})"
    return "" if hello.get("isWritablePrimary") else "MongoDB has no primary yet"


def port_trouble(host: str, port: int, *, seconds: float = 2.0) -> str:
    """Return why nothing can be reached at `host:port`; an empty string when something listens."""
    try:
        socket.create_connection((host, port), seconds).close()
    except OSError as error:
        return f"{host}:{port} is not reachable ({type(error).__name__})"
    return ""


def wait(trouble: Callable[[], str], *, seconds: float) -> str:
    """Ask `trouble` again and again until it has none or `seconds` are over; return the last answer."""
    deadline = time.monotonic() + seconds
    while (last := trouble()) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return last
