"""Makes OpenTelemetry's spans out of work that is over. Imported only where traces are on."""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from shared.events import Event
from shared.traces import Answering, Command, Work, span_of, trace_of

_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class _Ids(IdGenerator):
    """Gives the ids chosen for the span being made; it is asked at once, by the one thread that makes spans."""

    trace = span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


class Spans:
    """The spans of one service's process."""

    def __init__(self, service: str, version: str, exporter: SpanExporter | None = None) -> None:
        """Take what the process is; collector, sampler and the rest are set by the usual `OTEL_…` variables."""
        resource = Resource.create(
            {"service.name": f"gubi-{service}", "service.namespace": "gubi", "service.version": version}
        )
        self._ids = _Ids()
        self._provider = TracerProvider(resource=resource, id_generator=self._ids)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("gubi")

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def handled(self, consumer: str, work: Work, *, failed: bool) -> None:
        """Make the spans of one call of a handler."""
        first, *others = work.events
        about = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.batch.message_count": len(work.events),
            "code.function.name": consumer,
        }
        span = self._processing(first, work, about, [_said(event) for event in others], failed=failed)
        self._asked(span, work.commands)
        for event in others:
            self._processing(event, work, about, [span], failed=failed)

    def _processing(
        self, event: Event, work: Work, about: Mapping[str, Any], links: Sequence[SpanContext], *, failed: bool
    ) -> SpanContext:
        about = {**about, "messaging.destination.name": event.topic, "gubi.subject": event.subject}
        return self._make(
            f"process {event.topic}",
            "consumer",
            _said(event),
            work.began,
            time.time_ns(),
            about,
            links=links,
            failed=failed,
        )

    def said(self, events: Sequence[Event], handled: Sequence[Event], began: int) -> None:
        """Make the spans that events were said by; their ids are the events' own."""
        causes, ended = {str(event.event_id): event for event in handled}, time.time_ns()
        for event in events:
            cause = causes.get(event.cause)
            beside = cause is not None and cause.subject != event.subject
            about = {
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.destination.name": event.topic,
                "gubi.subject": event.subject,
            }
            self._make(
                f"send {event.topic}",
                "producer",
                _root(event.subject) if cause is None or beside else _said(cause),
                began,
                ended,
                about,
                links=[_said(cause)] if cause is not None and beside else (),
                own=int(span_of(event), 16),
            )

    def answered(self, request: Answering, work: Work) -> None:
        """Make the spans of a request, in the trace of whom it was about or in one of its own."""
        about: dict[str, Any] = {
            "http.request.method": request.method,
            "http.route": request.route,
            "http.response.status_code": request.status,
        }
        if request.subject:
            about["gubi.subject"] = request.subject
        parent = _root(request.subject) if request.subject else _context(secrets.randbits(128) | 1, 0)
        name, failed = f"{request.method} {request.route}", request.status >= 500
        self._asked(self._make(name, "server", parent, work.began, time.time_ns(), about, failed=failed), work.commands)

    def one(
        self, name: str, kind: str, subject: str, began: int, about: Mapping[str, Any], *, failed: bool
    ) -> SpanContext:
        """Make one span of a subject's trace, over now."""
        about = {**about, "gubi.subject": subject}
        return self._make(name, kind, _root(subject), began, time.time_ns(), about, failed=failed)

    def _asked(self, parent: SpanContext, commands: Sequence[Command]) -> None:
        for command in commands:
            about = {
                "db.system.name": "mongodb",
                "db.namespace": command.database,
                "db.operation.name": command.name,
            }
            self._make(command.name, "client", parent, command.began, command.ended, about, failed=command.failed)

    def _make(
        self,
        name: str,
        kind: str,
        parent: SpanContext,
        began: int,
        ended: int,
        about: Mapping[str, Any],
        *,
        links: Sequence[SpanContext] = (),
        own: int = 0,
        failed: bool = False,
    ) -> SpanContext:
        """Make a span below `parent`; where that names a trace alone, the span is one of its roots."""
        self._ids.trace, self._ids.span = parent.trace_id, own or secrets.randbits(64) | 1
        context = trace.set_span_in_context(NonRecordingSpan(parent), Context())
        span = self._tracer.start_span(
            name,
            context,
            _KINDS[kind],
            dict(about),
            [Link(context) for context in links],
            start_time=began,
        )
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)
        return span.get_span_context()


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=_SAMPLED)


def _root(subject: str) -> SpanContext:
    """Name a subject's trace, and no span of it."""
    return _context(int(trace_of(subject), 16), 0)


def _said(event: Event) -> SpanContext:
    return _context(int(trace_of(event.subject), 16), int(span_of(event), 16))
