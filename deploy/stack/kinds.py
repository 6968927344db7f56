"""The stacks that are processes of this machine: `jvm`, with the real broker, and `embedded`, with Python alone."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from deploy.stack import kafka_jars, kafka_jvm, probes, running, standins
from deploy.stack.model import Say, Server, StackName, StackUnavailable
from deploy.stack.parts import Part
from deploy.stack.ports import USUAL, Ports, are_free_soon, settle
from deploy.stack.processes import lives
from deploy.stack.state import lock

PartsOn: TypeAlias = Callable[[Ports], list[Part]]
"""The parts of a stack, all that had to be fetched being here, once their ports are settled."""


def usual_ports(name: StackName, brokers: int) -> Ports:
    """Return the ports a stack takes when they are free."""
    if name == "embedded":
        return {"kafka-1": USUAL["kafka-1"][:1], "mongo": USUAL["mongo"]}
    return {part: USUAL[part] for part in (*kafka_jvm.names(brokers), "mongo")}


def home(folder: Path, name: StackName, brokers: int) -> Path:
    """Return where a stack keeps its data: apart from every other's, since a broker and a store belong together."""
    return folder / (f"{name}-{brokers}" if name == "jvm" else name)


def up(
    name: StackName, brokers: int, folder: Path, known: Sequence[Server], note: running.Note, say: Say
) -> list[Server]:
    """Return the servers of `name`, all serving, with their files under `folder`: of `known` those that serve are kept.

    `note` is told of them before each wait. Raises StackUnavailable when something is missing or does not serve.
    """
    parts_on = _embedded(folder) if name == "embedded" else _jvm(folder, say)
    with lock(kafka_jars.cache() / "start.lock"):  # or two stacks that start together would choose the same ports
        ports = _ports(name, brokers, known)
        if _has_moved(known, ports):
            running.stop(known)
            ports = settle(ports)
        _say_moved(ports, usual_ports(name, brokers), known, say)
        return running.mend(parts_on(ports), known, note, say)


def _embedded(folder: Path) -> PartsOn:
    return lambda ports: [standins.broker(folder, ports), standins.store(folder, ports)]


def _jvm(folder: Path, say: Say) -> PartsOn:
    java = probes.java()
    if java is None:
        raise StackUnavailable(probes.jvm_missing())
    jars = kafka_jars.fetch(say)
    kafka_jvm.share_classes(java, jars, say)
    return lambda ports: [*kafka_jvm.parts(folder, ports, java, jars), standins.store(folder, ports)]


def _ports(name: StackName, brokers: int, known: Sequence[Server]) -> Ports:
    """A server that lives keeps its ports; another takes those it had, or the usual ones, if they are free."""
    held = {server.name: server.ports for server in known}
    ended = [server for server in known if not lives(server.pid, server.born)]
    are_free_soon(port for server in ended for port in server.ports)
    living = held.keys() - {server.name for server in ended}
    wanted = {part: held.get(part, ports) for part, ports in usual_ports(name, brokers).items()}
    return wanted | settle({part: ports for part, ports in wanted.items() if part not in living})


def _has_moved(known: Sequence[Server], ports: Ports) -> bool:
    """Whether a broker cannot have the ports that the others know it by: then all of them start anew."""
    return any(server.is_kafka and ports[server.name] != server.ports for server in known)


def _say_moved(ports: Ports, usual: Ports, known: Sequence[Server], say: Say) -> None:
    held = {server.name: server.ports for server in known}
    for name, taken in usual.items():
        if ports[name] not in (taken, held.get(name)):
            say(f"{name} uses port {ports[name][0]}: of its usual {taken} at least one is taken.")
