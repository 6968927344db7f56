"""Topics: one per event type and a dead-letter twin per service, made from code."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.errors import Unavailable
from shared.events import EVENTS, TAKES
from shared.settings import Settings

DEAD_LETTER_RETENTION_MS = 30 * 24 * 3_600_000


def topic_name(settings: Settings, topic: str) -> str:
    """Give a topic's full name in this installation."""
    return f"{settings.topic_prefix}{topic}"


def dead_letter_topic(topic: str, service: str) -> str:
    """Give the twin that a service parks a topic's messages in; both names bare, without the prefix."""
    return f"{topic}-dead-{service}"


def wanted(settings: Settings) -> list[NewTopic]:
    """Give every topic of an installation as it is created, dead-letter twins too."""
    replication = settings.replication
    durable = {
        "min.insync.replicas": str(max(1, replication - 1)),
        "unclean.leader.election.enable": "false",
        "cleanup.policy": "delete",  # compacted, a topic would keep of each submission only what was said last
        "retention.bytes": "-1",
    }
    events = [
        NewTopic(
            topic_name(settings, event.topic),
            settings.partitions,
            replication,
            topic_configs={**durable, "retention.ms": "-1"},
        )
        for event in EVENTS
    ]
    dead = [
        NewTopic(
            topic_name(settings, dead_letter_topic(event.topic, service)),
            1,
            replication,
            topic_configs={**durable, "retention.ms": str(DEAD_LETTER_RETENTION_MS)},
        )
        for service, taken in TAKES.items()
        for event in taken
    ]
    return events + dead


async def ensure_topics(settings: Settings) -> None:
    """Create the topics that are missing and leave the others as they are. Raises `Unavailable`, also where the broker
    refuses to make one.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka, request_timeout_ms=30_000)
    try:
        await admin.start()
        existing = set(await admin.list_topics())
        await create(admin, [topic for topic in wanted(settings) if topic.name not in existing])
    except KafkaError as error:
        raise Unavailable(f"broker:{type(error).__name__.lower()}") from None
    finally:
        await admin.close()


async def create(admin: AIOKafkaAdminClient, topics: Sequence[NewTopic]) -> None:
    """Create topics. Raises `KafkaError`, and `Unavailable` where the broker refuses one."""
    if topics:
        check_made((await admin.create_topics(list(topics))).topic_errors)


def check_made(answers: Iterable[tuple[Any, ...]]) -> None:
    """Take the broker's answer for each topic, a name and an error code: aiokafka raises nothing of these.

    Raises `Unavailable`; a topic that somebody else was quicker to make is made.
    """
    for _, code, *_ in answers:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise Unavailable(f"topics:{for_code(code).__name__.lower()}")
