"""Parts that serve are kept, parts that do not are started, and a failed start leaves nothing behind."""

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from deploy.stack import Server, StackUnavailable, health, processes, running
from deploy.stack.parts import Part
from deploy.stack.ports import HOST, is_free, settle

LISTEN = (
    "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1])));"
    "print('ready', flush=True); time.sleep(60)"
)

Make = Callable[..., Part]


@pytest.fixture
def part(tmp_path: Path) -> Make:
    """Makes parts whose server is a real process that only listens."""

    def make(name: str, *, code: str = LISTEN, **other: object) -> Part:
        with socket.create_server((HOST, 0)) as free:
            port = free.getsockname()[1]
        made = Part(
            name=name,
            product="Listener",
            version="1",
            ports=(port,),
            command=(sys.executable, "-c", code, str(port)),
            log=tmp_path / name,
            trouble=partial(health.port_trouble, HOST, port),
            start_seconds=10.0,
        )
        return replace(made, **other)

    return make


@pytest.fixture
def noted() -> Iterator[list[list[Server]]]:
    """What was written down, in order; whatever stands in it is ended after the test."""
    notes: list[list[Server]] = []
    yield notes
    running.stop({server for note in notes for server in note})


def test_all_parts_serve_and_were_written_down_before_the_wait(part: Make, noted: list[list[Server]]):
    parts = [part("kafka-1"), part("mongo")]

    servers = running.mend(parts, (), noted.append, pytest.fail)

    assert [server.name for server in servers] == ["kafka-1", "mongo"]
    assert noted[0] == servers
    assert not any(asked.trouble() for asked in parts)


def test_what_serves_is_kept_and_only_what_died_is_started_again(part: Make, noted: list[list[Server]]):
    parts = [part("kafka-1"), part("mongo")]
    broker, store = running.mend(parts, (), noted.append, pytest.fail)
    running.stop([broker])
    said: list[str] = []

    mended = running.mend(parts, [broker, store], noted.append, said.append)

    assert mended[1] == store
    assert mended[0].pid != broker.pid
    assert said == ["Started again: kafka-1."]
    assert running.mend(parts, mended, noted.append, pytest.fail) == mended


def test_a_server_of_another_product_on_the_same_port_is_replaced(part: Make, noted: list[list[Server]]):
    old = part("mongo")
    (before,) = running.mend([old], (), noted.append, pytest.fail)

    (after,) = running.mend([replace(old, product="Better listener")], [before], noted.append, lambda _: None)

    assert not processes.lives(before.pid, before.born)
    assert after.product == "Better listener"


def test_a_server_that_ends_while_starting_is_quoted_and_its_neighbours_are_ended(
    part: Make, noted: list[list[Server]]
):
    broken = part("mongo", code="import sys; sys.exit('the disk is full')")

    with pytest.raises(StackUnavailable, match=r"Listener \(mongo\) ended while starting: 'the disk is full', says"):
        running.mend([part("kafka-1"), broken], (), noted.append, pytest.fail)

    assert not any(processes.lives(server.pid, server.born) for server in noted[-1])


def test_a_program_that_is_not_there_is_said_and_its_neighbours_are_ended(
    part: Make, noted: list[list[Server]], tmp_path: Path
):
    neighbour = part("kafka-1")
    absent = part("mongo", command=(str(tmp_path / "absent"),))

    with pytest.raises(StackUnavailable, match=r"Listener \(mongo\) cannot be run: .*No such file"):
        running.mend([neighbour, absent], (), noted.append, pytest.fail)

    assert is_free(neighbour.ports[0])


def test_a_server_that_never_serves_is_given_up_at_its_deadline(part: Make, noted: list[list[Server]]):
    mute = part("mongo", trouble=lambda: "it says nothing", start_seconds=0.1)

    with pytest.raises(StackUnavailable, match=r"does not serve after 0 s \(it says nothing\)"):
        running.mend([mute], (), noted.append, pytest.fail)

    assert not any(processes.lives(server.pid, server.born) for server in noted[-1])


def test_a_port_that_is_taken_is_replaced_and_a_free_one_kept():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        settled = settle({"mongo": (port,)})["mongo"][0]

        assert settled != port
        assert is_free(settled)
    assert settle({"mongo": (settled,)}) == {"mongo": (settled,)}


def test_a_kafka_that_is_none_and_a_store_that_is_none_are_in_trouble_rather_than_an_exception():
    with socket.create_server((HOST, 0)) as deaf:
        port = deaf.getsockname()[1]

        assert health.kafka_trouble(port, seconds=0.1) == f"Kafka does not answer on port {port} (TimeoutError)"
    assert health.kafka_trouble(port, seconds=0.1) == f"Kafka does not answer on port {port} (ConnectionRefusedError)"
    assert health.mongo_trouble(f"mongodb://{HOST}:{port}", seconds=0.1).startswith("MongoDB does not answer")
