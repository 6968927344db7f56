"""Messages do not break: golden examples, stored schemas, names that carry the version, and no personal data."""

import json
import re
from pathlib import Path

import pytest

from shared.events import BY_TOPIC, EVENTS, TAKES, Event
from shared.kafka import dead_letter_topic
from shared.kafka.topics import wanted
from shared.settings import Settings

EXAMPLES = Path(__file__).parent.parent / "examples" / "events"
PERSONAL = {
    "name",
    "names",
    "birth_date",
    "birth",
    "rrn",
    "address",
    "phone",
    "email",
    "wallet_address",
    "holder",
    "holder_name",
    "certificate_kind",
    "kind_of",
    "kinds",
    "condition",
    "conditions",
    "official",
    "workplace",
    "values",
    "raw",
}

each_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)


@each_event
def test_every_event_has_golden_examples_that_round_trip(event: type[Event]) -> None:
    """One of its first day, and one for each field it has gained since."""
    texts = [path.read_text() for path in sorted(EXAMPLES.glob(f"{event.topic}*.json"))]
    assert (EXAMPLES / f"{event.topic}.json").is_file()
    for text in texts:
        parsed = event.model_validate_json(text)
        assert json.loads(parsed.model_dump_json(exclude_unset=True)) == json.loads(text)


@each_event
def test_a_field_nobody_knows_yet_is_ignored(event: type[Event]) -> None:
    example = json.loads((EXAMPLES / f"{event.topic}.json").read_text())
    assert event.model_validate(example | {"a_field_of_tomorrow": 1}) == event.model_validate(example)


@each_event
def test_no_event_gained_or_lost_a_required_field(event: type[Event]) -> None:
    stored = json.loads((EXAMPLES.parent / "schemas" / f"{event.topic}.json").read_text())
    schema = event.model_json_schema()
    assert schema.get("required") == stored.get("required"), (
        f"{event.topic} must stay readable by those who are still of yesterday: give a new field a default, "
        "or say a -v2 beside it. Where only descriptions changed, write tests/examples/schemas anew."
    )
    lost = set(stored["properties"]) - set(schema["properties"])
    assert not lost, f"{event.topic} lost {lost}; say a -v2 beside it instead"


@each_event
def test_the_topic_is_the_class_in_kebab_case_with_its_version(event: type[Event]) -> None:
    kebab = re.sub(r"(?<!^)(?=[A-Z])", "-", event.__name__).lower()
    assert event.topic == f"{kebab}-v1"


@each_event
def test_no_event_has_a_field_for_personal_data(event: type[Event]) -> None:
    assert not PERSONAL & set(event.model_fields), "events carry ids, codes that reveal nothing, and outcomes"


@each_event
def test_every_event_says_who_says_it_and_what_it_is_for(event: type[Event]) -> None:
    assert re.match(
        r"(Intake|Extraction|Eligibility|Withdrawal|Notification|The desk|Any service) says so ", event.__doc__ or ""
    )


def test_an_events_id_derives_from_its_cause() -> None:
    example = BY_TOPIC["submission-taken-back-v1"]
    one = example.because_of("cause", submission_id="s-1", at="2022-12-12T00:00:00Z")
    later = example.because_of("cause", submission_id="s-1", at="2022-12-13T00:00:00Z")
    other = example.because_of("cause", submission_id="s-2", at="2022-12-12T00:00:00Z")
    assert one.event_id == later.event_id != other.event_id


def test_every_pair_of_service_and_event_has_its_dead_letters_and_events_are_kept() -> None:
    configured = {topic.name: topic.topic_configs for topic in wanted(Settings(_env_file=None, replication=3))}
    for service, events in TAKES.items():
        for event in events:
            assert configured[dead_letter_topic(event.topic, service)]["retention.ms"] == str(30 * 24 * 3_600_000)
    for event in EVENTS:
        assert configured[event.topic]["retention.ms"] == "-1"
        assert configured[event.topic]["min.insync.replicas"] == "2"
