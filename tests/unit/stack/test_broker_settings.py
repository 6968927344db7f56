"""The local broker keeps every event, makes no topic by itself, and with three nodes keeps each record three times."""

from pathlib import Path

import pytest

from deploy.stack import kafka_jars, kafka_jvm, kinds
from deploy.stack.ports import USUAL

ONE = {"kafka-1": (19092, 19093), "mongo": (27117,)}
THREE = {name: ports for name, ports in USUAL.items() if name != "mongo"}


def settings(node: int, ports: dict[str, tuple[int, ...]]) -> dict[str, str]:
    lines = kafka_jvm.properties(node, ports, Path("/data")).splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_one_broker_votes_for_itself_and_speaks_to_this_machine_only():
    told = settings(1, ONE)

    assert told["controller.quorum.voters"] == "1@127.0.0.1:19093"
    assert told["listeners"] == "CLIENT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093"
    assert (told["default.replication.factor"], told["min.insync.replicas"]) == ("1", "1")


def test_three_brokers_know_each_other_and_two_must_agree():
    told = settings(2, dict(THREE))

    assert told["controller.quorum.voters"] == "1@127.0.0.1:19093,2@127.0.0.1:19095,3@127.0.0.1:19097"
    assert told["advertised.listeners"] == "CLIENT://127.0.0.1:19094"
    assert (told["default.replication.factor"], told["min.insync.replicas"]) == ("3", "2")
    assert told["offsets.topic.replication.factor"] == "3"


@pytest.mark.parametrize("ports", [ONE, dict(THREE)])
def test_events_are_kept_and_topics_are_made_on_purpose(ports: dict[str, tuple[int, ...]]):
    told = settings(1, ports)

    assert told["log.retention.ms"] == "-1"
    assert told["auto.create.topics.enable"] == "false"
    assert told["unclean.leader.election.enable"] == "false"


def test_the_pom_and_the_code_name_the_same_kafka():
    assert f"<version>{kafka_jars.VERSION}</version>" in kafka_jars.POM.read_text()


def test_stacks_do_not_share_data(tmp_path: Path):
    homes = {kinds.home(tmp_path, *which) for which in (("jvm", 1), ("jvm", 3), ("embedded", 1), ("containers", 1))}

    assert len(homes) == 4
