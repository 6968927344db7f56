"""Open streams: one question for all of them at each turn, only what is newest kept, no more than there may be."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from services.intake.problems import Refused
from services.intake.streams import Line, Stream, Watch, name_of, wants_stream
from services.intake.telling import Story
from shared import events as said
from shared.errors import Unavailable
from tests.unit.intake.test_timeline import LIFE, case, event

NAMES = [f"s-{letter * 26}" for letter in "abcdef"]


class Recorded:
    """What any process has recorded, and how often it was asked for."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}
        self.asked: list[tuple[str, int]] = []
        self.away = False

    def write(self, name: str) -> None:
        self.written[name] = f"{len(self.asked)} {len(self.written)} {self.written.get(name, '')}"[:40]

    async def marks(self, submission_ids: Collection[str]) -> dict[str, str]:
        if self.away:
            raise Unavailable("store:away")
        self.asked.append(("marks", len(submission_ids)))
        return {name: self.written[name] for name in submission_ids if name in self.written}

    async def several(self, submission_ids: Collection[str]) -> dict[str, Story]:
        self.asked.append(("stories", len(submission_ids)))
        return {name: Story(case(submission_id=name), []) for name in submission_ids}


async def test_a_turn_asks_once_for_all_streams_and_loads_only_what_has_changed() -> None:
    recorded = Recorded()
    watch = Watch(recorded)
    lines = {name: watch.open(name) for name in NAMES}
    await watch.turn()
    await watch.turn()
    recorded.write(NAMES[2])
    await watch.turn()
    assert recorded.asked == [("marks", 6), ("stories", 6), ("marks", 6), ("marks", 6), ("stories", 1)]
    assert await lines[NAMES[2]].take(0.01) is not None


async def test_what_was_recorded_while_a_stream_was_being_opened_is_told_at_the_next_turn() -> None:
    recorded = Recorded()
    watch = Watch(recorded)
    first = watch.open(NAMES[0])
    await watch.turn()
    assert await first.take(0.01) is not None
    second = watch.open(NAMES[0])
    await watch.turn()
    assert await second.take(0.01) is not None


async def test_a_slow_stream_is_told_only_the_newest() -> None:
    line = Watch(Recorded()).open(NAMES[0])
    for number in range(3):
        line.put(Story(case(receipt=str(number)), []))
    newest = await line.take(0.01)
    assert newest is not None
    assert newest.case.receipt == "2"
    assert await line.take(0.01) is None


async def test_no_more_streams_are_open_than_there_may_be_and_a_closed_one_makes_room() -> None:
    watch = Watch(Recorded(), most=3, most_of_one=2)
    lines = [watch.open(NAMES[0]), watch.open(NAMES[0])]
    with pytest.raises(Refused) as of_one:
        watch.open(NAMES[0])
    lines.append(watch.open(NAMES[1]))
    with pytest.raises(Refused) as of_all:
        watch.open(NAMES[2])
    assert {of_one.value.refusal.code, of_all.value.refusal.code} == {"streams-full"}
    watch.close(lines[0])
    watch.close(lines[0])
    assert watch.count == 2
    watch.open(NAMES[2])


async def test_streams_wait_while_the_store_is_away_and_go_on_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.streams.TURN_SECONDS", 0.01)
    recorded = Recorded()
    recorded.away = True
    watch = Watch(recorded)
    line = watch.open(NAMES[0])
    running = asyncio.create_task(watch.run())
    assert await line.take(0.1) is None
    recorded.away = False
    assert await line.take(2) is not None
    running.cancel()


async def sent_by(stream: Stream) -> tuple[int, str]:
    """What a stream sends to a client that stays."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for(stream({"type": "http", "method": "GET", "path": "/"}, receive, send), 60)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


async def empty(story: Story) -> str:
    return "{}"


async def named(story: Story) -> str:
    return name_of(story)


OVER = Story(case(state="taken_back"), [event(said.SubmissionTakenBack, 9)])


async def test_a_stream_of_what_is_over_tells_it_once_and_ends_and_gives_its_line_back() -> None:
    watch = Watch(Recorded())
    status, body = await sent_by(Stream(watch, watch.open(NAMES[0]), OVER, empty, None))
    assert (status, watch.count) == (200, 0)
    assert body == f"retry: 3000\n\nid: {name_of(OVER)}\nevent: timeline\ndata: {{}}\n\n"


async def test_a_stream_does_not_end_before_it_has_told_what_it_ends_with() -> None:
    watch, line = Watch(Recorded()), Line(NAMES[0])
    gone_at_the_gate = Story(case(state="taken_back"), [*LIFE[:3]])
    sending = asyncio.create_task(sent_by(Stream(watch, line, gone_at_the_gate, named, None)))
    await asyncio.sleep(0.05)
    assert not sending.done()
    line.put(OVER)
    _, body = await sending
    assert body.endswith(f"data: {name_of(OVER)}\n\n")


async def test_who_comes_again_knowing_the_end_is_told_not_to() -> None:
    watch = Watch(Recorded())
    status, body = await sent_by(Stream(watch, watch.open(NAMES[0]), OVER, empty, name_of(OVER)))
    assert (status, body, watch.count) == (204, "", 0)


async def test_what_a_client_knows_is_not_told_again_and_silence_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.streams.KEEP_ALIVE_SECONDS", 0.02)
    monkeypatch.setattr("services.intake.streams.LONGEST_SECONDS", 1.0)
    watch, now = Watch(Recorded()), Story(case(), [])
    status, body = await sent_by(Stream(watch, watch.open(NAMES[0]), now, empty, name_of(now)))
    assert (status, watch.count) == (200, 0)
    assert "data:" not in body
    assert body.count(": still here\n\n") >= 2


async def test_a_process_that_ends_ends_its_streams_at_once() -> None:
    watch = Watch(Recorded())
    sending = asyncio.create_task(sent_by(Stream(watch, watch.open(NAMES[0]), Story(case(), []), empty, None)))
    await asyncio.sleep(0.05)
    watch.stop()
    _, body = await sending
    assert body.count("data:") == 1
    assert watch.count == 0


def test_a_storys_name_is_of_its_content_alone() -> None:
    one = name_of(Story(case(), [*LIFE]))
    assert name_of(Story(case(), [*reversed(LIFE), *LIFE])) == one
    assert name_of(Story(case(), [*LIFE[:3]])) != one
    assert name_of(Story(case(state="taking_back"), [*LIFE])) != one


@pytest.mark.parametrize(
    ("accept", "stream"),
    [
        ("text/event-stream", True),
        ("application/json, Text/Event-Stream;q=0.5", True),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_events_are_sent_to_whoever_names_them(accept: str, stream: bool) -> None:
    assert wants_stream(accept) is stream
