"""Metrics: labels from closed sets, and gauges that say what waits."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from shared import metrics
from shared.door import Observed
from shared.events import SubmissionReceived
from shared.kafka import Bus, Consuming
from shared.metrics import AWAY, LABELS, OTHER, REGISTRY, Meter
from shared.settings import Settings

TOPIC, FULL = "submission-received-v1", "city-submission-received-v1"
SUBMISSION = "s-" + "a" * 26


@dataclass
class Record:
    topic: str = FULL
    timestamp: int = 1_000_000


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


class Since:
    """How counters have risen since it was made: other tests of the same process count in them too."""

    def __init__(self) -> None:
        self._before = {(sample.name, *sorted(sample.labels.items())): sample.value for sample in samples()}

    def __call__(self, name: str, **labels: str) -> float | None:
        """The rise; None where nothing is told at all."""
        now = told(name, **labels)
        return None if now is None else now - self._before.get((name, *sorted(labels.items())), 0)


def samples() -> Iterator[Any]:
    for family in text_string_to_metric_families(generate_latest(REGISTRY).decode()):
        yield from family.samples


def strays() -> set[tuple[str, str]]:
    """Labels and values that stand in no closed set."""
    return {
        (label, value)
        for sample in samples()
        for label, value in sample.labels.items()
        if sample.name.startswith("gubi_") and label != "le" and value not in LABELS[label] | {OTHER}
    }


def consuming(lag: int, *, partitions: int = 3, unanswered: float = 0.0) -> Any:
    return Consuming(
        "c", started=True, ended=False, partitions=partitions, still=0.5, longest=300, lag={FULL: lag},
        unanswered=unanswered,
    )  # fmt: skip


def test_a_value_from_outside_is_told_as_other_and_never_as_itself() -> None:
    rise = Since()
    metrics.of(metrics.GIVEN_BACK, service="김예시", reason="900101-1234567").inc()
    assert rise("gubi_given_back_total", service=OTHER, reason=OTHER) == 1
    assert b"900101-1234567" not in generate_latest(REGISTRY)


def test_a_batch_is_counted_by_what_became_of_each_record() -> None:
    rise = Since()
    meter = Meter("withdrawal", "on_something", {FULL: TOPIC})
    with meter.batch([Record(), Record(), Record()]):
        meter.came("handled", parked=[(FULL, "invalid:at:missing"), (FULL, "vault:certificate_missing")])
    with meter.batch([Record()]):
        meter.came("given_back", "store:autoreconnect")
    about = {"service": "withdrawal", "topic": TOPIC}
    outcomes = {name: rise("gubi_records_total", **about, outcome=name) for name in ("handled", "parked", "given_back")}
    assert outcomes == {"handled": 1, "parked": 2, "given_back": 1}
    assert rise("gubi_parked_total", **about, reason="invalid") == 1
    assert rise("gubi_parked_total", **about, reason="refused") == 1
    assert rise("gubi_parked_total", **about, reason="bug") == 0, "what never happened is 0, so that alerts see a first"
    assert rise("gubi_given_back_total", service="withdrawal", reason="store") == 1
    assert strays() == set()


def away(source: str) -> Iterator[str]:
    """What is away, of each `Unavailable` that is raised with a code of its own."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Unavailable":
            code = ast.unparse(node.args[0])
            if code != "error.code":
                yield code.removeprefix("f").strip("'").partition(":")[0]


def test_whatever_can_be_away_is_told_by_its_name() -> None:
    root = Path(metrics.__file__).parents[1]
    files = [path for part in ("services", "shared") for path in (root / part).rglob("*.py")]
    found = {name for path in files for name in away(path.read_text())}
    assert found == AWAY
    assert LABELS["reason"] >= AWAY
    assert list(away("Unavailable(f'moon:{phase}')\nUnavailable('sandbox/stopped')")) == ["moon", "sandbox/stopped"]


def test_what_waits_longest_is_what_is_in_hand_or_what_was_first_seen_to_wait() -> None:
    meter = Meter("withdrawal", "on_something_else", {FULL: TOPIC})

    def shown() -> tuple[float | None, float | None]:
        about = {"service": "withdrawal", "topic": TOPIC}
        return told("gubi_consumer_lag_records", **about), told("gubi_consumer_oldest_seconds", **about)

    with meter.batch([Record(timestamp=1_050_000), Record(timestamp=1_000_000)]):
        meter.show(consuming(lag=5), 1_100)
        assert shown() == (7, 100)
    meter.show(consuming(lag=0), 1_200)
    assert shown() == (0, 0)
    meter.show(consuming(lag=4), 1_300)
    meter.show(consuming(lag=4), 1_330)
    assert shown() == (4, 30), "nothing is taken although something waits"
    with meter.batch([Record(timestamp=1_340_000)]):
        pass
    meter.show(consuming(lag=3), 1_350)
    assert shown() == (3, 0), "it goes on"


@pytest.mark.parametrize("blind", [{"partitions": 0}, {"unanswered": 21.0}])
def test_who_takes_nothing_or_is_cut_off_tells_nothing_of_what_waits(blind: dict[str, Any]) -> None:
    meter = Meter("withdrawal", "on_a_third_thing", {FULL: TOPIC})
    about = {"service": "withdrawal", "topic": TOPIC}
    names = ("gubi_consumer_lag_records", "gubi_consumer_oldest_seconds")
    meter.show(consuming(lag=4), 1_000)
    assert [told(name, **about) for name in names] == [4, 0]
    meter.show(consuming(lag=4, **blind), 1_100)
    assert [told(name, **about) for name in names] == [None, None]
    meter.show(consuming(lag=4), 1_200)
    assert [told(name, **about) for name in names] == [4, 0], "from when it is known again"


def test_what_the_broker_did_not_confirm_is_told_as_none_before_the_first() -> None:
    metrics.PUBLISH_FAILURES.clear()
    Bus(Settings(_env_file=None), "withdrawal")
    assert told("gubi_publish_failures_total", service="withdrawal") == 0


def test_what_is_owed_is_shown_by_topic_with_its_age() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    fields = {"submission_id": SUBMISSION, "receipt": "R", "programme_id": "P", "wallet_app": "naver", "office": "o"}
    event = SubmissionReceived.because_of("r", at=now - timedelta(seconds=90), **fields)
    metrics.owed([TOPIC, "withdrawal-requested-v1"], [event], now.timestamp())
    assert (told("gubi_owed_events", topic=TOPIC), told("gubi_owed_oldest_seconds", topic=TOPIC)) == (1, 90)
    metrics.owed([TOPIC], [], now.timestamp())
    assert (told("gubi_owed_events", topic=TOPIC), told("gubi_owed_oldest_seconds", topic=TOPIC)) == (0, 0)


async def test_requests_are_counted_by_route_and_never_by_path() -> None:
    async def one(request: Request) -> PlainTextResponse:
        return PlainTextResponse("", 404 if request.path_params["submission_id"] == "none" else 200)

    async def broken(_: Request) -> PlainTextResponse:
        raise ValueError("900101-1234567")

    from fastapi import FastAPI

    door = FastAPI()
    door.add_api_route("/v1/submissions/{submission_id}", one)
    door.add_api_route("/broken", broken)
    rise = Since()
    transport = httpx.ASGITransport(Observed(door, service="intake"), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        for path in (f"/v1/submissions/{SUBMISSION}", "/v1/submissions/none", "/900101-1234567", "/broken"):
            await client.get(path)
        await client.request("김예시".encode().hex().upper(), "/broken")

    def count(route: str, status: str, method: str = "GET") -> float | None:
        about = {"service": "intake", "route": route, "method": method, "status": status}
        return rise("gubi_http_request_seconds_count", **about)

    assert count("/v1/submissions/{submission_id}", "2xx") == 1
    assert count("/v1/submissions/{submission_id}", "4xx") == 1
    assert count(metrics.NONE, "4xx") == 1
    assert count("/broken", "5xx") == 1
    text = generate_latest(REGISTRY).decode()
    assert SUBMISSION not in text
    assert "900101-1234567" not in text
    assert strays() == set()


def test_every_label_of_every_metric_has_its_closed_set() -> None:
    of_metrics = {
        label for metric in vars(metrics).values() for label in getattr(metric, "_labelnames", ()) if label != "le"
    }
    assert of_metrics <= LABELS.keys()
    with pytest.raises(KeyError):
        metrics.of(metrics.GIVEN_BACK, service="intake", submission_id=SUBMISSION)
