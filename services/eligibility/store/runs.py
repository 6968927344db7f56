"""Selection runs, in MongoDB: what was asked, who works on it, what came of it, and the rows in portions."""

import secrets
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from pymongo import UpdateOne

from services.eligibility.selection.digest import Result, erased
from shared.events import RunClass, SelectionRequested
from shared.mongo import Database, Document, adapting

LEASE = timedelta(seconds=20)
"""How long a run waits for a process that was killed over it."""
_WRITTEN_AT_ONCE = 40


class Lease(NamedTuple):
    """A run that one process works on, for a while."""

    request: SelectionRequested
    token: str
    tries: int
    """How often it failed before."""
    result: Result | None
    """None while there is none; then its rows are all there, and what is left is to say them."""
    completed_at: datetime | None
    rows_of: str
    """The lease under which the rows were written that count."""

    @property
    def run_id(self) -> str:
        """The run."""
        return self.request.run_id


class Runs:
    """One document per run, with a `leased_until` as long as something is left to do; and one per portion of rows.

    Rows are written under the lease of whoever writes them, and count once a result names it: the first result wins.
    """

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._runs = database.get_collection("runs")
        self._rows = database.get_collection("run_rows")

    async def prepare(self) -> None:
        """Make the indexes that finding unfinished runs and clearing up after lost leases need."""
        async with adapting():
            await self._runs.create_index("leased_until", sparse=True)
            await self._rows.create_index("run_id")

    async def request(self, events: Sequence[SelectionRequested], now: datetime) -> None:
        """Write down what was asked; a run asked for again stays as it is."""
        writes = [
            UpdateOne(
                {"_id": event.run_id},
                {"$setOnInsert": {"request": event.model_dump(mode="json"), "leased_until": now, "result": None}},
                upsert=True,
            )
            for event in events
        ]
        async with adapting():
            await self._runs.bulk_write(writes, ordered=False)

    async def unfinished(self, now: datetime) -> list[str]:
        """Give the runs of which something is left to do, and on which nobody works."""
        async with adapting():
            found = await self._runs.find({"leased_until": {"$lte": now}}, {"_id": 1}).limit(100).to_list(None)
        return [document["_id"] for document in found]

    async def lease(self, run_id: str, now: datetime) -> Lease | None:
        """Take a run to work on it; None when somebody else has it, or nothing is left to do."""
        token = secrets.token_hex(8)
        free = {"_id": run_id, "leased_until": {"$lte": now}}
        if not await self._change(free, {"$set": {"leased_until": now + LEASE, "lease": token}}):
            return None
        async with adapting():
            found = await self._runs.find_one({"_id": run_id})
        return _lease(found, token) if found and found.get("lease") == token else None

    async def renew(self, lease: Lease, until: datetime) -> bool:
        """Keep a run, or, with an instant not ahead, give it back; False when the lease was lost."""
        return await self._change(_mine(lease), {"$set": {"leased_until": until}})

    async def give_back(self, lease: Lease, now: datetime) -> None:
        """Note that working on it failed, and let whoever is first try again."""
        await self._change(_mine(lease), {"$set": {"leased_until": now}, "$inc": {"tries": 1}})

    async def write(self, run_id: str, token: str, portions: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Write portions of rows, by number, under a lease."""
        documents = (
            {"_id": _portion_id(run_id, token, number), "run_id": run_id, "lease": token, "rows": lines}
            for number, lines in portions
        )
        async with adapting():
            while some := list(islice(documents, _WRITTEN_AT_ONCE)):
                await self._rows.insert_many(some, ordered=False)

    async def complete(self, lease: Lease, result: Result, now: datetime) -> Lease:
        """Record what came of a run, unless it is known already; give the lease with what then stands.

        Rows of lost leases go, and so does what is said of submissions that went while it ran.
        """
        fields = {"result": asdict(result), "rows_of": lease.token, "completed_at": now}
        await self._change({"_id": lease.run_id, "result": None}, {"$set": fields})
        async with adapting():
            document = await self._runs.find_one({"_id": lease.run_id}) or {}
            await self._rows.delete_many({"run_id": lease.run_id, "lease": {"$ne": document["rows_of"]}})
        await self._erase(document, document.get("gone", {}))
        return _lease(document, lease.token)

    async def rows(self, lease: Lease, number: int) -> list[str]:
        """Give a portion of the rows that count, as lines."""
        return await self.portion(lease.run_id, lease.rows_of, number)

    async def portion(self, run_id: str, token: str, number: int) -> list[str]:
        """Give a portion of the rows written under a lease, as lines; none where there is none."""
        async with adapting():
            found = await self._rows.find_one({"_id": _portion_id(run_id, token, number)})
        return list(found["rows"]) if found else []

    async def finish(self, lease: Lease) -> None:
        """Close a run of which nothing is left to do."""
        await self._change(_mine(lease), {"$unset": {"leased_until": "", "lease": "", "gone": ""}})

    async def erase(self, gone: Mapping[str, RunClass]) -> None:
        """Forget what runs say of submissions that are gone, but for how each went (its class, by submission).

        A run that has no result yet is told: it may have read them before they went.
        """
        if not gone:
            return
        async with adapting():
            told = {f"gone.{name}": outcome for name, outcome in gone.items()}
            await self._runs.update_many({"result": None}, {"$set": told})
            done = await self._runs.find({"result": {"$ne": None}}, {"result": 1, "rows_of": 1}).to_list(None)
        for document in done:
            await self._erase(document, gone)

    async def _erase(self, document: Document, gone: Mapping[str, RunClass]) -> None:
        """Put each line by its place, which never changes: of two who do it at once, both do the same."""
        firsts = document["result"]["firsts"]
        for name, outcome in gone.items():
            number = bisect_right(firsts, name) - 1
            if number < 0:
                continue
            place = {"_id": _portion_id(document["_id"], document["rows_of"], number)}
            async with adapting():
                found = await self._rows.find_one(place) or {"rows": []}
                at = next((at for at, text in enumerate(found["rows"]) if text.startswith(f"{name}|")), None)
                if at is not None:
                    left = erased(found["rows"][at], outcome)
                    await self._rows.update_one(place, {"$set": {f"rows.{at}": left}})

    async def _change(self, chosen: Document, update: Document) -> bool:
        async with adapting():
            return (await self._runs.update_one(chosen, update)).matched_count == 1


def _mine(lease: Lease) -> Document:
    return {"_id": lease.run_id, "lease": lease.token}


def _portion_id(run_id: str, token: str, number: int) -> str:
    return f"{run_id}|{token}|{number}"


def _lease(document: Document, token: str) -> Lease:
    result = document.get("result")
    return Lease(
        request=SelectionRequested.model_validate(document["request"]),
        token=token,
        tries=document.get("tries", 0),
        result=Result(**{**result, "firsts": tuple(result["firsts"])}) if result else None,
        completed_at=document.get("completed_at"),
        rows_of=document.get("rows_of", ""),
    )
