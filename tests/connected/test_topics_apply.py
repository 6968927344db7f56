"""`gubi topics apply` on a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from deploy.gubi.main import app
from deploy.gubi.topics.applying import apply, planned
from shared.errors import Unavailable
from shared.events import SubmissionReceived
from shared.kafka import dead_letter_topic, topic_name
from shared.kafka.topics import wanted
from shared.settings import Settings
from tests.builders.waiting import until

pytestmark = pytest.mark.connected


@pytest.fixture
def fresh(on_kafka: Settings) -> Settings:
    """An installation none of whose topics is there."""
    if on_kafka.stack == "embedded":
        pytest.skip("noida-db keeps no settings of a topic")
    return on_kafka.model_copy(update={"topic_prefix": f"{on_kafka.topic_prefix}apply-"})


@pytest.fixture
async def admin(fresh: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=fresh.kafka)
    await admin.start()
    yield admin
    await admin.close()


async def settled(settings: Settings) -> None:
    async def done() -> bool:
        return not (await planned(settings)).changes

    await until(done)


async def settings_of(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    [(_, _, _, _, entries)] = answer.resources
    return {entry[0]: entry[1] for entry in entries}


async def test_every_topic_is_made_and_a_check_makes_none(fresh: Settings, admin: AIOKafkaAdminClient) -> None:
    everything = {topic.name for topic in wanted(fresh)}
    assert {change.topic for change in (await planned(fresh)).changes} == everything
    assert not everything & set(await admin.list_topics())
    assert {change.topic for change in (await apply(fresh)).changes} == everything
    await settled(fresh)
    assert everything <= set(await admin.list_topics())
    assert (await apply(fresh)).changes == [], "again, it changes nothing"


async def test_partitions_and_retention_grow_and_a_topics_other_settings_stay(
    fresh: Settings, admin: AIOKafkaAdminClient
) -> None:
    await apply(fresh)
    await settled(fresh)
    received = topic_name(fresh, SubmissionReceived.topic)
    dead = topic_name(fresh, dead_letter_topic(SubmissionReceived.topic, "extraction"))
    for topic, settings in {
        received: {"retention.ms": "60000", "segment.bytes": "1048576"},
        dead: {"retention.ms": "7776000000"},
    }.items():
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=settings)])
    wider = fresh.model_copy(update={"partitions": 6})

    async def taken_up() -> bool:
        return (await settings_of(admin, dead))["retention.ms"] == "7776000000"

    await until(taken_up)
    made = await apply(wider)
    assert {(one.topic, one.name, one.before, one.after) for one in made.changes if one.topic == received} == {
        (received, "partitions", "3", "6"),
        (received, "retention.ms", "60000", "-1"),
    }
    assert [one.there for one in made.left if one.topic == dead and one.name == "retention.ms"] == ["7776000000"]
    await settled(wider)
    now = await settings_of(admin, received)
    assert (now["retention.ms"], now["segment.bytes"], now["cleanup.policy"]) == ("-1", "1048576", "delete")
    assert (await settings_of(admin, dead))["retention.ms"] == "7776000000"

    narrower = await apply(fresh)
    assert narrower.changes == [], "partitions are never taken away"
    [described] = await admin.describe_topics([received])
    assert len(described["partitions"]) == 6


async def test_more_replicas_than_there_are_brokers_are_refused_and_said(fresh: Settings) -> None:
    with pytest.raises(Unavailable, match="topics:invalidreplicationfactorerror"):
        await apply(fresh.model_copy(update={"replication": 7}))


async def test_the_command_says_what_would_change_and_ends_in_2_then_in_0(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("kafka", "topic_prefix", "partitions"):
        monkeypatch.setenv(f"GUBI_{name.upper()}", str(getattr(fresh, name)))

    def gubi(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["topics", "apply", *words])
        return done.exit_code, done.output

    code, said = await asyncio.to_thread(gubi, "--check")
    assert code == 2
    assert "would be created" in said
    assert "run it without --check" in said
    code, said = await asyncio.to_thread(gubi, "--json")
    assert code == 0
    assert {change["what"] for change in json.loads(said)["changes"]} == {"create"}
    await settled(fresh)
    assert await asyncio.to_thread(gubi, "--check") == (0, "Every topic is as the code says.\n")
