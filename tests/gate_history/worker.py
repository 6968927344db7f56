"""One caller process: several officials, holders and machines, who act at random on the same few submissions.

python -m tests.gate_history.worker NAME SEED

It plays intake and dashboard, each with its own gate over the real driver, through the bad network. It may be killed at
any instant: started again it reads its own journal, and asks again, under the same request id, whatever it had begun
and knows no answer of. The board names the submissions that are in play.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.clock import utc_now
from shared.events import Event, SubmissionDecided, SubmissionReceived, SubmissionViewed, WithdrawalRequested
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.settings import Settings
from shared.wiring import Wiring
from tests.gate_history.calls import Caller
from tests.gate_history.history import Journal, unanswered
from tests.gate_history.model import CLOSING, DUE, READS

ACTORS = 6
SAYS = (SubmissionReceived, WithdrawalRequested, SubmissionViewed, SubmissionDecided)

# How those around one submission behave: each submission is of one temper, so that every race is run often.
TEMPERS: tuple[dict[str, float], ...] = (
    {"view": 3, "take_back": 3, "decide": 1, "machine_read": 3, "certificate": 2, "withdraw": 0.05, "steal": 0.3},
    {"decide": 5, "undo": 6, "take_back": 0.15, "view": 0.1, "machine_read": 2, "withdraw": 0.03},
    {"decide": 5, "undo": 6, "view": 2, "certificate": 2, "take_back": 0.5, "withdraw": 0.1, "machine_read": 2},
    {"machine_read": 6, "take_back": 0.3, "view": 0.3, "decide": 0.3, "undo": 0.5, "steal": 0.5},
    {"view": 2, "certificate": 3, "decide": 1, "undo": 1, "withdraw": 0.4, "take_back": 1, "machine_read": 3},
)
ALWAYS = {"case": 1.0, "gone": 0.5, "expire": 0.6, "rewrap": 1.0}
PAST_RETENTION = 0.2
"""How many are held whose retention is over at once; the others never expire."""
DRIVERS = ("motor", "pymongo")
UNDO_TIMES = (0.3, 1.0, 3.0, 60.0)
THINKING = 0.02
TRIES = 6


class Board:
    """The submissions in play, written by the run, read by every worker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.active: list[str] = []
        self.over = False

    def read(self) -> None:
        """Look at it again."""
        content = json.loads(self._path.read_text())
        self.active, self.over = content["active"], content["over"]


class Worker:
    """The people of one process."""

    def __init__(self, name: str, seed: int, caller: Caller, board: Board, *, finishing: bool) -> None:
        self._name = name
        self._dice = random.Random(seed)
        self._caller = caller
        self._board = board
        self._finishing = finishing
        self._decided: dict[str, set[str]] = defaultdict(set)
        self._looks: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._closing: dict[str, tuple[str, str]] = {}

    async def run(self) -> None:
        """Act until the board says that it is over; calls begun are ended."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_the_board())
            group.create_task(self._close_due())
            for number in range(ACTORS):
                group.create_task(self._act(f"o-{self._name}-{number}"))

    async def again(self, begun: dict[str, Any]) -> None:
        """Ask again what a kill left without an answer."""
        call, about, details = begun["call"], begun["s"], begun["details"]
        if call not in READS and call not in ("hold", "close_due", "rewrap"):
            await self._persist(call, about, begun["r"], **details)

    async def _read_the_board(self) -> None:
        while not self._board.over:
            await asyncio.sleep(0.03)
            self._board.read()

    async def _close_due(self) -> None:
        while not self._board.over:
            await asyncio.sleep(self._dice.uniform(0.2, 0.8))
            await self._caller.perform("close_due", "")

    async def _act(self, official: str) -> None:
        while not self._board.over:
            await asyncio.sleep(self._dice.expovariate(1 / THINKING))
            if self._board.active:
                await self._one(self._dice.choice(self._board.active), official)

    async def _one(self, sid: str, official: str) -> None:
        if sid not in self._decided:
            self._decided[sid] = set()
            if self._dice.random() < 0.7:
                kind = DUE if self._dice.random() < PAST_RETENTION else "h"
                await self._hold(sid, kind)
                return
        temper = TEMPERS[sum(sid.encode()) % len(TEMPERS)] | ALWAYS
        if self._finishing and sid in self._closing:
            temper = temper | {self._closing[sid][0]: 1.0}
        call = self._dice.choices(list(temper), list(temper.values()))[0]
        if call in ("machine_read", "gone"):
            some = {sid, *self._dice.sample(self._board.active, min(2, len(self._board.active)))}
            await self._caller.perform(call, sorted(some))
        elif call == "rewrap":
            await self._caller.perform(call, sid)
        elif call == "certificate":
            await self._certificate(sid)
        elif call == "undo":
            await self._undo(sid)
        elif call == "view":
            request = self._caller.new_request("v")
            if (await self._persist(call, sid, request, official=official))[0] == "ok":
                self._looks[sid].append((request, official))
        elif call == "decide":
            await self._decide(sid)
        elif call.startswith("finish"):
            await self._persist(call, sid, self._closing[sid][1])
        else:
            await self._look_about(sid, await self._persist(call, sid))

    async def _certificate(self, sid: str) -> None:
        if self._looks[sid]:
            look, looker = self._dice.choice(self._looks[sid])
            await self._caller.perform("certificate", sid, look, official=looker)

    async def _undo(self, sid: str) -> None:
        if self._decided[sid]:
            request = self._dice.choice(sorted(self._decided[sid]))
            ended, _ = await self._persist("undo", sid, request)
            if ended == "ok" and self._dice.random() < 0.8:
                self._decided[sid].discard(request)

    async def _decide(self, sid: str) -> None:
        request = self._caller.new_request("d")
        say_at = (utc_now() + timedelta(seconds=self._dice.choice(UNDO_TIMES))).isoformat()
        ended, _ = await self._persist("decide", sid, request, say_at=say_at)
        if ended == "ok":
            self._decided[sid].add(request)
        if self._dice.random() < 0.05:  # a batch that was interrupted decides its row once more, much later
            await asyncio.sleep(self._dice.uniform(0, 0.5))
            await self._persist("decide", sid, request, say_at=say_at)

    async def _look_about(self, sid: str, outcome: tuple[str, Any]) -> None:
        ended, answer = outcome
        if ended != "ok" or answer[0] != "is":
            return
        _, state, _, decided, _, closing = answer
        if decided:
            self._decided[sid].add(decided)
        for kind, name in CLOSING.items():
            if state == name:
                self._closing[sid] = (f"finish_{kind}", closing)

    async def _hold(self, sid: str, kind: str) -> None:
        """Hold, each time under a name of its own: who asks again seals anew, and learns that it was held before."""
        for _ in range(TRIES):
            ended, _ = await self._caller.perform("hold", sid, self._caller.new_request(kind))
            if not await self._asks_again(ended):
                break

    async def _persist(self, call: str, about: Any, request: str = "", **details: Any) -> tuple[str, Any]:
        """Ask, and where the answer was lost, nearly always ask the same again until there is one."""
        request = request or self._caller.new_request(call[0])
        for _ in range(TRIES):
            ended, answer = await self._caller.perform(call, about, request, **details)
            if not await self._asks_again(ended):
                break
        return ended, answer

    async def _asks_again(self, ended: str) -> bool:
        if ended != "info" or self._dice.random() < 0.1:
            return False
        await asyncio.sleep(self._dice.expovariate(20))
        return True


def _unsaid(*_: Event | None) -> None:
    """Without a bus an event stays owed in the document, where the checker finds it."""


async def main(name: str, seed: int) -> None:
    """Play until the board says that it is over."""
    driver = DRIVERS[int(name) % len(DRIVERS)]
    settings = Settings(_env_file=None).model_copy(update={"mongo_driver": driver})
    folder = Path(os.environ["GATE_HISTORY"])
    path = folder / f"worker-{name}.jsonl"
    left = unanswered(path)
    journal = Journal(path)
    wiring = Wiring.of(settings)
    gate = wiring.gate
    bus = None if os.environ.get("GATE_BUS") == "none" else Bus(settings, "dashboard")
    said: list[asyncio.Task[None]] = []
    soon = _unsaid
    if bus is not None:
        await bus.broker.start()
        outbox = Outbox(gate.owed, bus.say, SAYS, wiring.clock)
        said.append(asyncio.create_task(outbox.run()))
        soon = outbox.soon
    life = f"{name}.{time.monotonic_ns() // 1_000_000}"
    board = Board(folder / "board.json")
    board.read()
    caller = Caller(life, journal, gate, wiring.vault, wiring.keyring, soon)
    worker = Worker(name, seed ^ os.getpid(), caller, board, finishing=bus is None)
    for record in left:
        journal.write({"is": "info", "op": record["op"], "t": record["t"], "why": "killed"})
    await asyncio.gather(*(worker.again(record) for record in left))
    await worker.run()
    os._exit(0)  # crash-only: what is still to be said stands in the store


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
