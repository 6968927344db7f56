"""Traces: whose they are, where a batch's work stands, and that they are off unless somebody asks."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import traces
from shared.clock import utc_now
from shared.events import QuestionAnswered, SubmissionExtracted, SubmissionReceived, SubmissionScreened
from shared.kafka.headers import headers
from shared.spans import Spans
from shared.traces import span_of, trace_of, wanted


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(traces, "_spans", Spans("extraction", "0.1.0", exporter))
    yield exporter
    traces.stop()


def finished(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """Spans by name and trace."""
    assert traces._spans is not None
    traces._spans._provider.force_flush()
    return {f"{span.name} of {span.context.trace_id:032x}"[:80]: span for span in exporter.get_finished_spans()}


def received(number: int) -> SubmissionReceived:
    fields = {"receipt": "R", "programme_id": "P", "wallet_app": "naver", "office": "o"}
    return SubmissionReceived.because_of(f"r-{number}", submission_id=f"s-{number}", at=utc_now(), **fields)


def test_what_a_record_carries_names_the_trace_of_whom_it_is_about_and_the_span_that_said_it() -> None:
    event = received(1)
    assert headers(event)["traceparent"] == f"00-{trace_of('s-1')}-{span_of(event)}-01"


def test_each_event_of_a_batch_has_its_span_in_its_own_trace_and_links_to_the_work(
    exporter: InMemorySpanExporter,
) -> None:
    batch = [received(number) for number in range(3)]
    with traces.handling("on_received", batch):
        traces.command("find", "gubi_gate", 2_000_000, failed=False)
        done = SubmissionExtracted.because_of(batch[1], submission_id="s-1", at=utc_now(), revision=1)
        with traces.saying([done]):
            time.sleep(0.001)
    spans = finished(exporter)
    work, command = (spans[f"{name} of {trace_of('s-0')}"] for name in ("process submission-received-v1", "find"))
    assert command.parent is not None
    assert command.parent.span_id == work.context.span_id
    assert command.end_time - command.start_time == 2_000_000
    assert {link.context.trace_id for link in work.links} == {int(trace_of(f"s-{number}"), 16) for number in (1, 2)}
    beside = spans[f"process submission-received-v1 of {trace_of('s-2')}"]
    assert [link.context.span_id for link in beside.links] == [work.context.span_id]
    said = spans[f"send submission-extracted-v1 of {trace_of('s-1')}"]
    assert said.parent is not None
    assert f"{said.parent.span_id:016x}" == span_of(batch[1]), "below the event that caused it"
    assert f"{said.context.span_id:016x}" == span_of(done), "as whoever takes it will name it"


def test_what_an_answer_to_a_question_causes_links_to_it_and_stays_in_its_own_trace(
    exporter: InMemorySpanExporter,
) -> None:
    answered = QuestionAnswered.because_of("a", question_id="q-1", at=utc_now(), revision=1, answered=True)
    with traces.handling("on_answered", [answered]):
        screened = SubmissionScreened.because_of(
            answered,
            submission_id="s-9",
            at=utc_now(),
            revision=1,
            rule_version=1,
            as_of="2026-09-01",
            outcome="review",
        )
        with traces.saying([screened]):
            pass
    said = finished(exporter)[f"send submission-screened-v1 of {trace_of('s-9')}"]
    assert said.parent is None
    assert [f"{link.context.span_id:016x}" for link in said.links] == [span_of(answered)]


def test_what_fails_is_marked_and_its_text_is_not_told(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="900101"), traces.handling("on_received", [received(1)]):
        raise ValueError("900101-1234567")
    [span] = exporter_spans(exporter)
    assert not span.status.is_ok
    assert "900101" not in span.to_json()


def exporter_spans(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    return list(finished(exporter).values())


def test_a_share_of_traces_is_the_same_share_in_every_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.3")
    kept: dict[str, set[str]] = {}
    for service in ("extraction", "eligibility"):
        exporter = InMemorySpanExporter()
        monkeypatch.setattr(traces, "_spans", Spans(service, "0.1.0", exporter))
        for number in range(200):
            with traces.handling("on_received", [received(number)]):
                pass
        kept[service] = {str(span.attributes["gubi.subject"]) for span in exporter_spans(exporter) if span.attributes}
        traces.stop()
    assert kept["extraction"] == kept["eligibility"]
    assert 30 < len(kept["extraction"]) < 90


@pytest.mark.parametrize(
    ("environment", "on"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_they_are_on_only_where_a_collector_is_named(environment: dict[str, str], on: bool) -> None:
    assert wanted(environment) is on


def test_where_they_are_off_nothing_of_them_is_even_loaded() -> None:
    looking = (
        "import sys, services.extraction.app, services.notification.app; from shared import traces; "
        "traces.start('extraction'); print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, check=True, env={})
    assert done.stdout.strip() == "[]"
