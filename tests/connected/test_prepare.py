"""Preparing an installation whose keys come from elsewhere."""

import asyncio

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.gubi.known import sentence_of
from deploy.gubi.prepare import prepare_installation
from shared.errors import Unavailable
from shared.kafka import ensure_topics
from shared.kafka.topics import wanted
from shared.settings import Settings
from tests.builders.waiting import until

pytestmark = pytest.mark.connected


async def test_without_keys_every_topic_is_made_and_no_key(on_kafka: Settings) -> None:
    fresh = on_kafka.model_copy(update={"topic_prefix": f"{on_kafka.topic_prefix}fresh-"})
    said: list[str] = []
    await asyncio.to_thread(prepare_installation, said.append, fresh, keys=False)
    admin = AIOKafkaAdminClient(bootstrap_servers=fresh.kafka)
    await admin.start()
    try:
        everything = {topic.name for topic in wanted(fresh)}

        async def made() -> bool:
            return everything <= set(await admin.list_topics())

        await until(made)
    finally:
        await admin.close()
    assert said == ["Topics are made."]
    assert not fresh.keys.exists()


async def test_a_topic_that_the_broker_refuses_to_make_is_not_passed_over(on_kafka: Settings) -> None:
    greedy = on_kafka.model_copy(update={"topic_prefix": f"{on_kafka.topic_prefix}greedy-", "replication": 99})
    with pytest.raises(Unavailable, match="topics:invalidreplicationfactorerror") as refused:
        await ensure_topics(greedy)
    assert "GUBI_REPLICATION" in (sentence_of(refused.value) or "")
    await ensure_topics(greedy.model_copy(update={"replication": 1}))
