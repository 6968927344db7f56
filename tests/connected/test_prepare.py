"""Preparing an installation on a broker that refuses."""

import pytest

from deploy.gubi.known import sentence_of
from shared.errors import Unavailable
from shared.kafka import ensure_topics
from shared.settings import Settings

pytestmark = pytest.mark.connected


async def test_a_topic_that_the_broker_refuses_to_make_is_not_passed_over(on_kafka: Settings) -> None:
    greedy = on_kafka.model_copy(update={"topic_prefix": f"{on_kafka.topic_prefix}greedy-", "replication": 99})
    with pytest.raises(Unavailable, match="topics:invalidreplicationfactorerror") as refused:
        await ensure_topics(greedy)
    assert "GUBI_REPLICATION" in (sentence_of(refused.value) or "")
    await ensure_topics(greedy.model_copy(update={"replication": 1}))
