"""The erasure log and the store, held against each other: what the log says is destroyed must be so in the store.

It is not where a backup was restored; then nothing may be served until `gubi reapply-erasures` has run. Two things
show it, and neither can be forgotten by a person: the last erasures of the log are looked up at the gate whenever a
service starts, and the store remembers how long the log was, so that a log left behind is missed.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from pymongo.errors import DuplicateKeyError

from shared.erasures.log import Erasure, ErasureLog, ErasureLogError, Head
from shared.errors import Unavailable
from shared.mongo import Database, adapting

_LOG = "log"
_RESTORING = "restoring"
"""Stands while a restore is not over: half a store serves nobody."""


class _Gate(Protocol):
    async def not_in_force(self, erasures: Sequence[Erasure]) -> int: ...


class Erasures:
    """What was put beyond reach, for good."""

    def __init__(self, log: ErasureLog, database: Database) -> None:
        """Take the log, and the gate's database, which remembers its length."""
        self.log = log
        self._marks = database.get_collection("erasures")

    async def append(self, erasures: Sequence[Erasure]) -> None:
        """Have these on the disk when this returns. Said again is written again, which is harmless.

        Raises `Unavailable` where the log cannot be written or is damaged: what is to be said waits for a whole one.
        """
        if not erasures:
            return
        try:
            head = await asyncio.to_thread(self.log.append, erasures)
        except OSError:
            raise Unavailable("erasure_log:not_written") from None
        except ErasureLogError as error:
            raise Unavailable(error.code) from None
        shorter = {"_id": _LOG, "length": {"$lt": head.length}}
        try:
            async with adapting():
                await self._marks.update_one(shorter, {"$set": head._asdict()}, upsert=True)
        except DuplicateKeyError:
            pass  # another process has written more since

    async def restoring(self, *, over: bool) -> None:
        """Forbid every service to start from now on, or, when a restore is `over`, no longer. Raises `Unavailable`."""
        async with adapting():
            if over:
                await self._marks.delete_one({"_id": _RESTORING})
            else:
                await self._marks.update_one({"_id": _RESTORING}, {"$set": {"begun": True}}, upsert=True)

    async def check(self, gate: _Gate) -> None:
        """Raise `ErasureLogError` unless all that the log says is destroyed is so in this store, and it is whole."""
        async with adapting():
            if await self._marks.find_one({"_id": _RESTORING}):
                raise ErasureLogError("erasure_log:restoring")
        await self.compare(gate)

    async def compare(self, gate: _Gate) -> None:
        """Raise `ErasureLogError` unless all that the log says is destroyed is so in this store."""
        async with adapting():
            found = await self._marks.find_one({"_id": _LOG})
        known = Head(found["length"], found["digest"]) if found else Head()
        head, lines = await asyncio.to_thread(self.log.latest)
        digests = {line.head.length: line.head.digest for line in lines}
        if head.length < known.length or digests.get(known.length, known.digest) != known.digest:
            raise ErasureLogError("erasure_log:another")
        if await gate.not_in_force([line.erasure for line in lines]):
            raise ErasureLogError("erasure_log:not_applied")
