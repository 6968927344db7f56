"""What is counted of a process, for Prometheus at `/metrics` of the probe port.

A label's value comes from a closed set and never from what is handled: whatever is not in its set is told as `other`.
Counting is done per batch, per request and per document, and gauges are set when somebody asks; a record costs nothing.
"""

import time
from collections import Counter as Numbers
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Literal, Protocol, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase

from shared.events import BY_TOPIC, Event, ServiceName
from shared.facts import UnreadableReason

Outcome = Literal["handled", "given_back", "poisoned"]
OTHER = "other"
NONE = "none"
AWAY = {
    *("store", "broker", "gate", "keyring", "audit", "erasure_log", "jail", "extraction"),
    *("queue", "desk", "wallet_keys", "topics", "bug"),
}
"""What can be away, by which `Unavailable` codes begin; each is explained in the runbook, under GubiNoProgress."""

LABELS: dict[str, set[str]] = {
    "service": {*get_args(ServiceName), "wallet_simulator"},
    "topic": set(BY_TOPIC),
    "outcome": {"handled", "parked", "given_back", "poisoned"},
    "reason": {
        *("invalid", "bug", "refused"),  # parked
        *AWAY,  # given back
        *("read", *get_args(UnreadableReason)),
    },
    "status": {"1xx", "2xx", "3xx", "4xx", "5xx"},
    "method": {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"},
    "version": {version("gubi")},
    "state": {"delivered", "due", "exhausted"},
    "consumer": set(),
    "route": {NONE},
    "act": {"request", "finish", "view", "decide", "undo"},
    "code": set(),
    "wallet_app": set(),
    "programme": set(),
    "class": set(),
}  # fmt: skip
"""Every label and the values it may have; `permit` adds those that are known once a service is put together."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which nobody asks for
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(name, about, labels, registry=REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    return Gauge(name, about, labels, registry=REGISTRY)


def _histogram(name: str, about: str, *labels: str) -> Histogram:
    return Histogram(name, about, labels, registry=REGISTRY, buckets=_SECONDS)


PROCESS_INFO = _gauge("gubi_process_info", "1, of each service in this process.", "service", "version")
RECORDS = _counter("gubi_records", "Records taken, by what became of them.", "service", "topic", "outcome")
BATCHES = _counter("gubi_batches", "Batches taken, by what became of them.", "service", "consumer", "outcome")
PARKED = _counter("gubi_parked", "Records gone to dead letters, by why.", "service", "topic", "reason")
GIVEN_BACK = _counter("gubi_given_back", "Batches given back, by what was away.", "service", "reason")
HANDLER_SECONDS = _histogram("gubi_handler_seconds", "Time of one call of a handler.", "service", "consumer")
SAID = _counter("gubi_events_said", "Events that the broker has confirmed.", "service", "topic")
PUBLISH_FAILURES = _counter("gubi_publish_failures", "Times that the broker did not confirm.", "service")

CONSUMER_ALIVE = _gauge("gubi_consumer_alive", "0 when only a new process helps.", "service", "consumer")
CONSUMER_PARTITIONS = _gauge("gubi_consumer_partitions", "Partitions assigned.", "service", "consumer")
CONSUMER_STILL = _gauge("gubi_consumer_still_seconds", "Time since it polled or got on.", "service", "consumer")
CONSUMER_UNANSWERED = _gauge(
    "gubi_consumer_unanswered_seconds", "Time that it asks brokers and is not answered.", "service", "consumer"
)
LAG = _gauge("gubi_consumer_lag_records", "Records not yet done with, of what is assigned here.", "service", "topic")
OLDEST = _gauge("gubi_consumer_oldest_seconds", "Age of the oldest record not yet done with.", "service", "topic")
STORE_ANSWERS = _gauge("gubi_store_answers", "1 when the store answers.", "service")

OWED = _gauge("gubi_owed_events", "Events left behind in the outbox at its last sweep, 500 at most.", "topic")
OWED_OLDEST = _gauge("gubi_owed_oldest_seconds", "Age of the oldest of them.", "topic")

HTTP_SECONDS = _histogram(
    "gubi_http_request_seconds", "Time of a request at a door.", "service", "route", "method", "status"
)
REFUSALS = _counter("gubi_gate_refusals", "What the gate refused, by what was asked and why.", "act", "reason")
READINGS = _counter("gubi_readings", "Submissions read, by how it ended.", "reason")
READING_SECONDS = _histogram("gubi_reading_seconds", "Time of reading one document in the jail, waiting included.")
ATTEMPTS = _counter("gubi_notification_attempts", "Attempts to tell a wallet app.", "wallet_app", "state", "code")
EXHAUSTED = _counter("gubi_notification_exhausted", "Notices given up: every attempt is used.", "wallet_app")
DUE = _gauge("gubi_notification_due", "Notices due and not taken up, 1,000 at most.", "wallet_app")
DUE_OLDEST = _gauge("gubi_notification_due_oldest_seconds", "For how long the first of them is due.", "wallet_app")
SUSPENDED = _gauge("gubi_endpoint_suspended", "1 when a wallet app's endpoint is suspended.", "wallet_app")
SUBMISSIONS = _gauge("gubi_submissions", "Submissions at the desk by class.", "programme", "class")
RECEIVED = _gauge("gubi_submissions_received", "Submissions at the desk; the classes sum to it.", "programme")


class Consuming(Protocol):
    """How a consumer is at this moment: `shared.kafka.Consuming`, which knows this file and is not known here."""

    @property
    def dead(self) -> bool:
        """Whether only a new process helps."""

    @property
    def partitions(self) -> int:
        """How many it is assigned."""

    @property
    def still(self) -> float:
        """Seconds since it got on."""

    @property
    def unanswered(self) -> float:
        """Seconds for which brokers were asked and said nothing."""

    @property
    def knows(self) -> bool:
        """Whether its lag is of now."""

    @property
    def lag(self) -> Mapping[str, int]:
        """Records by full topic name behind those it has fetched."""


class Taken(Protocol):
    """What is used of a Kafka record."""

    topic: str
    timestamp: int


def permit(label: str, values: Iterable[str]) -> None:
    """Add to the values a label may have: names from code or the catalogue, never from what is handled."""
    LABELS[label].update(values)


def of(metric: MetricWrapperBase, **labels: str) -> Any:
    """Give a metric's child for these labels; a value that is not in its label's closed set is told as `other`."""
    return metric.labels(**{name: value if value in LABELS[name] else OTHER for name, value in labels.items()})


def started(service: str) -> None:
    """Tell that a service runs in this process, and in which version."""
    of(PROCESS_INFO, service=service, version=version("gubi")).set(1)


def said(service: str, events: Sequence[Event]) -> None:
    """Count events that the broker has confirmed."""
    for topic, number in Numbers(event.topic for event in events).items():
        of(SAID, service=service, topic=topic).inc(number)


def owed(topics: Iterable[str], events: Sequence[Event], now: float) -> None:
    """Show what a sweep of the outbox found: of each of its topics how many, and how old the oldest is."""
    for topic in topics:
        since = [event.at.timestamp() for event in events if event.topic == topic]
        of(OWED, topic=topic).set(len(since))
        of(OWED_OLDEST, topic=topic).set(max(0.0, now - min(since, default=now)))


def answered(service: str, route: str, method: str, status: int, seconds: float) -> None:
    """Count a request at a door. `route` is a template from code, such as `/v1/submissions/{submission_id}`."""
    permit("route", [route])
    of(HTTP_SECONDS, service=service, route=route, method=method, status=f"{status // 100}xx").observe(seconds)


class Meter:
    """Of one consumer: what it has in hand, and what became of it."""

    def __init__(self, service: ServiceName, consumer: str, topics: Mapping[str, str]) -> None:
        """Take the consumer's name and its topics: their full names, and the bare ones."""
        self._service, self._consumer, self._topics = service, consumer, topics
        self._in_hand: Numbers[str] = Numbers()
        self._oldest: dict[str, float] = {}
        self._idle_since: dict[str, float] = {}
        permit("consumer", [consumer])
        self._seconds = of(HANDLER_SECONDS, service=service, consumer=consumer)
        for topic in topics.values():  # what begins to be told only when it happens has no increase that alerts see
            for reason in ("invalid", "bug", "refused"):
                of(PARKED, service=service, topic=topic, reason=reason)
            of(RECORDS, service=service, topic=topic, outcome="handled")

    @contextmanager
    def batch(self, records: Sequence[Taken]) -> Iterator[None]:
        """Hold a batch as taken until it is acknowledged or given back."""
        self._in_hand = Numbers(self._topics[record.topic] for record in records)
        for record in records:
            topic, at = self._topics[record.topic], record.timestamp / 1000
            self._oldest[topic] = min(at, self._oldest.get(topic, at))
        self._idle_since.clear()
        try:
            yield
        finally:
            self._in_hand.clear()
            self._oldest.clear()

    @contextmanager
    def handling(self) -> Iterator[None]:
        """Time one call of the handler."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._seconds.observe(time.perf_counter() - began)

    def came(self, outcome: Outcome, code: str = "", parked: Iterable[tuple[str, str]] = ()) -> None:
        """Count the batch in hand by what became of it.

        `code` says what was away when it was given back, `parked` names topic and code of what went to dead letters.
        """
        of(BATCHES, service=self._service, consumer=self._consumer, outcome=outcome).inc()
        self._count_parked(parked)
        for topic, number in self._in_hand.items():
            of(RECORDS, service=self._service, topic=topic, outcome=outcome).inc(number)
        if outcome == "given_back":
            of(GIVEN_BACK, service=self._service, reason=code.partition(":")[0]).inc()

    def _count_parked(self, places: Iterable[tuple[str, str]]) -> None:
        for (full, reason), number in Numbers((topic, _why(code)) for topic, code in places).items():
            topic = self._topics[full]
            self._in_hand[topic] -= number
            of(RECORDS, service=self._service, topic=topic, outcome="parked").inc(number)
            of(PARKED, service=self._service, topic=topic, reason=reason).inc(number)

    def show(self, consumer: Consuming, now: float) -> None:
        """Show how the consumer is, and what waits for it.

        What is in hand is the oldest, by its own timestamp. Where nothing is in hand and still something waits, its age
        is counted from when that was first seen. Who is assigned nothing, or is cut off from the brokers, tells nothing
        of it: what was last known would stand for ever and look well.
        """
        named = {"service": self._service, "consumer": self._consumer}
        of(CONSUMER_ALIVE, **named).set(not consumer.dead)
        of(CONSUMER_PARTITIONS, **named).set(consumer.partitions)
        of(CONSUMER_STILL, **named).set(consumer.still)
        of(CONSUMER_UNANSWERED, **named).set(consumer.unanswered)
        if not consumer.knows:
            self._idle_since.clear()
            for topic in self._topics.values():
                LAG.remove(self._service, topic)
                OLDEST.remove(self._service, topic)
            return
        for full, topic in self._topics.items():
            waiting = consumer.lag.get(full, 0) + self._in_hand[topic]
            if not waiting:
                self._idle_since.pop(topic, None)
            since = self._oldest.get(topic) or (self._idle_since.setdefault(topic, now) if waiting else now)
            of(LAG, service=self._service, topic=topic).set(waiting)
            of(OLDEST, service=self._service, topic=topic).set(max(0.0, now - since))


def _why(code: str) -> str:
    kind = code.partition(":")[0]
    return kind if kind in ("invalid", "bug") else "refused"
