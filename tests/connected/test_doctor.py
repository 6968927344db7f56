"""`gubi doctor` on a real broker and store: every seeded fault is named, and what does not answer holds nobody up."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from typer.testing import CliRunner

from deploy.gubi.doctor.at_store import keys_in_use
from deploy.gubi.doctor.examining import examine
from deploy.gubi.doctor.rows import Row, exit_code
from deploy.gubi.main import app
from deploy.gubi.topics.applying import planned
from services.notification.registering import ensure_endpoints
from shared.catalog import load
from shared.clock import utc_now
from shared.erasures import Erasure
from shared.events import SubmissionExtracted, SubmissionReceived
from shared.kafka import dead_letter_topic, topic_name
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.vault.keyring import Keys
from shared.wiring import Wiring, checkpoints_folder
from tests.builders.holding import a_hold
from tests.builders.logging import an_access
from tests.builders.waiting import until

pytestmark = pytest.mark.connected

LONG_AGO = timedelta(hours=2)


async def _groups_are_kept(settings: Settings) -> None:
    """Wait for the broker's own topic of groups, which it makes when the first one is asked for."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()

    async def known() -> bool:
        try:
            await admin.list_consumer_group_offsets("of-nobody")
        except KafkaError:
            return False
        return True

    await until(known, every=0.5)
    await admin.close()


async def _as_planned(settings: Settings, changes: int) -> bool:
    return len((await planned(settings)).changes) == changes


@pytest.fixture
async def installed(on_kafka: Settings, keyring: Keyring) -> Settings:
    """An installation with its keys, an erasure and an access, in which nothing is wrong but that nothing runs."""
    await _groups_are_kept(on_kafka)
    Signer.create(on_kafka.keys)
    ensure_endpoints(on_kafka.keys, load().wallets)
    wiring = Wiring.of(on_kafka)
    async with wiring.open():
        hold, _ = await a_hold(keyring, wiring.vault)
        await wiring.gate.hold(hold)
        await wiring.log.append(an_access("a1"))
        done = Erasure(kind="redact", submission_id="s-of-nobody", at=utc_now(), part=0)
        await wiring.erasures.append([done])
        queued = {"_id": hold.submission_id, "programme_id": hold.programme_id, "class": "eligible", "stage": 0}
        await _queue(wiring).insert_one({**queued, "received_at": utc_now(), "version": 1, "standing": {}})
        await (
            wiring.database("gate")
            .get_collection("submissions")
            .update_one({"_id": hold.submission_id}, {"$unset": {"owed": "", "owed_at": ""}})
        )
    return on_kafka


def _queue(wiring: Wiring) -> Any:
    return wiring.database("dashboard").get_collection("queue")


def by_check(rows: Sequence[Row]) -> dict[str, Row]:
    return {row.check: row for row in rows}


async def test_where_nothing_is_wrong_nothing_is_but_that_nothing_runs(installed: Settings) -> None:
    rows = await examine(installed, patience=15)
    assert {row.check: row.says for row in rows if row.state != "well"} == {
        f"lag {service}": "does not run; nothing waits"
        for service in ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard")
    }
    assert exit_code(rows) == 1


async def say(settings: Settings, topic: str, value: bytes, at: Any = None) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all")
    await producer.start()
    milliseconds = None if at is None else int(at.timestamp() * 1000)
    await producer.send_and_wait(topic_name(settings, topic), value, timestamp_ms=milliseconds)
    await producer.stop()


async def seed(settings: Settings) -> None:
    """Ten faults at once, each of which its own row is to name."""
    wiring, long_ago = Wiring.of(settings), utc_now() - LONG_AGO
    gate = wiring.database("gate").get_collection("submissions")
    await say(settings, SubmissionReceived.topic, b"{}", at=long_ago)  # 1: extraction does not run
    await say(settings, SubmissionExtracted.topic, b"{}", at=utc_now() + timedelta(hours=1))  # 2: somebody's clock
    letter = {"topic": SubmissionReceived.topic, "partition": 0, "offset": 0, "service": "notification"}
    letter |= {"submission_id": "", "reason": "bug:KeyError", "at": utc_now().isoformat()}
    await say(settings, dead_letter_topic(SubmissionReceived.topic, "notification"), json.dumps(letter).encode())  # 3
    short = {"retention.ms": "3600000"}
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    topic = topic_name(settings, SubmissionExtracted.topic)
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=short)])  # 4: events would go
    await admin.close()
    await until(lambda: _as_planned(settings, 1))  # the broker says so a moment after it was told
    owing = {"_id": "s-owing", "owed_at": long_ago, "owed": [], "state": "held", "key": {"kek": "of-another"}}
    await gate.insert_one(owing)  # 5: an event owed, 6: under a key that the keyring lacks
    document = {"programme_id": "SONMOK9988_2022", "stage": 0, "received_at": long_ago, "version": 1, "standing": {}}
    await _queue(wiring).insert_one({"_id": "s-stuck", "class": "in_flight", **document})  # 7: gets nowhere
    await _queue(wiring).insert_one({"_id": "s-limbo", "class": "limbo", **document})  # 8: in no class
    settings.erasures.unlink()  # 9: the erasure log was left behind
    for path in checkpoints_folder(settings).glob("*.jsonl"):  # 10: the checkpoints too
        path.unlink()
    (settings.keys / "webhooks.json").write_text("[")  # and one more: a damaged file


SEEDED = {
    "key files": "ill",
    "topics": "look",
    "dead letters": "look",
    "stuck": "ill",
    "owed events": "ill",
    "classes": "ill",
    "audit checkpoints": "ill",
    "clock": "look",
    "keys": "ill",
    "erasure log": "ill",
}
"""What the rows say of them, besides the lag of extraction."""


async def test_each_of_ten_seeded_faults_is_named_with_its_remedy(installed: Settings) -> None:
    if installed.stack == "embedded":
        pytest.skip("noida-db keeps no settings of a topic and finds no record by its time")
    await seed(installed)
    rows = by_check(await examine(installed, patience=15))
    found = {name: row.state for name, row in rows.items() if row.state != "well" and not name.startswith("lag ")}
    assert found == SEEDED
    assert (rows["lag extraction"].state, rows["lag withdrawal"].state) == ("ill", "look")
    assert rows["lag extraction"].about["records"] == 1
    assert rows["lag extraction"].about["oldest_seconds"] == pytest.approx(LONG_AGO.total_seconds(), abs=60)
    assert rows["stuck"].about["in_flight"] == {"SONMOK9988_2022": 1}
    assert rows["owed events"].about["gate.submissions"]["events_of"] == 1
    assert rows["classes"].about["unaccounted"]["SONMOK9988_2022"] == 1
    assert rows["keys"].about["not_in_the_keyring"] == ["of-another"]
    assert rows["key files"].about["unusable"] == ["webhooks.json"]
    assert rows["clock"].about["records_from_the_future"] == [SubmissionExtracted.topic]
    assert rows["topics"].about["to_change"] == [topic_name(installed, SubmissionExtracted.topic)]
    assert all(row.remedy for row in rows.values() if row.state != "well")


async def test_a_keyring_with_the_right_names_and_other_keys_is_named(installed: Settings) -> None:
    own = Keys.read(installed.keys)
    strange = replace(own, keys={name: secrets.token_bytes(32) for name in own.keys})
    (installed.keys / "keyring.json").write_bytes(strange.to_bytes())
    rows = by_check(await examine(installed, patience=15))
    assert rows["key files"].state == "well", "as a file it is whole"
    assert (rows["keys"].state, rows["keys"].about["not_opened"]) == ("ill", {own.current: 1})
    assert "docs/backup.md" in rows["keys"].remedy


async def test_keys_are_tried_over_all_ids_and_not_only_the_lowest(installed: Settings, keyring: Keyring) -> None:
    wiring = Wiring.of(installed)
    gate = wiring.database("gate").get_collection("submissions")
    low = [f"s-2{secrets.token_hex(12)}" for _ in range(600)]
    await gate.insert_many([{"_id": name, "key": keyring.new_key(name)[1].to_document()} for name in low])
    [row] = await keys_in_use(wiring)
    assert (row.state, row.about["not_opened"]) == ("well", {})
    last, other = "s-zz", keyring.new_key("s-zy")[1]
    await gate.insert_one({"_id": last, "key": other.to_document()})
    [row] = await keys_in_use(wiring)
    assert (row.state, row.about["not_opened"]) == ("ill", {other.kek: 1})
    assert row.about["looked_at"] < 100


async def test_a_service_whose_clock_is_behind_is_named_by_what_it_said(installed: Settings) -> None:
    now = utc_now()
    about = {"receipt": "R-1", "programme_id": "SONMOK9988_2022", "wallet_app": "naver", "office": "o"}
    received = SubmissionReceived.because_of("r-1", submission_id="s-1", at=now, **about)
    hour_ago = now - timedelta(hours=1)
    extracted = SubmissionExtracted.because_of(received, submission_id="s-1", at=hour_ago, revision=1)
    await say(installed, received.topic, received.model_dump_json().encode(), at=now)
    await say(installed, extracted.topic, extracted.model_dump_json().encode(), at=hour_ago)
    row = by_check(await examine(installed, patience=15))["clock"]
    assert row.state == "ill"
    assert row.about["behind_intake_seconds"] == {"extraction": 3_600.0}
    assert "extraction's is 60 minutes behind intake's" in row.says


async def test_a_keyring_that_is_gone_is_named_once_and_all_else_is_still_told(installed: Settings) -> None:
    (installed.keys / "keyring.json").unlink()
    rows = by_check(await examine(installed, patience=15))
    assert rows["key files"].state == "ill"
    assert {name for name, row in rows.items() if row.state == "unknown"} == {"keys", "erasure log"}
    assert rows["owed events"].state == rows["classes"].state == "well"
    assert "prepare" not in rows["key files"].remedy, "a new keyring would open nothing"


@pytest.fixture
async def silence() -> AsyncIterator[str]:
    """A server that takes every connection and never says anything: host and port."""
    taken: list[asyncio.StreamWriter] = []

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for writer in taken:
        writer.close()
    server.close()


@pytest.mark.parametrize("which", ["broker", "store"])
@pytest.mark.parametrize("how", ["gone", "silent"])
async def test_a_broker_or_store_that_does_not_answer_gives_a_row_and_not_a_hang(
    installed: Settings, silence: str, which: str, how: str
) -> None:
    at = silence if how == "silent" else "127.0.0.1:1"
    changes = {"kafka": at} if which == "broker" else {"mongo": f"mongodb://{at}"}
    began = time.monotonic()
    rows = by_check(await examine(installed.model_copy(update=changes), patience=4))
    assert time.monotonic() - began < 2 * 4 + 5
    assert (rows[which].state, rows[which].says) == ("ill", "does not answer")
    other, asked = ("store", "owed events") if which == "broker" else ("broker", "topics")
    assert rows[other].state == rows[asked].state == "well", "the other one is still told of"
    untold = {"topics", "dead letters"} if which == "broker" else {"stuck", "owed events", "classes", "clock", "keys"}
    assert all(rows[name].state == "unknown" for name in untold)


def the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """Run `gubi doctor` by its settings; give its exit code and what it printed."""
    for name in ("kafka", "mongo", "topic_prefix", "database_prefix", "keys", "checkpoints", "partitions"):
        monkeypatch.setenv(f"GUBI_{name.upper()}", str(getattr(settings, name)))
    done = CliRunner().invoke(app, ["doctor", *words])
    return done.exit_code, done.output


async def test_the_command_ends_in_the_worst_and_prints_the_numbers_as_json(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = await asyncio.to_thread(the_command, installed, monkeypatch, "--json", "--patience", "15")
    said = json.loads(output)
    assert (code, said["exit_code"]) == (1, 1)
    assert {"check", "state", "says", "remedy", "about"} == set(said["rows"][0])
    _, output = await asyncio.to_thread(the_command, installed, monkeypatch)
    assert "gubi run extraction" in output


async def test_the_command_names_each_of_ten_seeded_faults_and_ends_in_2(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if installed.stack == "embedded":
        pytest.skip("noida-db keeps no settings of a topic and finds no record by its time")
    await seed(installed)
    code, output = await asyncio.to_thread(the_command, installed, monkeypatch, "--json", "--patience", "15")
    said = json.loads(output)
    assert (code, said["exit_code"]) == (2, 2)
    found = {row["check"]: row["state"] for row in said["rows"] if row["state"] != "well"}
    assert {name: state for name, state in found.items() if not name.startswith("lag ")} == SEEDED
    assert found["lag extraction"] == "ill"
    assert all(row["remedy"] for row in said["rows"] if row["state"] != "well")
