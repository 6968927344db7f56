"""Selection runs: their lottery's seed committed to, asked for, and what they counted."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from services.dashboard.people import Person
from services.dashboard.selection import Result, Run
from shared.events import SelectionAnnounced, SelectionCompleted, SelectionRequested
from shared.mongo import Database, Document, adapting
from shared.outbox import OwedEvents, owing

_SEED_BYTES = 32


class Runs:
    """Runs by id. No seed leaves here before it is disclosed, which is in the same write as asking for the run."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._runs = database.get_collection("runs")
        self.owed = OwedEvents(self._runs)

    async def prepare(self) -> None:
        """Make the indexes of the list and of the outbox's sweep."""
        await self.owed.prepare()
        async with adapting():
            await self._runs.create_index([("programme_id", 1), ("made_at", -1)])

    async def announce(self, run: Run, *, lottery: bool) -> SelectionAnnounced | None:
        """Write a run down that nobody has asked for yet, with a fresh seed for a lottery; once, if repeated.

        Give the event now owed, that its commitment is published; None where there is none, or it was owed before.
        """
        seed = secrets.token_hex(_SEED_BYTES) if lottery else None
        commitment = hashlib.sha256(bytes.fromhex(seed)).hexdigest() if seed else ""
        fields = asdict(replace(run, commitment=commitment, seed=seed))
        fields["as_of"] = run.as_of.isoformat()
        event = _announced(run, commitment) if lottery else None
        owed = owing(event, run.made_at) if event else {}
        async with adapting():
            with suppress(DuplicateKeyError):  # the same form, sent again
                await self._runs.insert_one({"_id": fields.pop("run_id"), **fields, **owed})
                return event
        return None

    async def request(self, run_id: str, public_value: str, now: datetime) -> SelectionRequested | None:
        """Ask for a run, disclosing its seed; give the event now owed, None when it was asked for before."""
        async with adapting():
            found = await self._runs.find_one({"_id": run_id, "requested_at": None, "person": {"$ne": None}})
        if found is None:
            return None
        plain = {name: found[name] for name in ("programme_id", "rule_version", "as_of", "seed")}
        event = SelectionRequested.because_of(
            run_id, run_id=run_id, at=now, office=found["person"]["office"], public_value=public_value, **plain
        )
        fields = {"requested_at": now, "public_value": public_value}
        async with adapting():
            result = await self._runs.update_one(
                {"_id": run_id, "requested_at": None}, owing(event, now, {"$set": fields})
            )
        return event if result.matched_count else None

    async def complete(self, events: Sequence[SelectionCompleted]) -> None:
        """Take in what runs counted; the same again changes nothing."""
        writes = [
            UpdateOne({"_id": event.run_id}, {"$set": _completed(event), "$min": {"made_at": event.at}}, upsert=True)
            for event in events
        ]
        if writes:
            async with adapting():
                await self._runs.bulk_write(writes, ordered=False)

    async def find(self, run_id: str) -> Run | None:
        """Give a run."""
        async with adapting():
            found = await self._runs.find_one({"_id": run_id})
        return _run(found) if found else None

    async def latest(self, programme_id: str, limit: int) -> list[Run]:
        """Give a programme's runs, the newest first."""
        async with adapting():
            cursor = self._runs.find({"programme_id": programme_id}).sort("made_at", -1)
            return [_run(document) for document in await cursor.limit(limit).to_list(None)]


def _announced(run: Run, commitment: str) -> SelectionAnnounced:
    return SelectionAnnounced.because_of(
        run.run_id,
        run_id=run.run_id,
        at=run.made_at,
        programme_id=run.programme_id,
        rule_version=run.rule_version,
        as_of=run.as_of,
        commitment=commitment,
        announced=run.announced,
    )


def _completed(event: SelectionCompleted) -> Document:
    result = {name: getattr(event, name) for name in ("received", "portions", "classes", "standings", "digest")}
    plain = {"programme_id": event.programme_id, "rule_version": event.rule_version, "as_of": event.as_of.isoformat()}
    return {**plain, "result": {**result, "failed": event.failed, "at": event.at}}


def _run(document: Document) -> Run:
    plain: dict[str, Any] = {name: document[name] for name in ("programme_id", "rule_version", "made_at")}
    known = {name: document[name] for name in ("commitment", "announced", "public_value") if name in document}
    requested_at = document.get("requested_at")
    return Run(
        run_id=document["_id"],
        as_of=date.fromisoformat(document["as_of"]),
        person=Person(**document["person"]) if document.get("person") else None,
        requested_at=requested_at,
        seed=document.get("seed") if requested_at else None,
        result=Result(**document["result"]) if document.get("result") else None,
        **plain,
        **known,
    )
