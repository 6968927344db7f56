"""What stands beside an event in its Kafka record."""

from shared import traces
from shared.events import Event


def headers(event: Event) -> dict[str, str]:
    """Give CloudEvents 1.0 attributes (binary mode) and a W3C traceparent: one subject is one trace."""
    return {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(event.event_id),
        "ce_type": event.topic,
        "ce_source": "gubi",
        "ce_subject": event.subject,
        "ce_time": event.at.isoformat(),
        "traceparent": traces.traceparent(event),
    }
