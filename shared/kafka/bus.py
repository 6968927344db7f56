"""The bus of one service: FastStream with every default stated."""

import asyncio
import dataclasses
import json
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, cast

import structlog
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared import metrics, traces
from shared.clock import Clock, utc_now
from shared.errors import Unavailable
from shared.events import TAKES, Event, ServiceName, SubmissionParked
from shared.ids import is_submission_id
from shared.kafka.delivery import Lately, Parked, PoisonedDeploy, Record, deliver, validate
from shared.kafka.headers import headers
from shared.kafka.membership import Return, instance_of
from shared.kafka.pulse import AT_WORK, Consuming, Pulse
from shared.kafka.taking import Taking
from shared.kafka.topics import dead_letter_topic, topic_name
from shared.logs import error_fields
from shared.settings import Settings

BatchHandler = Callable[[Any], Awaitable[None]]
"""Takes a sequence of the events it was registered for."""

EXIT_POISONED = 70
EXIT_CONSUMER_DEAD = 71
EXIT_PRODUCER_WEDGED = 72
LONGEST_BACK_OFF = 30.0
HEARTBEAT_MS = 1_000  # by its next heartbeat a consumer learns that the group is dealt out anew, and all wait for it
LONGEST_BATCH_MS = 900_000  # a batch of nothing but documents that run into their time limit still ends sooner
LONGEST_STEP = 300.0
"""Seconds: where one record is no long work, a store that answers at its very last moment each time is done sooner."""
GATHERED_BYTES = 64 * 1024
"""When so much waits, it is taken at once: about a hundred records."""
COMMIT_SECONDS = 60.0
"""After this long the next commit does it too: aiokafka looks for its coordinator for as long as the broker is away."""

# After one of these an idempotent producer never sends again (aiokafka issue 1017): only a new process helps.
_WEDGED = (OutOfOrderSequenceNumber, UnknownProducerId, InvalidProducerEpoch, ProducerFenced)


async def _parse(records: Sequence[Any], original: Callable[[Any], Awaitable[KafkaMessage]]) -> KafkaMessage:
    """Keep FastStream's own parser away from headers: it decodes them, and one null header would stop the batch."""
    message = await original(tuple(dataclasses.replace(record, headers=()) for record in records))
    message.raw_message = tuple(records)
    return message


async def _decode(message: KafkaMessage) -> KafkaMessage:
    """Hand over the message itself: each record is validated by itself, later."""
    return message


def _written(event: Event) -> tuple[str, bytes, dict[str, str]]:
    return event.subject, event.model_dump_json().encode(), headers(event)


class Bus:
    """Consumes and says events for one service; one batch in flight per consumer."""

    def __init__(
        self, settings: Settings, service: ServiceName, *, clock: Clock = utc_now, stop: Callable[[int], Any] = os._exit
    ) -> None:
        """Take the service's name, which is its consumer group; `stop` ends the process with an exit code, at once."""
        self.service = service
        self.settings = settings
        self._clock = clock
        self._stop = stop
        self._pulses: list[Pulse] = []
        self._returns: list[Return] = []
        self._meters: list[metrics.Meter] = []
        self._log = structlog.get_logger(service=service)
        self._failures_in_a_row = 0
        metrics.of(
            metrics.PUBLISH_FAILURES, service=service
        )  # told as 0, so that the alert sees the first as an increase
        self.broker = KafkaBroker(
            settings.kafka.split(","),
            client_id=f"gubi-{service}",
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_batch_size=256 * 1024,
            request_timeout_ms=15_000,
            allow_auto_create_topics=False,
            apply_types=False,
            logger=None,
        )
        self.taking = Taking(self.broker)

    def on(self, *events: type[Event], batch: int | None = None) -> Callable[[BatchHandler], BatchHandler]:
        """Register a handler for batches of these events: load, decide, save, say. It may be given the same event
        again.

        `batch` bounds the records of one batch where one record is long work; None takes the setting.
        """
        if strange := set(events) - set(TAKES[self.service]):
            raise ValueError(f"{self.service} does not take {strange}: say so in shared.events.TAKES first")
        classes: dict[str, type[Event]] = {topic_name(self.settings, event.topic): event for event in events}

        def register(handler: BatchHandler) -> BatchHandler:
            subscriber = self.broker.subscriber(
                *classes,
                batch=True,
                max_records=min(batch or self.settings.batch, self.settings.batch),
                batch_timeout_ms=self.settings.gather_ms,
                group_id=f"{self.settings.topic_prefix}{self.service}",
                auto_offset_reset="earliest",
                ack_policy=AckPolicy.MANUAL,
                partition_assignment_strategy=(RangePartitionAssignor,),
                max_poll_interval_ms=LONGEST_BATCH_MS,
                session_timeout_ms=self.settings.session_timeout_ms,
                heartbeat_interval_ms=min(HEARTBEAT_MS, self.settings.session_timeout_ms // 3),
                group_instance_id=instance_of(self.settings, self.service, handler.__name__),
                fetch_max_wait_ms=self.settings.gather_ms,
                fetch_min_bytes=GATHERED_BYTES,
                parser=_parse,
                decoder=_decode,
                title=handler.__name__,
                description=handler.__doc__,
            )

            pulse = Pulse(handler.__name__, subscriber, LONGEST_BATCH_MS / 1000 if batch else LONGEST_STEP)
            self._pulses.append(pulse)
            self._returns.append(Return(subscriber))
            topics = {full: event.topic for full, event in classes.items()}
            meter = metrics.Meter(self.service, handler.__name__, topics)
            self._meters.append(meter)
            lately = Lately()

            async def step(events: Any) -> None:
                with meter.handling(), traces.handling(handler.__name__, events):
                    await handler(events)
                pulse.beat()

            @subscriber
            async def consume(message: KafkaMessage) -> None:
                AT_WORK.set(pulse)
                records = cast(Sequence[metrics.Taken], message.raw_message)
                with self.taking.batch(), pulse.batch(), meter.batch(records):
                    await self._consume(message, classes, step, meter, lately)

            return handler

        return register

    async def say(self, events: Iterable[Event]) -> None:
        """Publish events by their subject and wait until the broker has all of them. Raises `Unavailable`."""
        events = list(events)
        with traces.saying(events):
            await self._publish([(topic_name(self.settings, event.topic), *_written(event)) for event in events])
        metrics.said(self.service, events)

    async def watch(self) -> None:
        """Run for ever and end the process when a consumer is dead: a zombie helps nobody."""
        while True:
            await asyncio.sleep(1.0)
            for returning in self._returns:
                returning.look()
            for consumer in self.consuming():
                if consumer.dead:
                    state = "ended" if consumer.ended else "hanging"
                    self._log.error("consumer-dead", reason=consumer.name, state=state, seconds=round(consumer.still))
                    self._stop(EXIT_CONSUMER_DEAD)

    def consuming(self) -> list[Consuming]:
        """Give how each consumer is at this moment."""
        return [pulse.held() if self.taking.held else pulse.look() for pulse in self._pulses]

    def show(self) -> None:
        """Set the gauges that tell of the consumers, for whoever asks for metrics now."""
        for consumer, meter in zip(self.consuming(), self._meters, strict=True):
            meter.show(consumer, time.time())

    async def _consume(
        self,
        message: KafkaMessage,
        classes: dict[str, type[Event]],
        handler: BatchHandler,
        meter: metrics.Meter,
        lately: Lately,
    ) -> None:
        records = cast(Sequence[Record], message.raw_message)
        try:
            parked = await deliver(validate(records, classes), handler, lately)
            await self._park(parked)
        except Unavailable as error:
            meter.came("given_back", error.code)
            await self._give_back(message, error, self._topics(records))
            return
        except PoisonedDeploy as error:
            meter.came("poisoned")
            about = {"topic": self._topics(records), "reason": error.reason, "error_at": error.at}
            self._log.error("poisoned-deploy", count=len(records), **about)
            self._stop(EXIT_POISONED)
            await message.nack()
            return
        self._failures_in_a_row = 0
        meter.came("handled", parked=((item.record.topic, item.reason) for item in parked))
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await message.ack()
        except (KafkaError, TimeoutError) as error:  # the partition may have moved: doing this again is harmless
            self._log.warning("commit-failed", topic=self._topics(records), **error_fields(error))

    def _topics(self, records: Sequence[Record]) -> str:
        """The topics of a batch, as a log shows them: one by name, of several how many more."""
        first, *more = sorted({record.topic.removeprefix(self.settings.topic_prefix) for record in records})
        return f"{first} and {len(more)} more" if more else first

    async def _give_back(self, message: KafkaMessage, error: Unavailable, topic: str) -> None:
        self._failures_in_a_row += 1
        seconds = min(LONGEST_BACK_OFF, 0.25 * 2**self._failures_in_a_row) * random.uniform(0.5, 1.0)  # noqa: S311
        about = {"attempt": self._failures_in_a_row, "seconds": round(seconds, 2), **error_fields(error)}
        self._log.warning("given-back", topic=topic, **about)
        if pulse := AT_WORK.get():
            pulse.beat(rest=seconds)
        await asyncio.sleep(seconds)
        await message.nack()

    async def _park(self, parked: Sequence[Parked]) -> None:
        if not parked:
            return
        letters = []
        notices: list[Event] = []
        for item in parked:
            topic = item.record.topic.removeprefix(self.settings.topic_prefix)
            place = f"{item.record.topic}/{item.record.partition}/{item.record.offset}"
            key = (item.record.key or b"").decode("utf-8", "replace")
            about = key if is_submission_id(key) else ""
            # It names the record and does not copy it: events are kept, and what stands in a bad one is unknown.
            body = {"topic": topic, "partition": item.record.partition, "offset": item.record.offset}
            body |= {
                "submission_id": about,
                "service": self.service,
                "reason": item.reason,
                "at": self._clock().isoformat(),
            }
            letters.append(
                (
                    topic_name(self.settings, dead_letter_topic(topic, self.service)),
                    about or "unknown",
                    json.dumps(body).encode(),
                    {"content-type": "application/json"},
                )
            )
            if about:
                fields = {"submission_id": about, "service": self.service, "parked_topic": topic, "reason": item.reason}
                notices.append(SubmissionParked.because_of(place, at=self._clock(), **fields))
            where: dict[str, int | str] = {"partition": item.record.partition, "offset": item.record.offset}
            where |= {"error_at": item.at} if item.at else {}
            self._log.error("parked", topic=topic, submission_id=about, reason=item.reason, **where)
        await self._publish(letters)
        await self.say(notices)

    async def _publish(self, messages: Sequence[tuple[str, str, bytes, dict[str, str]]]) -> None:
        if not messages:
            return
        try:
            futures = [
                await self.broker.publish(
                    body, topic, key=key.encode(), headers=attributes, correlation_id=key, no_confirm=True
                )
                for topic, key, body, attributes in messages
            ]
        except KafkaError as error:
            raise self._broker_failed([error]) from None
        results = await asyncio.gather(*futures, return_exceptions=True)
        failed = [result for result in results if isinstance(result, BaseException)]
        if failed:
            raise self._broker_failed(failed)
        if pulse := AT_WORK.get():
            pulse.beat()

    def _broker_failed(self, errors: Sequence[BaseException]) -> Unavailable:
        metrics.of(metrics.PUBLISH_FAILURES, service=self.service).inc()
        if any(isinstance(error, _WEDGED) for error in errors):
            self._log.error("producer-wedged", **error_fields(errors[0]))
            self._stop(EXIT_PRODUCER_WEDGED)
        return Unavailable(f"broker:{type(errors[0]).__name__.lower()}")
