"""The README's catalogue of messages is compared with the classes, so that it cannot drift."""

import re
from pathlib import Path

from shared.events import EVENTS, SAYS, TAKES

README = (Path(__file__).parents[2] / "README.md").read_text()
ROW = re.compile(r"^\| `([a-z-]+-v\d+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_catalogue_names_every_topic_and_who_takes_it() -> None:
    listed = {
        topic: {name.strip() for name in taken.split(",")} - {"nobody yet"} for topic, _, taken in ROW.findall(README)
    }
    assert listed == {
        event.topic: {service for service, taken in TAKES.items() if event in taken} for event in EVENTS
    }, "README's table of messages is not what shared/events says"


def test_the_catalogue_says_who_says_what_the_docstrings_do() -> None:
    spoken = {"dashboard": "The desk", "whoever parked it": "Any service", "nobody yet": "The desk"}
    said = {topic: speaker.strip() for topic, speaker, _ in ROW.findall(README)}
    for event in EVENTS:
        first, *others = said[event.topic].split(", ")
        assert (event.__doc__ or "").startswith(f"{spoken.get(first, first.capitalize())} says so")
        assert all(other in (event.__doc__ or "") for other in others)


def test_the_catalogue_says_who_says_what_shared_events_does() -> None:
    everybody = ", ".join(SAYS)
    told = {"whoever parked it": everybody, "nobody yet": ""}
    said = {topic: set(filter(None, told.get(by.strip(), by).split(", "))) for topic, by, _ in ROW.findall(README)}
    assert {topic: {name.strip() for name in names} for topic, names in said.items()} == {
        event.topic: {service for service, events in SAYS.items() if event in events} for event in EVENTS
    }


def test_nothing_in_the_readme_is_left_to_be_filled_in() -> None:
    assert not re.findall(r"^[A-Z_]{6,}$|TO" + "DO|FIX" + "ME", README, re.MULTILINE)
