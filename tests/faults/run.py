"""One run: an installation, and one fault after another under load, each judged when it is quiet again."""

import asyncio
import os
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymongo.errors
from aiokafka.errors import KafkaError

from deploy.gubi.installation import Installation
from shared.errors import Unavailable
from tests.faults.judging import Seen, Verdict, judge
from tests.faults.ledger import Ledger, Sent, read_back
from tests.faults.load import Load
from tests.faults.report import Figures, figures, line
from tests.faults.scene import Fault, Scene
from tests.faults.watching import Watch

QUIET = 180.0
"""Seconds after which what has not come is lost."""
OPENED = 2
"""Submissions taken back of which everything there is is tried on all keys, by fault: each is a search of the store."""
BEFORE = 3.0
Say = Callable[[str], None]


@dataclass
class Plan:
    """What a run is to do."""

    faults: Sequence[Fault]
    seconds: float
    rate: float = 3.0
    seed: int = 1


@dataclass
class Run:
    """A run under way."""

    place: Installation
    plan: Plan
    say: Say
    done: dict[str, Figures] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Submissions of the faults before."""

    async def go(self, after_each: Callable[[Mapping[str, Figures]], None] = lambda _: None) -> Mapping[str, Figures]:
        """Let them happen; `after_each` is given what there is so far."""
        async with Watch(self.place.settings) as watch:
            for number, fault in enumerate(self.plan.faults, start=1):
                self.say(f"{number} of {len(self.plan.faults)}: {fault.name}.")
                self.done[fault.name] = await self._one(fault, watch)
                self.say(line(fault.name, self.done[fault.name]))
                after_each(self.done)
        return self.done

    async def _one(self, fault: Fault, watch: Watch) -> Figures:
        began, dice = time.monotonic(), random.Random(f"{self.plan.seed}/{fault.name}")
        ledger = Ledger(self.place.folder / "ledgers" / f"{fault.name}.jsonl")
        scene = Scene(self.place, watch, ledger, dice, self.plan.seconds, self.say)
        load = Load(self.place, ledger, dice, self.plan.rate)
        failed = ""
        async with load.going():
            await asyncio.sleep(BEFORE)
            try:
                await fault.happen(scene)
            except AssertionError as error:
                failed = f"it did not bite: {error}"
            await asyncio.sleep(fault.after)
        account = await asyncio.to_thread(read_back, ledger.path)
        verdict = await self._when_quiet(watch, list(account.sent.values()))
        recovered = await scene.recovered()
        counted: dict[str, Any] = {"seconds": round(time.monotonic() - began, 1), "done": dict(scene.counted)}
        counted["load_of_the_machine"] = round(os.getloadavg()[1], 1)
        self.known |= {name for sent in account.sent.values() for name in (sent.would_be, *sent.names)}
        return figures(account, verdict, recovered, counted, failed)

    async def _when_quiet(self, watch: Watch, sent: Sequence[Sent]) -> Verdict:
        deadline = time.monotonic() + QUIET
        while True:
            try:
                found = await self._judged(watch, sent)
            except (KafkaError, Unavailable, pymongo.errors.PyMongoError):
                found = None
            if found is not None and (not found.lost or time.monotonic() > deadline):
                break
            await asyncio.sleep(1.0)
        gone = [name for one in sent for name in one.names if one.last.get("take back") == "acknowledged"]
        return await self._judged(watch, sent, gone[:OPENED]) or found

    async def _judged(self, watch: Watch, sent: Sequence[Sent], opening: Collection[str] = ()) -> Verdict | None:
        if not await watch.level():
            return None
        seen: Seen = await watch.seen(opening)
        return judge(sent, seen, self.known)
