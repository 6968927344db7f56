"""`gubi erased` looks into the topics of this installation."""

import pytest

from deploy.gubi.broker import ours
from shared.settings import Settings


@pytest.mark.parametrize(("prefix", "others"), [("", "kim-"), ("kim-", "kim-2-")])
def test_topics_of_others_on_the_same_broker_are_not_searched(prefix: str, others: str) -> None:
    settings = Settings(topic_prefix=prefix)
    mine = [f"{prefix}submission-received-v1", f"{prefix}submission-received-v1-dead-extraction"]
    theirs = [f"{others}submission-received-v1", "__consumer_offsets", "payments"]
    assert ours(settings, [*theirs, *mine]) == mine
