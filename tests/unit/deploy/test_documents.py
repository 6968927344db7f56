"""What Gubi says of its own messages and of its door: the AsyncAPI and the OpenAPI document.

Spectral, which knows both standards, is a Node program: it is fetched once into ~/.cache/gubi where npm is there. Where
it is not, its test is skipped, visibly, or, where CI is set, fails. What needs no Node is checked always.
"""

import copy
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from services.intake.app import build as build_intake
from shared.asyncapi import document
from shared.catalog import load
from shared.clock import utc_now
from shared.events import EVENTS, SAYS, TAKES, SubmissionReceived
from shared.kafka import Bus, dead_letter_topic
from shared.kafka.delivery import Parked
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.lacking import is_not_here
from tests.unit.deploy.known import ROOT

SPECTRAL = "6.16.3"
EXAMPLES = ROOT / "tests" / "examples" / "events"

Document = dict[str, Any]


@pytest.fixture
def asyncapi() -> Document:
    return document(Settings(_env_file=None, topic_prefix="city-", replication=3))


@pytest.fixture
async def openapi(tmp_path: Path) -> Document:
    settings = Settings(_env_file=None, keys=tmp_path, public_url="https://door.example.org")
    Keyring.create(tmp_path)
    Signer.create(tmp_path)
    return build_intake(Wiring.of(settings), load()).openapi()


@pytest.fixture(scope="session")
def spectral() -> Path:
    folder = Path.home() / ".cache" / "gubi" / f"spectral-{SPECTRAL}"
    program = folder / "node_modules" / ".bin" / "spectral"
    if not program.exists():
        if not shutil.which("npm"):
            is_not_here("Spectral", "npm is not here")
        folder.mkdir(parents=True, exist_ok=True)
        fetching = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder]
        done = subprocess.run(
            [*fetching, f"@stoplight/spectral-cli@{SPECTRAL}"], capture_output=True, text=True, check=False, timeout=240
        )
        if done.returncode:
            shutil.rmtree(folder)
            is_not_here("Spectral", f"it could not be fetched: {done.stderr.strip().rpartition(chr(10))[2][:200]}")
    return program


def linted(spectral: Path, folder: Path, whole: Document) -> str:
    file = folder / "document.json"
    file.write_text(json.dumps(whole))
    rules = Path(__file__).with_name("spectral.yaml")
    done = subprocess.run(
        [spectral, "lint", "--ruleset", rules, "--fail-severity", "warn", file],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def dangling(whole: Document) -> list[str]:
    found = []
    for reference in set(references(whole)):
        place: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
        if place is None:
            found.append(reference)
    return found


def payload(asyncapi: Document, name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": asyncapi["components"]})


@pytest.mark.parametrize(("ci", "ends"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_program_its_tests_are_skipped_and_fail_where_a_landing_is_judged(
    monkeypatch: pytest.MonkeyPatch, ci: str, ends: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ends, match="npm is not here"):
        is_not_here("Spectral", "npm is not here")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_spectral_has_nothing_to_say_of_the_messages(spectral: Path, tmp_path: Path, asyncapi: Document) -> None:
    assert linted(spectral, tmp_path, asyncapi) == ""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_spectral_says_something_of_a_message_that_is_nowhere(
    spectral: Path, tmp_path: Path, asyncapi: Document
) -> None:
    del asyncapi["components"]["messages"]["SubmissionReceived"]
    assert "SubmissionReceived" in linted(spectral, tmp_path, asyncapi)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_spectral_has_nothing_to_say_of_the_door(spectral: Path, tmp_path: Path, openapi: Document) -> None:
    assert linted(spectral, tmp_path, openapi) == ""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_spectral_says_something_of_a_path_that_is_twice(spectral: Path, tmp_path: Path, openapi: Document) -> None:
    openapi["paths"]["/v1/submissions/{other}"] = copy.deepcopy(openapi["paths"]["/v1/submissions/{submission_id}"])
    assert "/v1/submissions/{other}" in linted(spectral, tmp_path, openapi)


async def test_nothing_is_referred_to_that_is_nowhere(asyncapi: Document, openapi: Document) -> None:
    assert dangling(asyncapi) == []
    assert dangling(openapi) == []
    del asyncapi["components"]["schemas"]["SelectionRow"]
    assert dangling(asyncapi) == ["#/components/schemas/SelectionRow"]


def test_every_topic_has_its_channel_and_dead_letters_have_theirs(asyncapi: Document) -> None:
    dead = {dead_letter_topic(event.topic, service) for service, taken in TAKES.items() for event in taken}
    assert asyncapi["channels"].keys() == {event.topic for event in EVENTS} | dead
    received = asyncapi["channels"]["submission-received-v1"]
    assert received["address"] == "city-submission-received-v1"
    assert received["bindings"]["kafka"]["partitions"] == 12
    assert received["bindings"]["kafka"]["topicConfiguration"] == {"retention.ms": -1}


def test_who_says_and_takes_what_is_what_the_services_do(asyncapi: Document) -> None:
    operations = asyncapi["operations"]
    assert {name for name, operation in operations.items() if operation["action"] == "receive"} == {
        f"{service}-takes-{event.topic}" for service, taken in TAKES.items() for event in taken
    }
    said = {f"{service}-says-{event.topic}" for service, events in SAYS.items() for event in events}
    assert said <= {name for name, operation in operations.items() if operation["action"] == "send"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_golden_example_is_what_the_document_says(asyncapi: Document, event: Any) -> None:
    example = json.loads((EXAMPLES / f"{event.topic}.json").read_text())
    payload(asyncapi, event.__name__).validate(example)
    with pytest.raises(ValidationError):
        payload(asyncapi, event.__name__).validate(example | {"at": 1})


async def test_a_dead_letter_is_what_the_document_says(asyncapi: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, str, bytes, dict[str, str]]] = []
    bus = Bus(Settings(_env_file=None), "extraction")

    async def publish(messages: list[tuple[str, str, bytes, dict[str, str]]]) -> None:
        written.extend(messages)

    monkeypatch.setattr(bus, "_publish", publish)
    example = SubmissionReceived.model_validate_json((EXAMPLES / "submission-received-v1.json").read_text())

    class Record:
        topic, partition, offset = SubmissionReceived.topic, 3, 41
        key, value = example.submission_id.encode(), b"{"

    await bus._park([Parked(Record(), "test:never")])
    topic, _, body, _ = written[0]
    assert topic == asyncapi["channels"][topic]["address"].removeprefix("city-")
    payload(asyncapi, "DeadLetter").validate(json.loads(body))
    assert utc_now().isoformat()[:4] in json.loads(body)["at"]


def test_what_is_said_with_a_record_is_what_the_document_says(asyncapi: Document) -> None:
    from shared.kafka.headers import headers

    example = SubmissionReceived.model_validate_json((EXAMPLES / "submission-received-v1.json").read_text())
    payload(asyncapi, "Headers").validate(headers(example))
    assert headers(example).keys() <= asyncapi["components"]["schemas"]["Headers"]["properties"].keys()
