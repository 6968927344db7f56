"""Apache Kafka and MongoDB from their own images, by testcontainers, on the Docker engine of this machine.

The containers stay when we end: `down` stops them, the next `up` starts the same ones with their data, a fresh one
makes them anew. Ports are bound to 127.0.0.1 and stay the same for a container's life, as Kafka tells its clients its
own address.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker  # type: ignore[import-untyped]
from docker.errors import DockerException  # type: ignore[import-untyped]
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.mongodb import MongoDbContainer
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from deploy.stack import health
from deploy.stack.model import Say, Server, StackUnavailable
from deploy.stack.ports import HOST, USUAL, kept
from deploy.stack.running import Note
from deploy.stack.standins import mongo_url

_KAFKA_IMAGE = "apache/kafka:4.3.1"
_MONGO_IMAGE = "mongo:8.0"
_INSIDE_KAFKA = 9093
_INSIDE_MONGO = 27017
_START_SECONDS = 90.0
_ALREADY_INITIALIZED = 23

_NAMES = {"kafka-1": "Apache Kafka", "mongo": "MongoDB"}
_SERVER, _HOME, _PORT = "gubi.server", "gubi.home", "gubi.port"  # labels: how a container is found again


class ApacheKafkaContainer(KafkaContainer):
    """testcontainers' Kafka container, for the Apache image: one node that is broker and controller."""

    def __init__(self, image: str, outside: int) -> None:
        """Take the image and the port of 127.0.0.1 that clients use."""
        super().__init__(image, port=_INSIDE_KAFKA)
        self.outside = outside

    def configure(self) -> None:
        """Say by environment what server.properties would."""
        self.wait_for = re.compile(r".*Kafka Server started.*")
        self.env.pop("KAFKA_BROKER_ID", None)  # the older name of the node's id
        self.with_envs(
            CLUSTER_ID=self.cluster_id,
            KAFKA_NODE_ID="1",
            KAFKA_PROCESS_ROLES="broker,controller",
            KAFKA_LISTENERS=f"{self.listeners},CONTROLLER://0.0.0.0:9094",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=f"{self.security_protocol_map},CONTROLLER:PLAINTEXT",
            KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
            KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9094",
            KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            KAFKA_LOG_RETENTION_MS="-1",
            KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS="12",
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR="1",
        )

    def tc_start(self) -> None:
        """Hand in the start script, which knows the address that clients outside use."""
        advertised = f"{self.listener_name}://{HOST}:{self.outside},BROKER://localhost:9092"
        script = f"#!/bin/sh\nexport KAFKA_ADVERTISED_LISTENERS={advertised}\nexec /etc/kafka/docker/run\n"
        self.create_file(script.encode(), KafkaContainer.TC_START_SCRIPT)


class ReplicaSetContainer(MongoDbContainer):
    """testcontainers' MongoDB container, as a replica set of one, without users: only this machine reaches it."""

    def _configure(self) -> None:
        self.with_command(["--replSet", "gubi", "--bind_ip_all"])


def engine_trouble() -> str:
    """Return why containers cannot run here, as a sentence with the remedy; an empty string when the engine answers."""
    try:
        client = docker.from_env(timeout=5)
        client.ping()
    except DockerException:
        return "The Docker engine does not answer: start it, or let your user reach its socket."
    local = client.api.base_url.startswith(("http+docker://local", "http://localhost", "http://127.0.0.1"))
    client.close()
    return "" if local else "The Docker engine is on another machine: run Gubi there, or take GUBI_STACK=external."


def up(home: Path, note: Note, say: Say) -> list[Server]:
    """Return both containers of the stack in `home` serving: the ones made for it before, else new ones.

    `note` is told of each as it comes. Raises StackUnavailable when an image cannot be had or a container does not
    serve.
    """
    try:
        broker = _again("kafka-1", home) or _new_broker(home, say)
        note([broker])
        store = _again("mongo", home) or _new_store(home, say)
        note([broker, store])
        url = mongo_url(store.port)
        _serving(broker, lambda: health.kafka_trouble(broker.port))
        _initiate(url)
        _serving(store, lambda: health.mongo_trouble(url))
    except (DockerException, PyMongoError, OSError) as error:  # a time-out, and what requests raises, is an OSError
        raise StackUnavailable(
            f"Docker could not run the containers ({error}): see 'docker ps -a', and the network."
        ) from error
    return [broker, store]


def stop(home: Path, *, remove: bool = False) -> None:
    """Stop the containers made for `home`, keeping their data; or remove them with it."""
    for name in _NAMES:
        for container in _made_before(name, home):
            container.stop(timeout=15)
            if remove:
                container.remove(v=True, force=True)


def _made_before(name: str, home: Path) -> list[Any]:
    labels = [f"{_SERVER}={name}", f"{_HOME}={home}"]
    found: list[Any] = docker.from_env().containers.list(all=True, filters={"label": labels})
    return found


def _again(name: str, home: Path) -> Server | None:
    for container in _made_before(name, home):
        container.start()  # does nothing to one that runs
        image = str(container.attrs["Config"]["Image"])
        return _server(name, image, int(container.labels[_PORT]), str(container.id))
    return None


def _server(name: str, image: str, port: int, container: str) -> Server:
    return Server(name, _NAMES[name], image.rpartition(":")[2], (port,), container=container)


def _new_broker(home: Path, say: Say) -> Server:
    with kept(USUAL["kafka-1"][:1]) as (port,):
        container = ApacheKafkaContainer(os.environ.get("GUBI_KAFKA_IMAGE", _KAFKA_IMAGE), port)
        return _made("kafka-1", container, {str(_INSIDE_KAFKA): (HOST, port)}, home, say)


def _new_store(home: Path, say: Say) -> Server:
    with kept(USUAL["mongo"]) as (port,):
        container = ReplicaSetContainer(os.environ.get("GUBI_MONGO_IMAGE", _MONGO_IMAGE))
        return _made("mongo", container, {str(_INSIDE_MONGO): (HOST, port)}, home, say)


def _made(name: str, container: DockerContainer, ports: dict[str, tuple[str, int]], home: Path, say: Say) -> Server:
    say(f"Starting {container.image} (the image is fetched if it is not here).")
    testcontainers_config.ryuk_disabled = True  # its reaper would remove the containers when we end
    ((_, port),) = ports.values()
    container.ports = ports  # type: ignore[assignment]  # it hands them to Docker, which takes (address, port) as well
    container.with_kwargs(labels={_SERVER: name, _HOME: str(home), _PORT: str(port)})
    try:
        container.start()
    except BaseException:
        container.stop()
        raise
    return _server(name, container.image, port, container.get_container_id())


def _initiate(url: str) -> None:
    with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=int(_START_SECONDS * 1000)) as client:
        member = {"_id": 0, "host": f"localhost:{_INSIDE_MONGO}"}
        try:
            client.admin.command("replSetInitiate", {"_id": "gubi", "members": [member]})
        except OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise StackUnavailable(
                    f"MongoDB refused to become a replica set ({error.code}): 'gubi stack up --throw-away'."
                ) from error


def _serving(server: Server, trouble: Callable[[], str]) -> None:
    if last := health.wait(trouble, seconds=_START_SECONDS):
        raise StackUnavailable(f"{server.product} does not serve: {last}; see 'docker logs {server.container}'.")
