"""OpenTelemetry traces, in which one submission is one trace, through all services and all the time it takes.

The trace's id is a hash of what an event is about, and the id of the span that said an event is the event's own: so the
chain of causes, which events carry anyway, is the tree of spans, and nothing has to be handed from process to process.
Spans are made once their work is over, when it is known whom it was about. Off, and then free, unless one of the usual
variables names a collector (OTLP over HTTP); no value of a request, a record or a store's command is ever an attribute.

Where a handler is given a batch, its work is a span of the first event's trace, with the store's commands below it;
each other event has a span in its own trace that links there.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from shared.events import Event

if TYPE_CHECKING:
    from shared.spans import Spans

Kind = Literal["server", "client", "producer", "consumer"]
MOST_COMMANDS = 500
"""Of one piece of work that are told: an answer that is streamed for hours asks the store for hours."""
COLLECTOR = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(frozen=True)
class Command:
    """One command to the store: its name and its time, and nothing of what was asked."""

    name: str
    database: str
    began: int
    ended: int
    failed: bool


@dataclass
class Work:
    """What is in hand: since when (nanoseconds of the epoch), for which events, and what it asked of the store."""

    events: Sequence[Event] = ()
    began: int = field(default_factory=time.time_ns)
    commands: list[Command] = field(default_factory=list)


_WORK: ContextVar[Work | None] = ContextVar("work", default=None)
_spans: "Spans | None" = None


def trace_of(subject: str) -> str:
    """Give the id of a subject's trace, as 32 hexadecimal digits."""
    return hashlib.blake2b(subject.encode(), digest_size=16).hexdigest()


def span_of(event: Event) -> str:
    """Give the id of the span that says an event, as 16 hexadecimal digits."""
    return event.event_id.hex[:16]


def traceparent(event: Event) -> str:
    """Give an event's W3C trace context."""
    return f"00-{trace_of(event.subject)}-{span_of(event)}-01"


def wanted(environment: Mapping[str, str]) -> bool:
    """Tell whether a collector is named and nobody has switched traces off."""
    off = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none"
    )
    return not off and any(environment.get(name) for name in COLLECTOR)


def start(service: str) -> None:
    """Begin to trace this process where a collector is named; before a store is connected to."""
    global _spans  # noqa: PLW0603 - a process is traced or not, as its logging is set up or not
    if wanted(os.environ):
        from shared.spans import Spans

        _spans = Spans(service, version("gubi"))


def stop() -> None:
    """Send what is left, and trace no more."""
    global _spans  # noqa: PLW0603
    if _spans is not None:
        _spans.close()
        _spans = None


def on() -> bool:
    """Tell whether this process is traced."""
    return _spans is not None


def command(name: str, database: str, nanoseconds: int, *, failed: bool) -> None:
    """Note that the store has answered a command; nothing where no work is in hand."""
    work = _WORK.get()
    if work is not None and len(work.commands) < MOST_COMMANDS:
        ended = time.time_ns()
        work.commands.append(Command(name, database, ended - nanoseconds, ended, failed))


@contextmanager
def _in_hand(work: Work) -> Iterator[None]:
    token = _WORK.set(work)
    try:
        yield
    finally:
        _WORK.reset(token)


@contextmanager
def handling(consumer: str, events: Sequence[Event]) -> Iterator[None]:
    """Trace one call of a handler."""
    if _spans is None:
        yield
        return
    work, failed = Work(events), True
    try:
        with _in_hand(work):
            yield
        failed = False
    finally:
        _spans.handled(consumer, work, failed=failed)


@contextmanager
def saying(events: Sequence[Event]) -> Iterator[None]:
    """Trace that events are said; each hangs below the one that caused it, where that is what is being handled."""
    if _spans is None:
        yield
        return
    began = time.time_ns()
    yield
    work = _WORK.get()
    _spans.said(events, work.events if work else (), began)


@dataclass
class Answering:
    """A request in hand; `subject` is whom it is about, as soon as that is known."""

    route: str = ""
    method: str = ""
    status: int = 500
    subject: str = ""


@contextmanager
def answering() -> Iterator[Answering]:
    """Trace a request; whoever serves it tells what it was."""
    request = Answering()
    if _spans is None:
        yield request
        return
    work = Work()
    try:
        with _in_hand(work):
            yield request
    finally:
        _spans.answered(request, work)


def told(subject: str, wallet_app: str, code: str, began: int, *, failed: bool) -> None:
    """Trace an attempt to tell a wallet app, begun at `began` and over now."""
    if _spans is not None:
        about: dict[str, Any] = {"gubi.wallet_app": wallet_app, "gubi.code": code}
        _spans.one("POST webhook", "client", subject, began, about, failed=failed)
