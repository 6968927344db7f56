"""Apache Kafka in KRaft mode on the local Java: one broker, or three that keep each record three times.

Every node is broker and controller at once. Events are kept for ever, topics are only made on purpose, and no listener
leaves 127.0.0.1. A record acknowledged with acks=all survives a killed broker (the system holds it in its page cache);
with one broker it does not survive the loss of the machine's power: that takes three brokers on three machines.
"""

import subprocess
from functools import partial
from pathlib import Path

from deploy.stack import health, kafka_jars, running, shared_classes
from deploy.stack.model import Say, StackUnavailable
from deploy.stack.parts import Part
from deploy.stack.ports import HOST, Ports, kept

_CLUSTER_ID = "Z3ViaS1sb2NhbC1zdGFjaw"
"""Sixteen bytes in base64, `gubi-local-stack`: the same for every node, so that any of them can be made anew."""
LOG4J = Path(__file__).with_name("log4j2.xml")


def names(brokers: int) -> tuple[str, ...]:
    """Return the nodes' names, `kafka-1` first."""
    return tuple(f"kafka-{node}" for node in range(1, brokers + 1))


def java_command(java: str, jars: Path, *, heap_megabytes: int, flags: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the start of a command that runs a class of the broker, kept small and quick to start."""
    return (
        java,
        f"-Xmx{heap_megabytes}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        *flags,
        f"-Dlog4j2.configurationFile={LOG4J}",
        "-Djava.awt.headless=true",
        "-cp",
        f"{jars}/*",
    )


def properties(node: int, ports: Ports, data: Path) -> str:
    """Return the server.properties of `node`; `ports` has (client, controller) for each `kafka-N` of the cluster."""
    cluster = sorted(name for name in ports if name.startswith("kafka-"))
    client, controller = ports[f"kafka-{node}"]
    copies = len(cluster)
    agreeing = 2 if copies == 3 else 1
    voters = ",".join(f"{name.removeprefix('kafka-')}@{HOST}:{ports[name][1]}" for name in cluster)
    settings = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENT",
        "listeners": f"CLIENT://{HOST}:{client},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"CLIENT://{HOST}:{client}",
        "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "log.retention.ms": -1,
        "default.replication.factor": copies,
        "min.insync.replicas": agreeing,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": 12,
        "offsets.retention.minutes": 525_600,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": agreeing,
        "transaction.state.log.num.partitions": 3,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": agreeing,
        "share.coordinator.state.topic.num.partitions": 3,
        "group.initial.rebalance.delay.ms": 0,
        "broker.session.timeout.ms": 4000,  # a killed one of three is missed after 4 s, not 9
        "broker.heartbeat.interval.ms": 1000,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def parts(folder: Path, ports: Ports, java: str, jars: Path) -> list[Part]:
    """Return the brokers that `ports` names, their files under `folder`."""
    nodes = [int(name.removeprefix("kafka-")) for name in sorted(ports) if name.startswith("kafka-")]
    heap = 1024 if len(nodes) == 1 else 384
    run = java_command(java, jars, heap_megabytes=heap, flags=shared_classes.flags(java, jars))
    return [_part(node, len(nodes), folder / f"broker-{node}", ports, run) for node in nodes]


def _part(node: int, brokers: int, home: Path, ports: Ports, run: tuple[str, ...]) -> Part:
    written = home / "server.properties"
    client = ports[f"kafka-{node}"][0]
    return Part(
        name=f"kafka-{node}",
        product="Apache Kafka",
        version=kafka_jars.VERSION,
        ports=ports[f"kafka-{node}"],
        command=(*run, "kafka.Kafka", str(written)),
        log=home / "log",
        trouble=partial(health.kafka_trouble, client, brokers=brokers),
        prepare=lambda: ready(home, properties(node, ports, home / "data"), run),
        start_seconds=90.0,
    )


def ready(home: Path, settings: str, run: tuple[str, ...]) -> None:
    """Write the node's properties and, the first time, format its storage. Raises StackUnavailable when that fails."""
    home.mkdir(parents=True, exist_ok=True)
    written = home / "server.properties"
    written.write_text(settings, encoding="utf-8")
    if (home / "data" / "meta.properties").is_file():
        return
    command = [*run, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(written)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if ended.returncode != 0:
        last = (ended.stderr or ended.stdout).strip().rpartition("\n")[2]
        raise StackUnavailable(
            f"Kafka could not format {home / 'data'} ({last}): 'gubi stack up --throw-away', or free the disk."
        )


def share_classes(java: str, jars: Path, say: Say) -> None:
    """Make the archive that halves a start, unless it is there: a broker is run once on nothing, and ended."""

    def rehearse(scratch: Path, archive_flags: tuple[str, ...]) -> None:
        run = java_command(java, jars, heap_megabytes=384, flags=archive_flags)
        with kept((0, 0)) as ports:
            running.stop(running.start([_part(1, 1, scratch, {"kafka-1": ports}, run)]))

    shared_classes.make(java, jars, rehearse, say)
