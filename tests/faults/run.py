"""One run: an installation, and one fault after another under load, each judged when it is quiet again, and all of them
once more at the end, so that what came late is seen.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pymongo.errors
from aiokafka.errors import KafkaError

from deploy.gubi.installation import Installation
from deploy.trouble import Trouble
from shared.errors import Unavailable
from tests.faults.judging import Verdict, judge
from tests.faults.ledger import Account, Ledger, Sent, read_back
from tests.faults.load import Load
from tests.faults.report import Figures, Recovered, figures
from tests.faults.scene import Fault, Scene
from tests.faults.sink import both, judge_sink, repeated
from tests.faults.table import line
from tests.faults.watching import Watch

QUIET = 180.0
"""Seconds after which what has not come is lost."""
ASKED_FOR = 60.0
"""Seconds that broker, store and apps have to say what is there."""
LATE = 15.0
"""Seconds of quiet after the last fault, before all ledgers are judged again."""
OPENED = 2
"""Submissions taken back of which everything there is is tried on all keys, by fault: each is a search of the store."""
BEFORE = 3.0
AWAY = (KafkaError, Unavailable, pymongo.errors.PyMongoError, httpx.HTTPError, TimeoutError)
Say = Callable[[str], None]


@dataclass
class Plan:
    """What a run is to do."""

    faults: Sequence[Fault]
    seconds: float
    rate: float = 3.0
    seed: int = 1


@dataclass(frozen=True)
class Judged:
    """All that is known of a fault that happened."""

    account: Account
    verdict: Verdict
    recovered: Sequence[Recovered]
    counted: Mapping[str, Any]
    failed: str

    def figures(self, later: Verdict | None = None) -> Figures:
        """What goes into the report; `later` is what was found when all was judged again."""
        whole = both(self.verdict, later) if later else self.verdict
        found = figures(self.account, whole, self.recovered, self.counted, self.failed)
        late = sorted((whole.lost.keys() - self.verdict.lost) | (whole.doubled.keys() - self.verdict.doubled))
        return found | {"seen_late": late}


@dataclass
class Run:
    """A run under way."""

    place: Installation
    plan: Plan
    say: Say
    judged: dict[str, Judged] = field(default_factory=dict)

    async def go(self, after_each: Callable[[Mapping[str, Figures]], None] = lambda _: None) -> Mapping[str, Figures]:
        """Let them happen; `after_each` is given what there is so far.

        Raises `Trouble` where it never becomes quiet, or nobody reads the topics any more: then nothing can be judged.
        """
        done: dict[str, Figures] = {}
        async with Watch(self.place.settings, self.place.url("wallet_simulator")) as watch:
            for number, fault in enumerate(self.plan.faults, start=1):
                self.say(f"{number} of {len(self.plan.faults)}: {fault.name}.")
                self.judged[fault.name] = await self._one(fault, watch)
                done[fault.name] = self.judged[fault.name].figures()
                self.say(line(fault.name, done[fault.name]))
                after_each(done)
            await asyncio.sleep(LATE)
            done |= await self._again(watch)
            after_each(done)
        return done

    async def _one(self, fault: Fault, watch: Watch) -> Judged:
        began, dice = time.monotonic(), random.Random(f"{self.plan.seed}/{fault.name}")
        ledger = Ledger(self.place.folder / "ledgers" / f"{fault.name}.jsonl")
        scene = Scene(self.place, watch, ledger, dice, self.plan.seconds, self.say)
        load, broken = Load(self.place, watch, ledger, dice, self.plan.rate), watch.broken.total()
        failed = ""
        async with load.going():
            await asyncio.sleep(BEFORE)
            try:
                await fault.happen(scene)
            except AssertionError as error:
                failed = f"it did not bite: {error}"
            await asyncio.sleep(fault.after)
        account = await asyncio.to_thread(read_back, ledger.path)
        verdict, more = await self._when_quiet(watch, list(account.sent.values()))
        recovered = await scene.recovered()
        counted: dict[str, Any] = {
            "what": fault.what,
            "seconds": round(time.monotonic() - began, 1),
            "done": dict(scene.counted),
            "skipped": load.skipped,
            "webhooks_repeated_under_one_id": more,
            "reader_made_anew": watch.broken.total() - broken,
            "load_of_the_machine": round(os.getloadavg()[1], 1),
        }
        return Judged(account, verdict, recovered, counted, failed or load.broken)

    async def _again(self, watch: Watch) -> Mapping[str, Figures]:
        """Judge every ledger once more, by what is there at the end."""
        everybody = [sent for one in self.judged.values() for sent in one.account.sent.values()]
        await self._when_quiet(watch, everybody)
        seen, received = await watch.seen(), await watch.received()
        found = {}
        for name, one in self.judged.items():
            sent = list(one.account.sent.values())
            others = _names(other for other in everybody if other.key not in one.account.sent)
            found[name] = one.figures(both(judge(sent, seen, others), judge_sink(sent, seen, received, others)))
        return found

    async def _when_quiet(self, watch: Watch, sent: Sequence[Sent]) -> tuple[Verdict, int]:
        """Give the verdict, as soon as nothing is missing or it has taken too long, and how many webhooks came twice.

        Raises `Trouble` where it could not even be judged.
        """
        deadline = time.monotonic() + QUIET
        while True:
            late = time.monotonic() > deadline
            try:
                async with asyncio.timeout(ASKED_FOR):
                    if await watch.level():
                        found, twice = await self._judged(watch, sent, by_all=late)
                        if late or not found.lost:
                            return found, twice
                    waits_for = "the topics to be read to their ends"
            except AWAY as error:
                waits_for = f"broker, store and apps to say what is there ({type(error).__name__})"
            if late:
                raise Trouble(f"It did not become quiet in {QUIET:.0f} s: the run waited for {waits_for}, and ends.")
            await asyncio.sleep(1.0)

    async def _judged(self, watch: Watch, sent: Sequence[Sent], *, by_all: bool) -> tuple[Verdict, int]:
        """Judge by gate, queue and topics; where nothing is missing there, or by all means, by keys and apps too."""
        others = _names(other for one in self.judged.values() for other in one.account.sent.values())
        found = judge(sent, await watch.seen(), others)
        if found.lost and not by_all:
            return found, 0
        gone = [name for one in sent for name in one.names if one.last.get("take back") == "acknowledged"]
        seen, received = await watch.seen(gone[:OPENED]), await watch.received()
        return both(judge(sent, seen, others), judge_sink(sent, seen, received, others)), repeated(received)


def _names(sent: Iterable[Sent]) -> Collection[str]:
    return {name for one in sent for name in (one.would_be, *one.names)}
