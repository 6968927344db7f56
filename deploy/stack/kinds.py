"""The stacks that are processes of this machine: `jvm`, with the real broker, and `embedded`, with Python alone."""

from collections.abc import Sequence
from pathlib import Path

from deploy.stack import kafka_jars, kafka_jvm, probes, running, standins
from deploy.stack.model import Say, Server, StackName, StackUnavailable
from deploy.stack.parts import Part
from deploy.stack.ports import USUAL, Ports, settle
from deploy.stack.processes import lives


def usual_ports(name: StackName, brokers: int) -> Ports:
    """Return the ports a stack takes when they are free."""
    if name == "embedded":
        return {"kafka-1": USUAL["kafka-1"][:1], "mongo": USUAL["mongo"]}
    return {part: USUAL[part] for part in (*kafka_jvm.names(brokers), "mongo")}


def home(folder: Path, name: StackName, brokers: int) -> Path:
    """Return where a stack keeps its data: apart from every other's, since a broker and a store belong together."""
    return folder / (f"{name}-{brokers}" if name == "jvm" else name)


def parts(name: StackName, folder: Path, ports: Ports, say: Say) -> list[Part]:
    """Return the parts of `name` with their files under `folder`, after fetching what has to be fetched.

    Raises StackUnavailable when something it needs is missing.
    """
    store = standins.store(folder, ports)
    if name == "embedded":
        return [standins.broker(folder, ports), store]
    java = probes.java()
    if java is None:
        raise StackUnavailable(probes.jvm_missing())
    jars = kafka_jars.fetch(say)
    kafka_jvm.share_classes(java, jars, say)
    return [*kafka_jvm.parts(folder, ports, java, jars), store]


def up(
    name: StackName, brokers: int, folder: Path, known: Sequence[Server], note: running.Note, say: Say
) -> list[Server]:
    """Return the servers of `name`, all serving: of the `known` ones those that serve are kept.

    `note` is told of them before each wait. Raises StackUnavailable when something is missing or does not serve.
    """
    ports = _ports(name, brokers, known)
    if _has_moved(known, ports):
        running.stop(known)
        ports = settle(ports)
    _say_moved(ports, usual_ports(name, brokers), say)
    return running.mend(parts(name, folder, ports, say), known, note, say)


def _ports(name: StackName, brokers: int, known: Sequence[Server]) -> Ports:
    """A server that lives keeps its ports; another takes those it had, or the usual ones, if they are free."""
    held = {server.name: server.ports for server in known}
    living = {server.name for server in known if lives(server.pid, server.born)}
    wanted = {part: held.get(part, ports) for part, ports in usual_ports(name, brokers).items()}
    return wanted | settle({part: ports for part, ports in wanted.items() if part not in living})


def _has_moved(known: Sequence[Server], ports: Ports) -> bool:
    """Whether a broker cannot have the ports that the others know it by: then all of them start anew."""
    return any(server.is_kafka and ports[server.name] != server.ports for server in known)


def _say_moved(ports: Ports, usual: Ports, say: Say) -> None:
    for name, taken in usual.items():
        if ports[name] != taken:
            say(f"{name} uses port {ports[name][0]}: of its usual {taken} at least one is taken.")
