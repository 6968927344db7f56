"""Runs the parts of a stack: keeps those that serve, starts those that do not, and ends what it started."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from deploy.stack import health, processes
from deploy.stack.model import Say, Server, StackUnavailable
from deploy.stack.parts import Part
from deploy.stack.ports import are_free_soon

Note: TypeAlias = Callable[[list[Server]], None]
"""Writes down which servers run, so that they are found again even if we are killed at this moment."""

_GRACE_SECONDS = 15.0
_HUNG_GRACE_SECONDS = 2.0
_SETTLE_SECONDS = 10.0  # how long one that runs may be busy before it counts as hung


def start(parts: Sequence[Part], note: Note = lambda _: None) -> list[Server]:
    """Start every part, all at once, and return them as servers as soon as each of them serves.

    `note` is told of them before the wait. Raises StackUnavailable, with none of them left running, when one ends or
    does not serve in its time.
    """
    for part in parts:
        part.prepare()
    are_free_soon(port for part in parts for port in part.ports)
    started: list[Server] = []
    try:
        started += map(_spawn, parts)
        note(started)
        for part, server in zip(parts, started, strict=True):
            _await(part, server)
    except BaseException:
        stop(started)
        raise
    return started


def mend(parts: Sequence[Part], known: Sequence[Server], note: Note, say: Say) -> list[Server]:
    """Return all `parts` as serving. Of `known`, those that still are a part and serve are kept, all others ended."""
    kept = {server.name: server for part in parts for server in known if _is_running(part, server)}
    stop(server for server in known if server not in kept.values())
    started = start([part for part in parts if part.name not in kept], lambda new: note([*kept.values(), *new]))
    hung = [part for part in parts if part.name in kept and not _serves(part, kept[part.name], _SETTLE_SECONDS)]
    stop((kept.pop(part.name) for part in hung), grace_seconds=_HUNG_GRACE_SECONDS)
    started += start(hung, lambda new: note([*kept.values(), *started, *new]))
    if known and started:
        say(f"Started again: {', '.join(server.name for server in started)}.")
    serving = kept | {server.name: server for server in started}
    return [serving[part.name] for part in parts]


def stop(servers: Iterable[Server], *, grace_seconds: float = _GRACE_SECONDS) -> None:
    """End the processes of `servers`, all together; nothing else that has their pids by now."""
    known = [(server.pid, server.born) for server in servers]
    processes.stop([(pid, born) for pid, born in known if pid and born], grace_seconds=grace_seconds)


def _is_running(part: Part, server: Server) -> bool:
    if server.pid is None or server.born is None:
        return False
    return server == part.running_as(server.pid, server.born) and processes.lives(server.pid, server.born)


def _spawn(part: Part) -> Server:
    try:
        pid = processes.spawn(part.command, environment=os.environ, log=part.log)
    except OSError as error:
        raise StackUnavailable(f"{part.product} ({part.name}) cannot be run: {error}.") from error
    return part.running_as(pid, processes.born(pid) or "ended at once")


def _serves(part: Part, server: Server, seconds: float) -> bool:
    """Whether it serves within `seconds`; known at once when its process ends."""
    return not _trouble(part, server, seconds) and processes.lives(server.pid, server.born)


def _trouble(part: Part, server: Server, seconds: float) -> str:
    def while_it_lives() -> str:
        return part.trouble() if processes.lives(server.pid, server.born) else ""

    return health.wait(while_it_lives, seconds=seconds)


def _await(part: Part, server: Server) -> None:
    trouble = _trouble(part, server, part.start_seconds)
    if not trouble and processes.lives(server.pid, server.born):
        return
    how = f"does not serve after {part.start_seconds:.0f} s ({trouble})" if trouble else "ended while starting"
    words = processes.last_words(part.log)
    raise StackUnavailable(f"{part.product} ({part.name}) {how}: '{words}', says {part.log}.")
