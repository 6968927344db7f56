"""The words of the local stack: what was chosen, what runs, how it is, and the one way it fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from deploy.trouble import Trouble

StackName = Literal["containers", "jvm", "embedded", "external"]
STACKS: tuple[StackName, ...] = get_args(StackName)

Say: TypeAlias = Callable[[str], None]
"""Takes one finished sentence of progress, meant for a person."""


class StackUnavailable(Trouble):
    """This machine cannot run the stack: one sentence that says what is missing and what to do about it."""


@dataclass(frozen=True)
class Choice:
    """Which stack, why, and whether somebody asked for it by name (then no other is ever taken instead)."""

    name: StackName
    reason: str
    by_name: bool = False


@dataclass(frozen=True)
class Server:
    """One server that was started, or found running.

    `name` is its place in the stack (`kafka-1`, `mongo`), `product` and `version` what runs there. The first of `ports`
    is the one that clients use. A process is known by `pid` and `born` together, since a pid is used again; a container
    by its id.
    """

    name: str
    product: str
    version: str
    ports: tuple[int, ...]
    pid: int | None = None
    born: str | None = None
    container: str | None = None

    @property
    def port(self) -> int:
        """The port that clients use."""
        return self.ports[0]

    @property
    def is_kafka(self) -> bool:
        """Whether this is a broker; else it is the store."""
        return self.name.startswith("kafka")


@dataclass(frozen=True)
class Stack:
    """A running stack: where Kafka and MongoDB are reached, and the servers behind them (none when external)."""

    name: StackName
    brokers: int
    kafka: str
    """Bootstrap servers, `host:port` joined by commas."""
    mongo: str = field(repr=False)
    """A MongoDB URL; kept out of `repr` because an external one may carry a password."""
    servers: tuple[Server, ...] = ()


@dataclass(frozen=True)
class ServerStatus:
    """How one server is now. `trouble` is empty when it answers."""

    server: Server
    trouble: str = ""

    @property
    def answers(self) -> bool:
        """Whether it answered just now."""
        return not self.trouble
