"""One submission is one trace: what real services send to a collector, and what they never send."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation, installation
from deploy.gubi.processes import PROCESSES
from deploy.gubi.supervisor import service_command
from gubi_wallet import Certificate, Person
from services.wallet_simulator.samples import Issuer, make
from services.wallet_simulator.samples import Person as Holder
from shared.clock import seoul_date, utc_now
from shared.traces import trace_of
from tests.builders.citizens import PROGRAMME, citizens, wallet_apps
from tests.builders.waiting import until
from tests.conftest import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]

NAME, BORN, ADDRESS = "독고흔적가상", date(1971, 11, 23), "1TracedTracedTracedTracedTracedTraced"
MARKERS = (NAME, ADDRESS, "1971-11-23", "711123")
CARRIED = {
    *("messaging.system", "messaging.operation.type", "messaging.batch.message_count", "messaging.destination.name"),
    *("http.request.method", "http.route", "http.response.status_code"),
    *("db.system.name", "db.namespace", "db.operation.name", "code.function.name"),
    *("gubi.subject", "gubi.wallet_app", "gubi.code"),
}


SERVICES = [name for name in PROCESSES if name != "wallet_simulator"]


@dataclass
class Span:
    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, object]


@dataclass
class Collector:
    """Takes what OTLP over HTTP sends."""

    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in list(self.bodies)]
        return [
            Span(
                next(one.value.string_value for one in of.resource.attributes if one.key == "service.name"),
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes},
            )
            for request in requests
            for of in request.resource_spans
            for scope in of.scope_spans
            for span in scope.spans
        ]

    def of(self, trace: str) -> set[tuple[str, str]]:
        return {(span.service.removeprefix("gubi-"), span.name) for span in self.spans() if span.trace == trace}


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    collector = Collector()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Watched:
    """An installation, where its traces go, and where each service is asked for its metrics."""

    place: Installation
    collector: Collector
    ports: dict[str, int]

    def metrics(self, service: str) -> str:
        return httpx.get(f"http://127.0.0.1:{self.ports[service]}/metrics", timeout=60).text


@pytest.fixture(scope="module")
def traced() -> Iterator[Watched]:
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("needs every service: run it by `make test`")
    with (
        collecting() as (collector, url),
        installation(
            "traced",
            print,
            stack="external",
            services=(),
            OTEL_EXPORTER_OTLP_ENDPOINT=url,
            OTEL_EXPORTER_OTLP_COMPRESSION="none",
            OTEL_BSP_SCHEDULE_DELAY="300",
        ) as place,
    ):
        ports = {name: free_port() for name in PROCESSES}
        place.supervisor.command = lambda name: ["env", f"GUBI_PROBE_PORT={ports[name]}", *service_command(name)]
        place.supervisor.start(PROCESSES)
        place.wait_until_ready()
        yield Watched(place, collector, ports)


async def test_one_submission_is_one_trace_through_http_kafka_and_the_store(traced: Watched) -> None:
    place, collector = traced.place, traced.collector
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    sample = make("RR_FULL", person=Holder(NAME, BORN, 1), seed=1, issued_on=seoul_date(utc_now()), issuer=issuer)
    async with wallet_apps(place) as apps:
        sent = await apps["toss"].submit(PROGRAMME, Person(ADDRESS, NAME, BORN), [Certificate("RR_FULL", sample.pdf)])
        submission_id = sent["submission_id"]

        async def screened() -> bool:
            return bool((await apps["toss"].status(submission_id, ADDRESS))["class"] == "screened")

        await until(screened)
    desk = Desk(place.url("dashboard"))
    await desk.sign_in()
    assert await desk.open(submission_id)
    await desk.close()

    trace = trace_of(submission_id)
    awaited = {
        ("intake", "POST /v1/submissions"),
        ("intake", "send submission-received-v1"),
        ("extraction", "process submission-received-v1"),
        ("extraction", "send submission-extracted-v1"),
        ("eligibility", "process submission-extracted-v1"),
        ("eligibility", "send submission-screened-v1"),
        ("notification", "process submission-received-v1"),
        ("notification", "POST webhook"),
        ("dashboard", "process submission-screened-v1"),
        ("dashboard", "POST /submissions/{submission_id}/looks"),
        ("dashboard", "send submission-viewed-v1"),
        ("notification", "process submission-viewed-v1"),
        ("intake", "update"),
        ("extraction", "find"),
        ("eligibility", "find"),
        ("dashboard", "update"),
    }
    await until(lambda: not awaited - collector.of(trace))

    spans = [span for span in collector.spans() if span.trace == trace]
    received = {span.id for span in spans if span.name == "send submission-received-v1"}  # said again if slow
    readings = [span for span in spans if span.service == "gubi-extraction" and span.name.startswith("process sub")]
    extracted = [span for span in spans if span.name == "send submission-extracted-v1"]
    assert {span.parent for span in (*readings, *extracted)} <= received

    everything = collector.spans()
    assert {span.trace for span in everything if span.attributes.get("gubi.subject") == submission_id} == {trace}
    assert {name for span in everything for name in span.attributes} <= CARRIED
    known = [body for body in collector.bodies if any(marker.encode() in body for marker in MARKERS)]
    assert any(submission_id.encode() in body for body in collector.bodies), "what is looked for would be found"
    assert known == [], "a personal value went to the collector"

    told = {service: traced.metrics(service) for service in SERVICES}
    for service, text in told.items():
        assert f'gubi_process_info{{service="{service}",version=' in text
        assert "gubi_store_answers" in text
        assert 'gubi_consumer_alive{consumer="on_' in text
        assert not [marker for marker in (*MARKERS, submission_id) if marker in text], f"{service} tells it as a metric"
    assert 'gubi_readings_total{reason="read"} 1.0' in told["extraction"]
    assert (
        'gubi_notification_attempts_total{code="http_204",state="delivered",wallet_app="toss"}' in told["notification"]
    )
    assert 'route="/v1/submissions",service="intake",status="2xx"' in told["intake"]
    assert 'route="/submissions/{submission_id}/looks",service="dashboard"' in told["dashboard"]


async def test_a_take_back_is_in_the_trace_of_its_submission_through_withdrawal_to_everybody(traced: Watched) -> None:
    [citizen] = citizens(traced.place, 1, seed=2)
    async with wallet_apps(traced.place) as apps:
        sent = await apps["toss"].submit(PROGRAMME, citizen.person, [citizen.certificate])
        submission_id = sent["submission_id"]
        await apps["toss"].take_back(submission_id, citizen.person.wallet_address)
    trace = trace_of(submission_id)
    awaited = {
        ("intake", "send withdrawal-requested-v1"),
        ("withdrawal", "process withdrawal-requested-v1"),
        ("withdrawal", "update"),
        ("withdrawal", "send submission-taken-back-v1"),
        ("extraction", "process submission-taken-back-v1"),
        ("eligibility", "process submission-taken-back-v1"),
        ("notification", "process submission-taken-back-v1"),
        ("dashboard", "process submission-taken-back-v1"),
        ("intake", "process submission-taken-back-v1"),
    }
    await until(lambda: not awaited - traced.collector.of(trace))
    spans = [span for span in traced.collector.spans() if span.trace == trace]
    asked = {span.id for span in spans if span.name == "send withdrawal-requested-v1"}
    taken_back = [span for span in spans if span.name == "send submission-taken-back-v1"]
    done = [span for span in spans if span.name == "process withdrawal-requested-v1" and "withdrawal" in span.service]
    assert {span.parent for span in (*done, *taken_back)} <= asked, "what caused it is what it hangs from"
