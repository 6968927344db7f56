"""What intake keeps of lotteries: one document for each, put together from two events in any order."""

from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne

from services.intake.answers import DrawAnswer
from services.intake.store import PATIENCE
from shared.events import SelectionAnnounced, SelectionEvent, SelectionRequested
from shared.mongo import Database, Document, adapting, within


class Draws:
    """Lotteries by run."""

    def __init__(self, database: Database) -> None:
        """Take intake's own database."""
        self._draws = database.get_collection("draws")

    async def prepare(self) -> None:
        """Make the index of a programme's list."""
        async with adapting():
            await self._draws.create_index("programme_id")

    async def record(self, events: Sequence[SelectionEvent]) -> None:
        """Take these in; the same again changes nothing. A run that draws nothing leaves nothing."""
        known = [(event.run_id, fields) for event in events if (fields := _fields(event))]
        writes = [UpdateOne({"_id": run_id}, {"$set": fields}, upsert=True) for run_id, fields in known]
        if writes:
            async with adapting():
                await self._draws.bulk_write(writes, ordered=False)

    async def of(self, programme_id: str) -> list[DrawAnswer]:
        """Give all of a programme's that were committed to, in that order. Raises `Unavailable`, soon."""
        with within(PATIENCE):
            async with adapting():
                found = await self._draws.find({"programme_id": programme_id}).to_list(None)
        committed = sorted(
            (one for one in found if "commitment" in one), key=lambda one: (one["committed_at"], one["_id"])
        )
        blank: dict[str, Any] = {"drawn_at": None, "seed": None, "public_value": None}
        return [
            DrawAnswer(
                number=number, run_id=one["_id"], **{**blank, **{name: one[name] for name in one if name != "_id"}}
            )
            for number, one in enumerate(committed, 1)
        ]


def _fields(event: SelectionEvent) -> dict[str, Any]:
    if isinstance(event, SelectionAnnounced):
        plain = event.model_dump(mode="json", include={"rule_version", "as_of", "commitment", "announced"})
        return {**plain, "programme_id": event.programme_id, "committed_at": event.at}
    if isinstance(event, SelectionRequested) and event.seed:
        drawn = {"drawn_at": event.at, "seed": event.seed, "public_value": event.public_value}
        return {**drawn, "programme_id": event.programme_id}
    return {}


def _answer(number: int, document: Document) -> DrawAnswer:
    blank: dict[str, Any] = {"drawn_at": None, "seed": None, "public_value": None}
    return DrawAnswer.model_validate({**blank, **document, "number": number, "run_id": document["_id"]})
