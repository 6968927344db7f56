"""Writing the access log: accesses of one process, chained in its strand; those that come at once with one write.

Only this process writes to its strand, and each place can be taken once, so two writers cannot fork it. Where it is not
known how a write ended, the strand is given up and the next access opens another: what may still land there extends the
old strand's end and changes nothing else. After some weeks a strand is ended and another begun, so that it can be
dropped when it is old.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import structlog
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.audit import checkpoints
from shared.audit.access import Access
from shared.audit.chain import Head, is_full, opening
from shared.audit.checkpoints import CheckpointSigner
from shared.clock import Clock
from shared.ending import ended
from shared.errors import Unavailable
from shared.logs import error_fields
from shared.mongo import DUPLICATE_KEY, Database, adapting

_MOST = 200
"""Accesses written at once, at most."""


class _Waiting(NamedTuple):
    access: Access
    written: asyncio.Future[None]


class Journal:
    """The log of one process."""

    def __init__(
        self, database: Database, clock: Clock, *, writer: str, keys: Path, folder: Path, every: float
    ) -> None:
        """Take the log's own database, which service writes, its keys, and where to sign checkpoints how often."""
        self._strands = database.get_collection("strands")
        self._entries = database.get_collection("entries")
        self._clock = clock
        self.writer = writer
        self._keys = keys
        self._folder = folder
        self._every = every
        self._signer: CheckpointSigner | None = None
        self._head: Head | None = None
        """Where the next entry goes; None before the first, and once it is in doubt."""
        self._opened_at: datetime | None = None
        self._begun: tuple[Head, datetime] | None = None
        """A strand that was opened, and when, of which it is not signed yet that it is open."""
        self._known: Head | None = None
        """The last head that is known to be written."""
        self._signed: Head | None = None
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Load the key and make the indexes. Raises `AuditKeyError`, `Unavailable`."""
        self._signer = CheckpointSigner.load(self._keys)
        async with adapting():
            await self._entries.create_index("act", unique=True, sparse=True)
            await self._entries.create_index([("submissions", 1), ("at", -1)])
            await self._entries.create_index([("whole_programme", 1), ("at", -1)], sparse=True)
            await self._entries.create_index([("programme_id", 1), ("part_of", 1)], sparse=True)
            await self._entries.create_index([("official", 1), ("at", 1)], sparse=True)

    async def append(self, *accesses: Access) -> None:
        """Write accesses down; when this returns they are durable. An act that is there already is not written again.

        Raises `Unavailable` where that is not known: then nothing may be shown.
        """
        loop = asyncio.get_running_loop()
        mine = [_Waiting(access, loop.create_future()) for access in accesses]
        self._waiting += mine
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        for outcome in await asyncio.gather(*(one.written for one in mine), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    @asynccontextmanager
    async def signing(self) -> AsyncIterator[None]:
        """Sign a checkpoint now and then, and one that ends the strand when this ends."""

        async def ever() -> None:
            while True:
                await asyncio.sleep(self._every)
                await self._try_to_sign()

        task = asyncio.create_task(ever())
        try:
            yield
        finally:
            await ended(task)
            await asyncio.gather(*([self._writing] if self._writing else []), return_exceptions=True)
            await self._try_to_sign(final=self._head is not None)  # unless a write in doubt may still land behind it
            self._head = self._known = self._begun = None

    async def sign(self, *, final: bool = False) -> None:
        """Sign how far the strand is known to be written, if that is further than before. Raises `OSError`."""
        known = self._known
        if known is None or (known == self._signed and not final):
            return
        line = self._key().line(known, self._clock(), final=final)
        await asyncio.to_thread(checkpoints.append, self._folder, known.strand, line)
        self._signed = known

    def _key(self) -> CheckpointSigner:
        self._signer = self._signer or CheckpointSigner.load(self._keys)
        return self._signer

    async def _try_to_sign(self, *, final: bool = False) -> None:
        try:
            await self.sign(final=final)
        except OSError as error:  # what was done is in the log all the same, so work goes on
            structlog.get_logger(service=self.writer).error("checkpoint-not-written", **error_fields(error))

    async def _write_all(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                await self._write([one.access for one in taken])
            except Exception as error:
                for one in taken:
                    if not one.written.done():
                        one.written.set_exception(error)
            else:
                for one in taken:
                    if not one.written.done():
                        one.written.set_result(None)

    async def _write(self, accesses: Sequence[Access]) -> None:
        left = accesses
        while left:
            await self._end_if_full()
            head, self._head = self._head or await self._open(), None  # in doubt until it is known how this ends
            documents, heads = [], [head]
            for access in left:
                document, head = heads[-1].next(access)
                documents.append(document)
                heads.append(head)
            written = len(documents)
            try:
                async with adapting():
                    await self._entries.insert_many(documents)
            except BulkWriteError as error:
                first = error.details["writeErrors"][0]
                if first["code"] != DUPLICATE_KEY:
                    raise
                written = first["index"]
            self._known, left = heads[written], left[written:]
            if left:
                there = await self._hash_at(documents[written]["_id"])
                if there == documents[written]["hash"]:  # ours: the driver has sent it twice
                    self._known = heads[written + 1]
                elif there is not None:
                    continue  # the place is taken: this strand is no longer ours
            self._head, left = self._known, left[1:]  # otherwise it is the act that was there already

    async def _hash_at(self, place: str) -> str | None:
        async with adapting():
            found = await self._entries.find_one({"_id": place}, {"hash": 1})
        return found["hash"] if found else None

    async def _end_if_full(self) -> None:
        if self._head and self._opened_at and is_full(self._head, self._opened_at, self._clock()):
            await self._try_to_sign(final=True)
            self._head = None

    async def _open(self) -> Head:
        """Open a strand, and sign that it is open before anything is written to it.

        Raises `Unavailable`, also where no checkpoint can be written: then it is signed the next time, so that however
        often that is tried there is one strand more.
        """
        if self._begun is None or is_full(*self._begun, self._clock()):
            self._begun = await self._begin()
        head, at = self._begun
        try:
            await self.sign()
            self._known, self._opened_at = head, at
            await self.sign()
        except OSError:
            raise Unavailable("audit:checkpoint_not_written") from None
        self._begun = None
        return head

    async def _begin(self) -> tuple[Head, datetime]:
        writer = f"{self.writer} {socket.gethostname()} {os.getpid()}"
        while True:
            async with adapting():
                last = await self._strands.find_one({}, sort=[("_id", -1)])
            at = self._clock()
            document, head = opening(last["_id"] + 1 if last else 1, writer, at, last["hash"] if last else "")
            try:
                async with adapting():
                    await self._strands.insert_one(document)
            except DuplicateKeyError:
                continue
            return head, at
