"""Poison messages into every topic that somebody takes: each is parked once by each who takes it, and harms nobody."""

from collections import Counter

from aiokafka import AIOKafkaProducer

from shared.events import TAKES
from shared.kafka import dead_letter_topic, topic_name
from tests.builders.waiting import until
from tests.faults.scene import SERVICES, Fault, Scene

POISON: dict[str, bytes | None] = {
    "no JSON": b"{not json",
    "nothing": b"",
    "a tombstone": None,
    "no UTF-8": b"\xff\xfe\x00\x80",
    "another shape": b'{"at": "yesterday", "submission_id": 7}',
    "nested without end": b"[" * 50_000,
    "big": b'"' + b"x" * 200_000 + b'"',
}


async def happen(scene: Scene) -> None:
    """All at once, among the load."""
    before, settings = Counter(scene.watch.dead), scene.place.settings
    takers = Counter({dead_letter_topic(event.topic, name): 1 for name, some in TAKES.items() for event in some})
    topics = sorted({event.topic for some in TAKES.values() for event in some})
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all")
    await producer.start()
    try:
        for topic in topics:
            for number, value in enumerate(POISON.values()):
                key, headers = f"poison-{number}".encode(), [("x", None)] if number % 2 else []
                await producer.send(topic_name(settings, topic), value, key=key, headers=headers)
        await producer.flush()
    finally:
        await producer.stop()
    scene.blow()
    scene.counted["poison messages"] += len(topics) * len(POISON)
    due = Counter({letters: len(POISON) for letters in takers})
    await until(lambda: scene.watch.dead - before >= due)
    await scene.works(*SERVICES)
    scene.counted["letters"] += (scene.watch.dead - before).total()
    assert scene.watch.dead - before == due, "something was parked again, or a neighbour with it"


FAULT = Fault("poison-messages", happen)
