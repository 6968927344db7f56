"""A part is one server process of a stack: what runs, on which ports, made ready how, and asked how it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.model import Server


@dataclass(frozen=True)
class Part:
    """How to run one server. Nothing has happened yet."""

    name: str
    product: str
    version: str
    ports: tuple[int, ...]
    command: tuple[str, ...]
    """An absolute program path and its arguments."""
    log: Path
    trouble: Callable[[], str]
    """Asks the running server what keeps it from serving: an empty string when it serves."""
    prepare: Callable[[], None] = lambda: None
    """Makes the ground ready (configuration, formatted storage); harmless when it is."""
    start_seconds: float = 60.0
    """How long a start may take on a slow machine before it counts as failed."""

    def running_as(self, pid: int, born: str) -> Server:
        """Return this part as the server that now runs it."""
        return Server(self.name, self.product, self.version, self.ports, pid, born)
