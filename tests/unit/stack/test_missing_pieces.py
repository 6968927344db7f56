"""Each piece a machine may lack is one sentence that says what to do about it."""

import importlib.util
from pathlib import Path

import pytest

from deploy.stack import StackUnavailable, external, kafka_jars, probes, standins
from deploy.stack.model import Stack


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no programs, nothing fetched, and a folder to put programs in."""
    for name in ("JAVA_HOME", "GUBI_STORE", "GUBI_KAFKA", "GUBI_MONGO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GUBI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def program(path: Path, says: str = "", ends: int = 0) -> None:
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {ends}\n")
    path.chmod(0o755)


def without(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else find(name))


def test_no_java(bare: Path):
    assert probes.jvm_missing() == "No Java was found: install a Java 17 or later runtime, or point JAVA_HOME at one."


@pytest.mark.parametrize("line", ['openjdk version "11.0.2" 2019-01-15', 'java version "1.8.0_402"', "no version here"])
def test_a_java_that_kafka_4_does_not_run_on(bare: Path, line: str):
    program(bare / "java", line)

    assert probes.jvm_missing() == (
        f"Kafka 4 needs Java 17 or later and this machine's says '{line}': point JAVA_HOME at one."
    )


def test_java_home_wins_over_the_path(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program(bare / "java", 'openjdk version "11"')
    (tmp_path / "jdk" / "bin").mkdir(parents=True)
    program(tmp_path / "jdk" / "bin" / "java", 'openjdk version "21.0.1"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))

    assert probes.java_version(probes.java() or "") == (21, 'openjdk version "21.0.1"')


def test_java_but_no_maven_to_fetch_the_broker_with(bare: Path):
    program(bare / "java", 'openjdk version "17.0.15"')

    assert probes.jvm_missing() == (
        "Maven is needed once, to fetch the Kafka broker, and no 'mvn' was found: install Maven."
    )


def test_maven_is_not_asked_for_once_the_jars_are_here(bare: Path):
    kafka_jars.folder().mkdir(parents=True)

    assert kafka_jars.missing() == ""
    assert kafka_jars.fetch(pytest.fail) == kafka_jars.folder()


def test_a_download_that_is_refused_leaves_nothing_that_looks_whole(bare: Path):
    program(bare / "mvn", says="Connection refused", ends=1)
    said: list[str] = []

    with pytest.raises(StackUnavailable, match=r"could not fetch.*'Connection refused'\): check the network"):
        kafka_jars.fetch(said.append)

    assert not kafka_jars.present()
    assert "45 MB" in said[0]


def test_a_maven_that_brings_no_broker_is_not_believed(bare: Path):
    program(bare / "mvn", says="all is well", ends=0)

    with pytest.raises(StackUnavailable):
        kafka_jars.fetch(lambda _: None)
    assert not kafka_jars.present()


def test_no_stand_in_store(bare: Path, monkeypatch: pytest.MonkeyPatch):
    without(monkeypatch, "secantus")

    assert standins.store_missing().endswith("SecantusDB is not installed: pip install 'gubi[standins]'.")


def test_no_stand_in_broker(bare: Path, monkeypatch: pytest.MonkeyPatch):
    without(monkeypatch, "noida_db")

    assert "noida-db is not installed" in probes.embedded_missing()


def test_no_testcontainers(bare: Path, monkeypatch: pytest.MonkeyPatch):
    without(monkeypatch, "testcontainers")

    assert probes.containers_missing() == "testcontainers is not installed: pip install 'gubi[dev]'."


def test_no_docker_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing.sock")

    assert probes.containers_missing() == (
        "The Docker engine does not answer: start it, or let your user reach its socket."
    )


def test_the_rust_store_is_asked_for_and_was_never_built(bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_STORE", "secantus-rs")

    assert "cargo install secantus-mdb --version" in standins.store_missing()


def test_a_store_nobody_knows(bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_STORE", "sqlite")

    with pytest.raises(
        StackUnavailable, match="no store called 'sqlite': GUBI_STORE is one of secantus-py, secantus-rs"
    ):
        standins.store(bare, {"mongo": (27117,)})


def test_external_names_the_variable_that_is_absent(bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_KAFKA", "kafka:9092")

    assert probes.external_missing() == "The external stack needs GUBI_MONGO in the environment."


def test_an_external_address_without_a_port_is_said_and_a_password_is_not(bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_KAFKA", "kafka.example")
    monkeypatch.setenv("GUBI_MONGO", "mongodb://user:hunter2@127.0.0.1:1")

    with pytest.raises(StackUnavailable, match=r"'kafka\.example' is not host:port"):
        external.up(1)
    stack = Stack("external", 1, "kafka.example", "mongodb://user:hunter2@127.0.0.1:1")
    assert "hunter2" not in repr(stack)
