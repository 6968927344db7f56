"""The outside of the jail: hand a document in, get its outcome; whatever happens inside stays the document's own."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from pydantic import JsonValue

from shared.errors import Unavailable
from shared.facts import UnreadableReason
from shared.sandbox.limits import Limits
from shared.sandbox.process import NotTaken, Process, Verdict

_TRIES = 3
"""How many fresh workers may die before taking a document until the jail itself is taken to be broken."""


class Done(NamedTuple):
    """The task's result, as JSON that came from the hostile side: validate it."""

    result: JsonValue


class Stopped(NamedTuple):
    """The document was given up, and why."""

    reason: UnreadableReason


class Jail:
    """A pool of warm worker processes, each reading one document at a time.

    `task` is `package.module:function` (see `shared.sandbox.worker`), `prepare` is what its module's `prepare` gets,
    and `search` are folders to import it from beside the installed packages. Use it as `async with`, or `start` and
    `stop`.
    """

    def __init__(
        self,
        task: str,
        *,
        workers: int = 1,
        limits: Limits | None = None,
        prepare: Mapping[str, JsonValue] | None = None,
        search: Sequence[Path] = (),
    ) -> None:
        self.isolation: tuple[str, ...] = ()
        """What the workers gave up, as codes of `shared.sandbox.isolation`; empty until started."""
        self._task, self._workers, self._limits = task, workers, limits or Limits()
        self._setup: dict[str, JsonValue] = {
            "limits": self._limits.model_dump(),
            "prepare": dict(prepare or {}),
            "search": [str(folder) for folder in search],
        }
        self._free: asyncio.Queue[Process | None] = asyncio.Queue()  # None stands for a worker still to be started
        self._all: set[Process] = set()
        self._replacing: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start every worker and wait until all are ready; raises Unavailable when one cannot be."""
        self._stopped = False
        self._empty()
        try:
            started = await asyncio.gather(*(self._spawn() for _ in range(self._workers)), return_exceptions=True)
            for process in started:
                if isinstance(process, BaseException):
                    raise process
                self._free.put_nowait(process)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Kill every worker; documents still inside end as Unavailable for whoever waits for them."""
        self._stopped = True
        for task in list(self._replacing):
            task.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        await asyncio.gather(*(process.kill() for process in list(self._all)))
        self._all.clear()
        self._empty()
        self._free.put_nowait(None)  # wakes whoever still waits, one after another, to be told

    async def run(self, document: bytes, arguments: Mapping[str, JsonValue]) -> Done | Stopped:
        """Run the task on `document` in the next free worker and return its outcome.

        Raises Unavailable when no worker can be started, or the jail is being stopped: the document is not to blame. A
        cancelled run kills its worker.
        """
        if len(document) > self._limits.document_bytes:
            return Stopped("memory_limit")
        for _ in range(_TRIES):
            process = await self._free.get()
            healthy = False
            try:
                process = process or await self._spawn()
                verdict = await process.run(document, arguments)
                if self._stopped:  # whatever the verdict, it may be the jail's own doing
                    raise Unavailable("jail:stopped")
                healthy = verdict.healthy and process.documents < self._limits.documents_per_worker
                return _outcome(verdict)
            except NotTaken:
                continue  # the document goes to a fresh worker
            finally:
                self._give_back(process, healthy=healthy)
        raise Unavailable("jail:workers_keep_dying")

    async def _spawn(self) -> Process:
        if self._stopped:
            raise Unavailable("jail:stopped")
        process = await Process.start(self._task, self._setup, self._limits)
        self._all.add(process)
        self.isolation = process.isolation
        return process

    def _empty(self) -> None:
        while not self._free.empty():
            self._free.get_nowait()

    def _give_back(self, process: Process | None, *, healthy: bool) -> None:
        if healthy or self._stopped:
            self._free.put_nowait(process)
            return
        replacing = asyncio.create_task(self._replace(process))
        self._replacing.add(replacing)
        replacing.add_done_callback(self._replacing.discard)

    async def _replace(self, process: Process | None) -> None:
        """End `process` and put a fresh one in its place; whoever waits for a free worker then gets that one."""
        fresh: Process | None = None
        try:
            if process is not None:
                await process.kill()
                self._all.discard(process)  # not before: `stop` ends whatever this was cancelled in the middle of
            fresh = await self._spawn()
        except Unavailable:
            pass  # the place is given back empty, and the next document tries again and is told
        finally:
            self._free.put_nowait(fresh)


def _outcome(verdict: Verdict) -> Done | Stopped:
    return Stopped(verdict.reason) if verdict.reason else Done(verdict.result)
