"""Asks the broker for its topics and gives it the changes of a plan."""

from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from deploy.gubi.broker import asking
from deploy.gubi.topics.planning import Change, Plan, Topic, plan
from deploy.trouble import Trouble
from shared.kafka.topics import create, wanted
from shared.settings import Settings

_GIVEN_TO_THE_TOPIC = 1
"""The source of a setting that is the topic's own (DYNAMIC_TOPIC_CONFIG, KIP-226)."""


async def planned(settings: Settings) -> Plan:
    """Give what would change. Raises `Unavailable`."""
    async with asking(settings) as admin:
        return plan(_wanted(settings), await _there(admin, settings))


async def apply(settings: Settings) -> Plan:
    """Make the topics as code says, and give what was changed; stopped at any point, it goes on when run again.

    A setting that somebody else changes at the same moment may be lost: brokers are given all of a topic's own at once.
    Raises `Unavailable`, `Trouble` where the broker refuses.
    """
    async with asking(settings) as admin:
        there = await _there(admin, settings)
        made = plan(_wanted(settings), there)
        missing = {change.topic for change in made.changes if change.what == "create"}
        await create(admin, [topic for topic in wanted(settings) if topic.name in missing])
        more = {one.topic: NewPartitions(int(one.after)) for one in made.changes if one.what == "partitions"}
        if more:
            await admin.create_partitions(more)
        await _set(admin, [one for one in made.changes if one.what == "setting"], there)
        return made


def _wanted(settings: Settings) -> list[Topic]:
    return [
        Topic(one.name, one.num_partitions, one.replication_factor, settings=one.topic_configs)
        for one in wanted(settings)
    ]


async def _there(admin: AIOKafkaAdminClient, settings: Settings) -> dict[str, Topic]:
    names = {topic.name for topic in wanted(settings)} & set(await admin.list_topics())
    if not names:
        return {}
    described = {one["topic"]: one["partitions"] for one in await admin.describe_topics(sorted(names))}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in sorted(names)]
    entries = {
        name: found for answer in await admin.describe_configs(asked) for _, _, _, name, found in answer.resources
    }
    return {name: _topic(name, partitions, entries.get(name, ())) for name, partitions in described.items()}


def _topic(name: str, partitions: Sequence[dict[str, Any]], entries: Sequence[Any]) -> Topic:
    values = {entry[0]: entry[1] for entry in entries if entry[1] is not None}
    own = {entry[0]: entry[1] for entry in entries if entry[3] == _GIVEN_TO_THE_TOPIC and entry[1] is not None}
    replication = min((len(one["replicas"]) for one in partitions), default=0)
    return Topic(name, len(partitions), replication, values, own)


async def _set(admin: AIOKafkaAdminClient, changes: Sequence[Change], there: dict[str, Topic]) -> None:
    own: dict[str, dict[str, str]] = {}
    for change in changes:
        own.setdefault(change.topic, dict(there[change.topic].own))[change.name] = change.after
    if not own:
        return
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs=given) for name, given in own.items()]
    for answer in await admin.alter_configs(asked):
        for code, _, _, name in answer.resources:
            if code:
                raise Trouble(f"Kafka refuses the settings of {name} ({for_code(code).__name__}).")
