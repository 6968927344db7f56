"""One worker process, seen from outside: nothing it sends is believed further than its length allows."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import NamedTuple, Self, cast, get_args

from pydantic import JsonValue
from pydantic_core import from_json

from shared.errors import Unavailable
from shared.facts import UnreadableReason
from shared.sandbox.frames import ANSWER, DOCUMENT, DONE, READY, STOPPED, TAKEN
from shared.sandbox.limits import Limits

_MODULE = "shared.sandbox.worker"
_GONE = (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError)


class NotTaken(Exception):
    """The worker died before it took the document, which is therefore not to blame."""


class Verdict(NamedTuple):
    """What became of one document, and whether its worker may go on."""

    result: JsonValue = None
    reason: UnreadableReason | None = None
    healthy: bool = False


class _TooLong(Exception):
    """The worker announced more than it may send."""


class Process:
    """A worker that has reported ready."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a worker needs both pipes")
        self._process, self._limits = process, limits
        self._requests, self._answers = process.stdin, process.stdout
        self.documents = 0
        self.isolation: tuple[str, ...] = ()

    @classmethod
    async def start(cls, task: str, setup: Mapping[str, JsonValue], limits: Limits) -> Self:
        """Spawn a worker with an empty environment in a session of its own; raises Unavailable if it is not ready."""
        spawned = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", _MODULE, task),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            start_new_session=True,
            limit=1 << 20,
        )
        self = cls(spawned, limits)
        try:
            async with asyncio.timeout(limits.start_seconds):
                await self._send(json.dumps(setup).encode(), b"")
                kind, payload = await self._receive()
                if kind != READY:
                    raise Unavailable("jail:worker_not_ready")
        except (*_GONE, TimeoutError, _TooLong):
            await self.kill()
            raise Unavailable("jail:worker_not_ready") from None
        except BaseException:
            await self.kill()
            raise
        self.isolation = tuple(from_json(payload))
        return self

    async def run(self, document: bytes, arguments: Mapping[str, JsonValue]) -> Verdict:
        """Hand the document in and return its verdict; raises NotTaken if the worker was dead already.

        On cancellation the worker must be taken for lost: the caller kills it.
        """
        self.documents += 1
        taken = False
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                await self._send(json.dumps(arguments).encode(), document)
                taken = (await self._receive())[0] == TAKEN
                return _read(*await self._receive())
        except TimeoutError:
            return Verdict(reason="time_limit")
        except _TooLong:
            return Verdict(reason="output_limit")
        except _GONE:
            code = await self.kill()
            if not taken:
                raise NotTaken from None
            return Verdict(reason=_cause_of_death(code))

    async def kill(self) -> int:
        """End the worker and everything it started; return its exit status, negative for a signal. May be repeated."""
        if self._process.returncode is None:
            # A worker that has just closed its pipes is already dying of its own cause, which is worth knowing.
            with contextlib.suppress(TimeoutError):
                if self._answers.at_eof():
                    await asyncio.wait_for(self._process.wait(), 1.0)
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        code = await self._process.wait()
        # The pipes' ends on this side; asyncio closes them only when it next reads, which for a dead worker is never.
        self._process._transport.close()  # type: ignore[attr-defined]
        return code

    async def _send(self, arguments: bytes, document: bytes) -> None:
        self._requests.writelines((DOCUMENT.pack(len(arguments), len(document)), arguments, document))
        await self._requests.drain()

    async def _receive(self) -> tuple[bytes, bytes]:
        kind, length = ANSWER.unpack(await self._answers.readexactly(ANSWER.size))
        if length > self._limits.output_bytes:
            raise _TooLong
        return kind, await self._answers.readexactly(length)


def _read(kind: bytes, payload: bytes) -> Verdict:
    """Return the verdict a worker's last answer gives; anything malformed means the reader failed."""
    if kind == STOPPED and (reason := payload.decode("ascii", "replace")) in get_args(UnreadableReason):
        return Verdict(reason=cast("UnreadableReason", reason))
    if kind != DONE:
        return Verdict(reason="reader_failed")
    try:
        return Verdict(result=from_json(payload, allow_inf_nan=False), healthy=True)
    except ValueError:
        return Verdict(reason="reader_failed")


def _cause_of_death(code: int) -> UnreadableReason:
    if code == -signal.SIGXCPU:
        return "time_limit"
    # SIGKILL before the pipes close is the kernel's, for want of memory; SIGABRT is how a C++ library ends when it gets
    # none (std::bad_alloc), which from outside cannot be told from a failed assertion.
    return "memory_limit" if code in (-signal.SIGKILL, -signal.SIGABRT) else "reader_failed"
