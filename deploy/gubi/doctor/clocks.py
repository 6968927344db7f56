"""Whose clock is behind, by what services said of the same submissions: nothing comes before its reception. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from shared.events import BY_TOPIC, SAYS, SubmissionEvent, SubmissionReceived

RECENT = timedelta(hours=1)
"""Older receptions tell of clocks as they were: topics keep them, and the clocks may have been set since."""

_SAID_BY = {
    event: [service for service, said in SAYS.items() if event in said] for said in SAYS.values() for event in said
}


class Behind(NamedTuple):
    """What the latest events tell of the clocks of those who said them."""

    compared: int = 0
    """Events that were held against the reception of their submission."""
    seconds: Mapping[str, float] = {}
    """By service, how much earlier than that, by its own clock, it said something: at most, and where it did."""


def event_in(topic: str, value: bytes | None) -> SubmissionEvent | None:
    """Read a record about a submission, its topic's name bare; None where it is none, or is not what it should be."""
    kind = BY_TOPIC.get(topic)
    if kind is None or not issubclass(kind, SubmissionEvent):
        return None
    try:
        return kind.model_validate_json(value or b"")
    except ValidationError:
        return None


def behind(events: Iterable[SubmissionEvent], now: datetime) -> Behind:
    """Hold events against the receptions among them.

    A later revision is no beginning: what was said of the one before came earlier, and rightly so.
    """
    events = list(events)
    received = {
        event.submission_id: event.at
        for event in events
        if isinstance(event, SubmissionReceived) and event.revision == 1 and event.at > now - RECENT
    }
    compared, seconds = 0, dict[str, float]()
    for event in events:
        services = _SAID_BY[type(event)]
        if event.submission_id not in received or len(services) != 1 or services == ["intake"]:
            continue
        compared += 1
        early = (received[event.submission_id] - event.at).total_seconds()
        if early > 0:
            seconds[services[0]] = max(early, seconds.get(services[0], 0.0))
    return Behind(compared, seconds)
