"""What is said on which topic, by whom and to whom: an AsyncAPI 3 document, made from the classes themselves.

FastStream's own generator knows only those who listen, calls their messages after handlers, and has no word for keys,
retention and dead letters; what is here is read off `shared.events` and the topics as they are created.
"""

from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.events import EVENTS, SAYS, TAKES, Event
from shared.kafka.topics import dead_letter_topic, wanted
from shared.settings import Settings

Document = dict[str, Any]

_HEADERS: Document = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode, and the W3C trace context.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "traceparent"],
    "properties": {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "The event's id; saying it again says the same."},
        "ce_type": {"type": "string", "description": "The topic, without an installation's prefix."},
        "ce_source": {"const": "gubi"},
        "ce_subject": {"type": "string", "description": "What it is about, which is also the record's key."},
        "ce_time": {"type": "string", "format": "date-time"},
        "traceparent": {"type": "string"},
    },
}
_DEAD_LETTER: Document = {
    "type": "object",
    "description": "Names a record that can never work for one service, and does not copy it.",
    "required": ["topic", "partition", "offset", "submission_id", "service", "reason", "at"],
    "properties": {
        "topic": {"type": "string"},
        "partition": {"type": "integer", "minimum": 0},
        "offset": {"type": "integer", "minimum": 0},
        "submission_id": {"type": "string", "description": "Empty where the record's key is none."},
        "service": {"enum": list(TAKES)},
        "reason": {"type": "string", "description": "A code that carries no value."},
        "at": {"type": "string", "format": "date-time"},
    },
}


def document(settings: Settings) -> Document:
    """Return the document for an installation with these settings: its prefix, partitions and copies."""
    _, made = models_json_schema(
        [(event, "validation") for event in EVENTS], ref_template="#/components/schemas/{model}"
    )
    listed = {topic.name.removeprefix(settings.topic_prefix): topic for topic in wanted(settings)}
    deaths = [(event.topic, service) for service, taken in TAKES.items() for event in taken]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Gubi: what its services tell each other",
            "version": version("gubi"),
            "description": "Facts that have happened, one topic each. No personal data, and no code that reveals any. "
            "Consumers ignore fields they do not know; a new field is optional; anything else is a new topic.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": service} for service in TAKES],
        },
        "defaultContentType": "application/json",
        "servers": {"broker": {"host": settings.kafka, "protocol": "kafka", "description": "Apache Kafka."}},
        "channels": {event.topic: _channel(event.topic, event.__name__, _about(event), listed) for event in EVENTS}
        | {
            dead_letter_topic(topic, service): _channel(
                dead_letter_topic(topic, service),
                "DeadLetter",
                f"What {service} could not take from {topic}.",
                listed,
            )
            for topic, service in deaths
        },
        "operations": {
            f"{service}-says-{event.topic}": _operation("send", service, event.topic, event.__name__)
            for service, said in SAYS.items()
            for event in said
        }
        | {
            f"{service}-takes-{event.topic}": _operation(
                "receive", service, event.topic, event.__name__, settings.topic_prefix
            )
            for service, taken in TAKES.items()
            for event in taken
        }
        | {
            f"{service}-parks-{topic}": _operation("send", service, dead_letter_topic(topic, service), "DeadLetter")
            for topic, service in deaths
        },
        "components": {
            "schemas": made["$defs"] | {"Headers": _HEADERS, "DeadLetter": _DEAD_LETTER},
            "messages": {event.__name__: _message(event) for event in EVENTS}
            | {"DeadLetter": {"name": "dead-letter", "payload": {"$ref": "#/components/schemas/DeadLetter"}}},
        },
    }


def _about(event: type[Event]) -> str:
    return " ".join((event.__doc__ or "").split())


def _message(event: type[Event]) -> Document:
    return {
        "name": event.topic,
        "title": event.__name__,
        "summary": _about(event),
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": _about_key(event)}}},
    }


def _about_key(event: type[Event]) -> str:
    return " ".join((event.subject.__doc__ or "").split())


def _channel(bare: str, message: str, about: str, listed: dict[str, Any]) -> Document:
    topic = listed[bare]
    return {
        "address": topic.name,
        "description": about,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.num_partitions,
                "replicas": topic.replication_factor,
                "topicConfiguration": {"retention.ms": int(topic.topic_configs["retention.ms"])},
            }
        },
    }


def _operation(action: str, service: str, channel: str, message: str, prefix: str = "") -> Document:
    done: Document = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "description": f"{service.capitalize()} {'says' if action == 'send' else 'takes'} {channel}.",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        "tags": [{"name": service}],
    }
    if action == "receive":
        done["bindings"] = {"kafka": {"groupId": {"type": "string", "enum": [f"{prefix}{service}"]}}}
    return done
