"""Fixtures every suite shares: a real store for each run, and names of its own for each test."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pymongo
import pytest
from hypothesis import settings as hypothesis_settings

from shared.audit import CheckpointSigner
from shared.clock import utc_now
from shared.gate import Gate
from shared.kafka import ensure_topics
from shared.mongo import Client, close, connect, database
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring, Vault
from shared.wiring import access_log
from tests.builders.topics import take_away

# How long one example takes tells of the machine; benchmarks measure.
hypothesis_settings.register_profile("gubi", deadline=None)
hypothesis_settings.load_profile("gubi")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_store(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A SecantusDB of one's own: its address, and its process, which may be stopped and killed."""
    port = free_port()
    program = Path(sys.executable).parent / "secantusd-py"
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [program, "--storage-path", folder / "data", "--port", str(port), "--host", "127.0.0.1"],
            stdout=log,
            stderr=log,
        )
    url = f"mongodb://127.0.0.1:{port}"
    try:
        client: pymongo.MongoClient = pymongo.MongoClient(url, serverSelectionTimeoutMS=500)
        deadline = time.monotonic() + 120
        while True:
            try:
                client.admin.command("ping")
                break
            except pymongo.errors.PyMongoError:
                if time.monotonic() > deadline:
                    raise
        client.close()
        yield url, server
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The MongoDB of the run: the stack's where one was given, else a SecantusDB of the run's own."""
    given = os.environ.get("GUBI_MONGO")
    if given:
        yield given
        return
    with a_store(tmp_path_factory.mktemp("store")) as (url, _):
        yield url


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    CheckpointSigner.create(tmp_path / "keys")
    Signer.create(tmp_path / "keys")
    return Keyring.create(tmp_path / "keys")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_drivers` through motor and through PyMongo's asyncio client."""
    if "driver" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_drivers")
        metafunc.parametrize("driver", ["motor", "pymongo"] if both else ["motor"])


@pytest.fixture
def settings(store_url: str, tmp_path: Path, driver: str) -> Settings:
    """Settings with databases and topics of the test's own."""
    name = f"t{secrets.token_hex(4)}"
    return Settings(
        _env_file=None,
        mongo=store_url,
        mongo_driver=driver,
        kafka=os.environ.get("GUBI_KAFKA", "127.0.0.1:1"),
        database_prefix=name,
        topic_prefix=f"{name}-",
        keys=tmp_path / "keys",
        checkpoints=tmp_path / "checkpoints",
        partitions=3,
    )


@pytest.fixture
async def on_kafka(settings: Settings) -> AsyncIterator[Settings]:
    """The test's settings on the broker of the local stack, with its topics made, and taken away afterwards.

    Left there, those of all tests together fill the broker's memory until it does nothing but look for some.
    """
    local = Settings()
    if "kafka" not in local.model_fields_set:
        pytest.skip("no stack is up: run `gubi stack up` first, or `make test`, which does")
    ready = settings.model_copy(update={"kafka": local.kafka, "stack": local.stack, "session_timeout_ms": 6_000})
    await ensure_topics(ready)
    yield ready
    await take_away(ready)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    client = connect(settings)
    yield client
    await close(client)


@pytest.fixture
def vault(client: Client, settings: Settings) -> Vault:
    return Vault(database(client, settings, "vault"))


@pytest.fixture
async def gate(client: Client, settings: Settings, vault: Vault, keyring: Keyring) -> Gate:
    log = access_log(client, settings, utc_now, "test")
    gate = Gate(database(client, settings, "gate"), vault, keyring, utc_now, log)
    for store in (gate, log):
        await store.prepare()
    return gate
