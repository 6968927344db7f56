"""Draining a service: an operator's wish, kept in the service's own database, which all its processes follow.

A drained service takes no record, and its group is empty; its processes live, say what they owe, and go on with what
they have taken. A process that starts meanwhile stays drained.
"""

import asyncio
from datetime import datetime

import structlog

from shared.errors import Unavailable
from shared.kafka.taking import Taking
from shared.logs import error_fields
from shared.mongo import Database, adapting

LOOK_SECONDS = 1.0
_ID = "drain"


class Drain:
    """The wish, and following it."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._wishes = database.get_collection("operators")
        self._log = structlog.get_logger()

    async def since(self) -> datetime | None:
        """Give since when the service is to be drained; None when it is to take. Raises `Unavailable`."""
        async with adapting():
            found = await self._wishes.find_one({"_id": _ID})
        return found["at"] if found else None

    async def ask(self, now: datetime) -> None:
        """Have the service drained; the first wish's instant stands. Raises `Unavailable`."""
        async with adapting():
            await self._wishes.update_one({"_id": _ID}, {"$setOnInsert": {"at": now}}, upsert=True)

    async def end(self) -> bool:
        """Have it take again; give whether it was to be drained. Raises `Unavailable`."""
        async with adapting():
            return bool((await self._wishes.delete_one({"_id": _ID})).deleted_count)

    async def follow(self, taking: Taking) -> None:
        """Do as wished, for ever. While the store does not say, all goes on as it is."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                wished = await self.since() is not None
                if wished and not taking.held:
                    self._log.info("draining")
                    await taking.hold()
                    self._log.info("drained")
                elif not wished and taking.held:
                    await taking.resume()
                    self._log.info("taking-again")
            except Unavailable:
                continue
            except Exception as error:  # the broker is away: a half-started consumer was stopped again
                self._log.warning("not-taking-yet", **error_fields(error))
