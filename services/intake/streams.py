"""Timelines followed as they grow: server-sent events (WHATWG HTML, §9.2), woken by what any intake process records.

    watch = Watch(stories)                           # one for each process; `watch.run` is one of its loops
    line = watch.open(submission_id)                 # raises `Refused` where too many are open
    return Stream(watch, line, story, told, last_id) # a response; the line is given back however it ends

A turn of the loop asks once for all open streams what has changed, and loads once for all that has. Each event tells
the whole timeline, so that a stream may miss what lies between and a reconnecting client needs only the newest: its id
names the content, the same in every process and after every restart, and `Last-Event-ID` with it says "I know this".
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Protocol

import structlog
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.intake.problems import Refusal, Refused
from services.intake.telling import Story
from services.intake.timeline import is_over, timeline
from shared.errors import Unavailable
from shared.logs import error_fields

MEDIA_TYPE = "text/event-stream"
TURN_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 15.0
"""A comment after this long, so that proxies keep the connection and a client that is gone is noticed."""
LONGEST_SECONDS = 600.0
"""Then a stream ends and the client comes again, signing anew: no signature opens a stream for ever."""
MOST = 1_000
MOST_OF_ONE = 8
"""Streams open at once, in a process and for one submission."""
RETRY_MS = 3_000


def wants_stream(accept: str) -> bool:
    """Tell whether an Accept header asks for events by name."""
    return any(part.split(";")[0].strip().lower() == MEDIA_TYPE for part in accept.split(","))


def name_of(story: Story) -> str:
    """Name what a story tells, without the words it is told in."""
    facts = "\n".join([story.case.state, *(step.model_dump_json() for step in timeline(*story))])
    return hashlib.blake2b(facts.encode(), digest_size=12).hexdigest()


Told = Callable[[Story], Awaitable[str]]


class Loads(Protocol):
    """Where stories come from."""

    async def marks(self, submission_ids: Collection[str]) -> dict[str, str]:
        """Give what changes whenever something was recorded of a submission."""

    async def several(self, submission_ids: Collection[str]) -> dict[str, Story]:
        """Give the stories of those of these submissions that there are."""


class Line:
    """What one stream hears: the newest story, and only that."""

    def __init__(self, submission_id: str) -> None:
        """Take what it is about."""
        self.submission_id = submission_id
        self._story: Story | None = None
        self._new = asyncio.Event()

    def put(self, story: Story) -> None:
        """Put a newer story in the place of one that was not taken yet."""
        self._story = story
        self._new.set()

    def ring(self) -> None:
        """Wake whoever waits, without a story."""
        self._new.set()

    async def take(self, seconds: float) -> Story | None:
        """Wait so long for a story; None where none has come."""
        try:
            await asyncio.wait_for(self._new.wait(), seconds)
        except TimeoutError:
            return None
        self._new.clear()
        story, self._story = self._story, None
        return story


class Watch:
    """Looks for all open streams of this process at what was recorded by any."""

    def __init__(self, stories: Loads, *, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        """Take where stories come from, and how many streams may be open."""
        self._stories = stories
        self._most = most
        self._most_of_one = most_of_one
        self._lines: dict[str, set[Line]] = defaultdict(set)
        self._marks: dict[str, str] = {}
        self._open = asyncio.Event()
        self._log = structlog.get_logger(service="intake")
        self.stopped = False
        """The process is about to end: streams end now, and their clients come again to another."""

    def open(self, submission_id: str) -> Line:
        """Begin to listen. Raises `Refused` where this process, or this submission, has enough of it."""
        if self.count >= self._most or len(self._lines.get(submission_id, ())) >= self._most_of_one:
            raise Refused(Refusal("streams-full"))
        line = Line(submission_id)
        self._lines[submission_id].add(line)
        self._marks.pop(submission_id, None)  # told at the next turn, whatever was recorded before it
        self._open.set()
        return line

    def close(self, line: Line) -> None:
        """Stop listening; harmless when repeated."""
        lines = self._lines.get(line.submission_id, set())
        lines.discard(line)
        if not lines:
            self._lines.pop(line.submission_id, None)
            self._marks.pop(line.submission_id, None)
        if not self._lines:
            self._open.clear()

    @property
    def count(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._lines.values()))

    def stop(self) -> None:
        """End every stream, soon."""
        self.stopped = True
        for lines in self._lines.values():
            for line in lines:
                line.ring()

    async def run(self) -> None:
        """Take turns for ever, while any stream is open. While the store is away, streams wait."""
        while True:
            await self._open.wait()
            try:
                await self.turn()
            except Unavailable as error:
                self._log.warning("streams-wait", **error_fields(error))
            await asyncio.sleep(TURN_SECONDS)

    async def turn(self) -> int:
        """Tell every stream whose submission has changed; give of how many submissions. Raises `Unavailable`."""
        followed = list(self._lines)
        marks = await self._stories.marks(followed)
        changed = [name for name in followed if self._marks.get(name) != marks.get(name, "")]
        if not changed:
            return 0
        stories = await self._stories.several(changed)
        for name in changed:
            if name not in self._lines:
                continue
            self._marks[name] = marks.get(name, "")
            for line in self._lines[name] if name in stories else ():
                line.put(stories[name])
        return len(changed)


class Stream(Response):
    """One stream, as a response. `told` gives an event's data: one line, without line breaks."""

    def __init__(self, watch: Watch, line: Line, story: Story, told: Told, last_id: str | None) -> None:
        """Take an open line, the story as it is now, how to tell one, and the `Last-Event-ID` the client came with.

        Where that names a story that is over, there is nothing to come again for: 204 ends a client's reconnecting.
        """
        self._watch = watch
        self._line = line
        if is_over(timeline(*story)) and last_id == name_of(story):
            self._answer: Response = Response(status_code=204)
        else:
            headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
            self._answer = StreamingResponse(self._events(story, told, last_id), media_type=MEDIA_TYPE, headers=headers)
        super().__init__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it, and give the line back however it ends."""
        try:
            await self._answer(scope, receive, send)
        finally:
            self._watch.close(self._line)

    async def _events(self, story: Story, told: Told, last_id: str | None) -> AsyncIterator[str]:
        now = asyncio.get_running_loop().time
        ends = now() + LONGEST_SECONDS
        yield f"retry: {RETRY_MS}\n\n"
        newest: Story | None = story
        while True:
            if newest is not None and (name := name_of(newest)) != last_id:
                last_id = name
                try:
                    data = await told(newest)
                except Unavailable:  # the client comes again, knowing what it knew
                    return
                yield f"id: {name}\nevent: timeline\ndata: {data}\n\n"
            if (newest is not None and is_over(timeline(*newest))) or self._watch.stopped or now() > ends:
                return
            newest = await self._line.take(KEEP_ALIVE_SECONDS)
            if newest is None and not self._watch.stopped:
                yield ": still here\n\n"
