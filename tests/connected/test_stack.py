"""The local stack itself, really started: it serves, is mended when killed, and keeps what it acknowledged."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from dotenv import dotenv_values
from pymongo import AsyncMongoClient
from pymongo.write_concern import WriteConcern

from deploy.stack import Server, Stack, current, down, lines, probes, processes, status, up

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]


@pytest.fixture
def java() -> None:
    if missing := probes.jvm_missing():
        pytest.skip(missing)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the test's own, whose stack is taken down after it; no stack or store is named from outside."""
    for name in ("GUBI_STACK", "GUBI_STORE"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "stack"
    down(tmp_path / "stack")


async def make_topic(stack: Stack, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=stack.brokers)])
    finally:
        await admin.close()


async def produce(stack: Stack, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def consume(stack: Stack, topic: str) -> list[bytes]:
    """Everything acknowledged on the only partition of `topic`."""
    partition = TopicPartition(topic, 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        found: list[bytes] = []
        while await consumer.position(partition) < end:
            batch = await consumer.getmany(partition, timeout_ms=1000)
            found += [record.value for records in batch.values() for record in records]
        return found
    finally:
        await consumer.stop()


def kill(server: Server) -> None:
    assert server.pid is not None
    assert processes.lives(server.pid, server.born)
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.usefixtures("java")
async def test_the_real_broker_serves_is_mended_when_killed_and_keeps_what_it_acknowledged(folder: Path):
    stack = up("jvm", folder=folder)
    await make_topic(stack, "kept")
    await produce(stack, "kept", b"before")

    kill(stack.servers[0])
    assert [found.answers for found in status(folder)] == [False, True]
    mended = up(folder=folder)

    assert mended.kafka == stack.kafka
    assert mended.servers[0].pid != stack.servers[0].pid
    assert mended.servers[1] == stack.servers[1]
    await produce(mended, "kept", b"after")
    assert await consume(mended, "kept") == [b"before", b"after"]


@pytest.mark.usefixtures("java")
async def test_a_killed_store_keeps_what_it_acknowledged_as_majority(folder: Path):
    stack = up("jvm", folder=folder)
    async with AsyncMongoClient(stack.mongo) as client:
        written = client.proof.get_collection("kept", write_concern=WriteConcern("majority"))
        for number in range(200):
            await written.insert_one({"_id": number})
    kill(stack.servers[1])

    up(folder=folder)

    async with AsyncMongoClient(stack.mongo) as client:
        assert await client.proof.kept.count_documents({}) == 200


@pytest.mark.usefixtures("java")
async def test_taken_up_twice_it_is_one_and_its_data_outlives_down_but_not_a_fresh_start(folder: Path):
    said: list[str] = []
    stack = up("jvm", folder=folder, say=said.append)
    assert up(folder=folder) == stack
    assert dotenv_values(folder.parent / "local.env") == {
        "GUBI_STACK": "jvm",
        "GUBI_KAFKA": stack.kafka,
        "GUBI_MONGO": stack.mongo,
    }
    assert said[0] == "Taking up the stack 'jvm': it was asked for."
    await make_topic(stack, "kept")
    await produce(stack, "kept", b"one")

    assert down(folder)
    assert not any(processes.lives(server.pid, server.born) for server in stack.servers)
    assert lines(current(folder), status(folder)) == ["No stack is up. To start one: gubi stack up"]
    assert not (folder.parent / "local.env").exists()
    assert not down(folder)

    again = up("jvm", folder=folder)
    assert await consume(again, "kept") == [b"one"]

    fresh = up("jvm", folder=folder, fresh=True)
    await make_topic(fresh, "kept")
    assert await consume(fresh, "kept") == []

    down(folder, throw_away=True)
    assert not (folder / "jvm-1").exists()


@pytest.mark.usefixtures("java")
def test_a_broker_that_hangs_is_replaced(folder: Path):
    stack = up("jvm", folder=folder)
    hung = stack.servers[0]
    assert hung.pid is not None
    os.kill(hung.pid, signal.SIGSTOP)

    mended = up(folder=folder)

    assert not processes.lives(hung.pid, hung.born)
    assert all(found.answers for found in status(folder))
    assert mended.servers[1] == stack.servers[1]


@pytest.mark.usefixtures("java")
def test_what_is_up_can_be_taken_as_an_external_cluster(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stack = up("jvm", folder=folder)
    monkeypatch.setenv("GUBI_KAFKA", stack.kafka)
    monkeypatch.setenv("GUBI_MONGO", stack.mongo)
    elsewhere = tmp_path / "elsewhere" / "stack"

    taken = up("external", folder=elsewhere)

    assert (taken.kafka, taken.mongo, taken.servers) == (stack.kafka, stack.mongo, ())
    assert [found.answers for found in status(elsewhere)] == [True, True]
    down(elsewhere)
    assert all(found.answers for found in status(folder))


async def test_python_alone_is_enough_and_a_missing_java_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch):
    if missing := probes.embedded_missing():
        pytest.skip(missing)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/nothing.sock")
    monkeypatch.setenv("JAVA_HOME", str(folder))
    said: list[str] = []

    stack = up(folder=folder, say=said.append)

    assert stack.name == "embedded"
    assert "Not jvm: No Java was found: install a Java 17" in said[0]
    await make_topic(stack, "seen")
    await produce(stack, "seen", b"one")
    assert await consume(stack, "seen") == [b"one"]
    assert [found.answers for found in status(folder)] == [True, True]


@pytest.mark.slow
@pytest.mark.usefixtures("java")
async def test_three_brokers_keep_each_record_three_times_and_go_on_without_one(folder: Path):
    stack = up("jvm", brokers=3, folder=folder)
    await make_topic(stack, "kept")
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    async with asyncio.timeout(120):
        while not (partitions := (await admin.describe_topics(["kept"]))[0]["partitions"]):
            await asyncio.sleep(0.05)  # a broker learns of a new topic a moment after it was made
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "kept")])
    await admin.close()
    configured = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    assert sorted(partitions[0]["replicas"]) == [1, 2, 3]
    assert configured["min.insync.replicas"] == "2"
    await produce(stack, "kept", b"with three")

    leader = partitions[0]["leader"]
    kill(stack.servers[leader - 1])
    await produce(stack, "kept", b"with two")
    mended = up(brokers=3, folder=folder)

    assert [server.pid == was.pid for server, was in zip(mended.servers, stack.servers, strict=True)].count(False) == 1
    assert await consume(mended, "kept") == [b"with three", b"with two"]


@pytest.mark.slow
async def test_containers_serve_and_keep_their_data_until_a_fresh_start(folder: Path):
    if missing := probes.containers_missing():
        pytest.skip(missing)
    stack = up("containers", folder=folder)
    await make_topic(stack, "kept")
    await produce(stack, "kept", b"one")
    down(folder)

    again = up("containers", folder=folder)

    assert [server.container for server in again.servers] == [server.container for server in stack.servers]
    assert await consume(again, "kept") == [b"one"]
    fresh = up("containers", folder=folder, fresh=True)
    await make_topic(fresh, "kept")
    assert await consume(fresh, "kept") == []
    down(folder, throw_away=True)
