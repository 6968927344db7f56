"""What would change of the broker's topics, and what never does."""

import pytest

from deploy.gubi.topics.planning import Change, Plan, Topic, plan

KEPT = {"retention.ms": "-1", "min.insync.replicas": "2", "cleanup.policy": "delete"}
WANTED = Topic("received", 12, 3, KEPT)


def against(partitions: int = 12, replication: int = 3, **settings: str) -> Plan:
    values = KEPT | {name.replace("_", "."): value for name, value in settings.items()}
    return plan([WANTED], {"received": Topic("received", partitions, replication, values)})


def test_a_topic_that_is_missing_is_created() -> None:
    assert plan([WANTED], {}).changes == [Change("received", "create")]


def test_what_is_as_the_code_says_is_not_touched() -> None:
    made = against()
    assert (made.changes, made.left) == ([], [])


def test_partitions_are_added_and_never_taken_away() -> None:
    assert against(6).changes == [Change("received", "partitions", "partitions", "6", "12")]
    more = against(24)
    assert more.changes == []
    [left] = more.left
    assert (left.there, left.wanted, left.lacking) == ("24", "12", False)
    assert not more.lacking


@pytest.mark.parametrize(("there", "wanted"), [("604800000", "-1"), ("604800000", "2592000000"), ("", "-1")])
def test_what_is_kept_less_long_than_the_code_says_is_kept_longer(there: str, wanted: str) -> None:
    made = plan([Topic("t", 1, 1, {"retention.ms": wanted})], {"t": Topic("t", 1, 1, {"retention.ms": there})})
    assert made.changes == [Change("t", "setting", "retention.ms", there, wanted)]


@pytest.mark.parametrize(("there", "wanted"), [("-1", "2592000000"), ("7776000000", "2592000000")])
def test_what_is_kept_longer_is_not_cut_short(there: str, wanted: str) -> None:
    made = plan([Topic("t", 1, 1, {"retention.ms": wanted})], {"t": Topic("t", 1, 1, {"retention.ms": there})})
    assert made.changes == []
    assert [(one.there, one.lacking) for one in made.left] == [(there, False)]


def test_a_topic_that_keeps_only_the_last_of_each_key_is_made_to_keep_all() -> None:
    assert against(cleanup_policy="compact").changes == [
        Change("received", "setting", "cleanup.policy", "compact", "delete")
    ]


def test_fewer_replicas_than_asked_for_are_lacking_and_never_asked_to_confirm() -> None:
    made = against(replication=1, min_insync_replicas="1")
    assert made.changes == [], "two of one replica could never confirm a write"
    assert made.lacking


def test_more_replicas_than_asked_for_lack_nothing() -> None:
    made = against(replication=5)
    assert (made.changes, made.lacking) == ([], False)
