"""Carries out selection runs beside the service's other work: one at a time, in processes, and again after a crash."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver, get_context
from time import perf_counter

import structlog

from services.eligibility.questions import Question
from services.eligibility.screenings import answer_of
from services.eligibility.selection import work
from services.eligibility.selection.deciding import Known, Pinned
from services.eligibility.selection.digest import Result, Tally, row_of
from services.eligibility.selection.lottery import BadSeed, seed_of
from services.eligibility.selection.ranking import EVERYBODY, Draw
from services.eligibility.store import Groups
from services.eligibility.store.runs import LEASE, Lease, Runs
from shared.catalog import Catalog, Programme
from shared.ending import ended
from shared.errors import Unavailable
from shared.events import Event, SelectionCompleted, SelectionRequested, SelectionRows
from shared.gate import stretches
from shared.logs import error_fields
from shared.uptake import Uptake
from shared.wiring import Wiring

LOOK_SECONDS = 1.0
PER_STRETCH = 2_000
"""Submissions that a process holds at once, about."""
MOST_TRIES = 3
_PROCESSES = get_context("forkserver")
"""Processes begin as copies of one that does nothing but wait with everything loaded: loading takes about a second."""
_PROCESSES.set_forkserver_preload(["services.eligibility.selection.waiting"])
_SAID_AT_ONCE = 8


class _Failed(Exception):
    """There is no draft to be had of this request; its code says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass
class Spent:
    """What a run cost: seconds by the wall, in all and by part; a part is the mean over the processes that did it."""

    all: float = 0.0
    parts: Counter[str] = field(default_factory=Counter)
    cpu: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds of processor time to decide, and to rank and write, of all processes together."""
    peak: Counter[str] = field(default_factory=Counter)
    """The most memory that any one process held to decide, and to rank, in KiB."""

    def add(self, done: work.Stretch | work.Ranked, shared_by: int) -> None:
        """Count what one process did of a part that so many did together."""
        for name, value in done.seconds._asdict().items():
            self.parts[name] += value / shared_by
        name = "decide" if isinstance(done, work.Stretch) else "rank"
        self.cpu[name] += done.cpu
        self.peak[name] = max(self.peak[name], done.peak)


@dataclass(frozen=True)
class Selections:
    """What runs need of the world; `say` publishes, `workers` is how many processes decide."""

    wiring: Wiring
    catalog: Catalog
    runs: Runs
    groups: Groups
    say: Callable[[Iterable[Event]], Awaitable[None]]
    workers: int
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self) -> None:
        """Start what processes are copied from; harmless when repeated."""
        await asyncio.to_thread(forkserver.ensure_running)

    async def request(self, events: Sequence[SelectionRequested]) -> None:
        """Write down what was asked, and begin soon. Raises `Unavailable`."""
        await self.runs.request(events, self.wiring.clock())
        self.asked.set()

    async def run(self) -> None:
        """Carry out for ever whatever was asked, also what another process left undone."""
        log = structlog.get_logger(service="eligibility")
        while True:
            self.asked.clear()
            try:
                for run_id in await self.runs.unfinished(self.wiring.clock()):
                    await self.carry_out(run_id)
            except Unavailable as error:
                log.warning("selection-waits", **error_fields(error))
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.asked.wait()
            except TimeoutError:
                continue

    async def carry_out(self, run_id: str) -> None:
        """Carry out one run, unless somebody else does. One that fails is tried again, a few times.

        Raises `Unavailable`.
        """
        lease = await self.runs.lease(run_id, self.wiring.clock())
        if lease is None:
            return
        try:
            async with self._kept(lease):
                if lease.result is None:
                    lease = await self.runs.complete(lease, await self._result(lease), self.wiring.clock())
                await self._say(lease)
                await self.runs.finish(lease)
        except (Unavailable, asyncio.CancelledError):
            await self.runs.renew(lease, self.wiring.clock())
            raise
        except Exception as error:
            structlog.get_logger(service="eligibility").error("selection-failed", run_id=run_id, **error_fields(error))
            await self.runs.give_back(lease, self.wiring.clock())

    async def pinned(self, programme: Programme, request: SelectionRequested) -> Pinned:
        """Give all that a run rests on beside the submissions, as it stands now. Raises `Unavailable`."""
        asked = await self.wiring.questions.ever_answered()
        known = {one.question_id: Known(answer_of(one), one.revision) for one in asked}
        texts = {one.question_id: Question.model_validate(one.text) for one in asked if one.text is not None}
        questions = {text: known[name] for name, text in texts.items()}
        blank = {name: known[name] for name in known.keys() - texts.keys()}
        return Pinned(programme, request.as_of, questions, await self.groups.eventful(), blank)

    async def decide(
        self, pinned: Pinned, run_id: str, token: str, draw: Draw | None, cut: Sequence[tuple[str, str]] = ()
    ) -> tuple[Result, Spent]:
        """Decide and rank a whole programme and write the rows under a lease; all of it in processes of their own.

        `cut` says in which stretches it is read, and in which order; that changes nothing. Raises `Unavailable`.
        """
        began, spent = perf_counter(), Spent()
        await self.wiring.gate.read_whole(pinned.programme.id, run_id)
        cut = cut or stretches(max(self.workers, await self.wiring.gate.about() // PER_STRETCH))
        pool = ProcessPoolExecutor(self.workers, _PROCESSES, work.prepare, (self.wiring.settings, pinned))
        try:
            doing = {start: asyncio.wrap_future(pool.submit(work.decide_stretch, start, end)) for start, end in cut}
            for stretch in await asyncio.gather(*doing.values()):
                spent.add(stretch, self.workers)
            decided = [doing[start].result()[:2] for start in sorted(doing)]
            ranked = await asyncio.wrap_future(pool.submit(work.settle, run_id, token, decided, draw))
            spent.add(ranked, 1)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        spent.all = perf_counter() - began
        return ranked.result, spent

    async def _result(self, lease: Lease) -> Result:
        if lease.tries >= MOST_TRIES:
            return Result(failed="selection:gave_up")
        await Uptake.of(self.wiring, self.catalog).know_version(lease.request.programme_id, lease.request.rule_version)
        try:
            programme, draw = self._asked_for(lease.request)
        except _Failed as failure:
            return Result(failed=failure.code)
        pinned = await self.pinned(programme, lease.request)
        result, _ = await self.decide(pinned, lease.run_id, lease.token, draw)
        return result

    def _asked_for(self, request: SelectionRequested) -> tuple[Programme, Draw | None]:
        programme = self.catalog.versions.get((request.programme_id, request.rule_version))
        if programme is None:
            raise _Failed("programme:version_unknown")
        if "lottery" not in (programme.selection or EVERYBODY).order:
            return programme, None
        try:
            return programme, Draw(seed_of(request.seed or ""), request.public_value)
        except BadSeed:
            raise _Failed("lottery:no_seed") from None

    async def _say(self, lease: Lease) -> None:
        """Say all rows, then that they are all; the counts are of what was said, in which some may be gone by now."""
        request, result, tally = lease.request, lease.result, Tally()
        if result is None or lease.completed_at is None:
            raise AssertionError("a run is said once it has a result")
        numbers = range(len(result.firsts))
        for start in numbers[::_SAID_AT_ONCE]:
            events = []
            for number in numbers[start : start + _SAID_AT_ONCE]:
                lines = await self.runs.rows(lease, number)
                tally.add(lines)
                events.append(_rows_said(lease, number, lines))
            await self.say(events)
        done = SelectionCompleted.because_of(
            request,
            run_id=request.run_id,
            at=lease.completed_at,
            programme_id=request.programme_id,
            rule_version=request.rule_version,
            as_of=request.as_of,
            received=tally.received,
            portions=len(numbers),
            classes=tally.classes,
            standings=tally.standings,
            digest=result.digest,
            failed=result.failed,
        )
        await self.say([done])

    @asynccontextmanager
    async def _kept(self, lease: Lease) -> AsyncIterator[None]:
        """Keep the lease while this is worked on, however long that is."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE.total_seconds() / 4)
                with suppress(Unavailable):
                    await self.runs.renew(lease, self.wiring.clock() + LEASE)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            await ended(renewing)


def _rows_said(lease: Lease, number: int, lines: Sequence[str]) -> SelectionRows:
    return SelectionRows.because_of(
        f"{lease.request.event_id}|{number}",
        run_id=lease.run_id,
        at=lease.completed_at,
        portion=number,
        rows=tuple(row_of(text) for text in lines),
    )
