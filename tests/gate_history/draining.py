"""The calm after the fire: what was asked for is carried out, however long that takes while it gets on."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from deploy.gubi.supervisor import Supervisor
from shared.errors import Unavailable
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.wiring import Wiring
from tests.gate_history.model import CLOSING
from tests.gate_history.worker import SAYS

STILL = 90.0
"""Seconds without any progress after which it stands still: a killed consumer's session, the longest back-off of a
batch given back and the longest pause before a restart pass in less than that, on a busy machine too."""
LONGEST = 480.0
_TOLD = 20
_LOGGED = 30

Left = dict[str, tuple[str, ...]]
"""What is left to be done: by submission its state, and the events that it owes."""


class Progress:
    """Whether what is left still changes."""

    def __init__(self, now: float) -> None:
        self._began = self._moved = now
        self._left: Left = {}

    def look(self, left: Left, now: float) -> str:
        """Take what is left; give why there is no more waiting for it, or an empty string."""
        if left != self._left:
            self._left, self._moved = left, now
        still = now - self._moved
        if still > STILL:
            return f"nothing moved in the last {still:.0f} s"
        if now - self._began > LONGEST:
            return f"something moved {still:.0f} s ago, and it takes longer than {LONGEST:.0f} s"
        return ""


class Draining:
    """Waits for the withdrawal service, and says meanwhile what the killed workers left unsaid."""

    def __init__(self, supervisor: Supervisor, wiring: Wiring) -> None:
        """Take who keeps the service up, and the store, past the network."""
        self._supervisor = supervisor
        self._wiring = wiring
        self._documents = wiring.database("gate").get_collection("submissions")

    async def end(self) -> None:
        """Come back when nothing is left. Raises `AssertionError`, which tells what is left, where that never comes."""
        bus = Bus(self._wiring.settings, "dashboard")
        await bus.broker.start()
        outbox = Outbox(self._wiring.gate.owed, bus.say, SAYS, self._wiring.clock)
        progress = Progress(time.monotonic())
        try:
            while left := await self._left():
                stuck = progress.look(left, time.monotonic())
                assert not stuck, self._told(stuck, left)
                self._supervisor.look()
                with suppress(Unavailable):  # then nothing moves, which is seen
                    await outbox.turn()
        finally:
            await bus.broker.stop()

    async def _left(self) -> Left:
        chosen = {"$or": [{"state": {"$in": list(CLOSING.values())}}, {"owed": {"$exists": True}}]}
        fields = dict.fromkeys(("state", "requested_at", "owed", "owed_at"), 1)
        found = await self._documents.find(chosen, fields).to_list(None)
        return {document["_id"]: tuple(_what(document)) for document in found}

    def _told(self, stuck: str, left: Left) -> str:
        child = self._supervisor.children["withdrawal"]
        code = child.process.poll()
        alive = f"up for {time.monotonic() - child.started_at:.0f} s" if code is None else f"ended with {code}"
        log = self._supervisor.logs / "withdrawal.log"
        return "\n".join(
            [
                f"take-backs are not carried out: {stuck}; by {self._wiring.clock().isoformat()} {len(left)} are left",
                *(f"  {name} {' '.join(what)}" for name, what in list(left.items())[:_TOLD]),
                f"withdrawal, pid {child.process.pid}, {alive}, {child.deaths} deaths; the end of its log:",
                *log.read_text().splitlines()[-_LOGGED:],
            ]
        )


def _what(document: dict[str, Any]) -> Iterator[str]:
    yield document["state"]
    if "requested_at" in document:
        yield f"since {document['requested_at'].isoformat()}"
    if "owed" in document:
        topics = ", ".join(entry["topic"] for entry in document["owed"])
        yield f"owes {topics or 'an empty list'} since {document['owed_at'].isoformat()}"
