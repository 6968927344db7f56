"""Which questions there are, folded from their events; the text stays with `shared.questions`."""

from collections.abc import Sequence

from pymongo import UpdateOne

from shared.events import QuestionAnswered, QuestionRaised
from shared.mongo import Database, adapting


class QuestionList:
    """Questions by programme. Every write only ever raises what is known, so order and repeats do not matter."""

    def __init__(self, database: Database, generation: str = "") -> None:
        """Take the desk's own database, and which generation of the list is meant."""
        self._questions = database.get_collection(f"questions{generation}")

    async def prepare(self) -> None:
        """Make the index of the list."""
        async with adapting():
            await self._questions.create_index([("programme_id", 1), ("changed_at", -1)])

    async def fold(self, events: Sequence[QuestionRaised | QuestionAnswered]) -> None:
        """Take in that questions were raised and answered."""
        writes = [
            UpdateOne(
                {"_id": event.question_id},
                {"$set": {"programme_id": event.programme_id}, "$max": {"changed_at": event.at, "revision": 0}}
                if isinstance(event, QuestionRaised)
                else {"$max": {"changed_at": event.at, "revision": event.revision}},
                upsert=True,
            )
            for event in events
        ]
        if writes:
            async with adapting():
                await self._questions.bulk_write(writes, ordered=False)

    async def latest(self, programme_id: str, *, answered: bool, limit: int) -> list[str]:
        """Give the ids of those ever answered, or never, the latest change first."""
        chosen = {"programme_id": programme_id, "revision": {"$gt": 0} if answered else 0}
        async with adapting():
            found = await self._questions.find(chosen, {"_id": 1}).sort("changed_at", -1).limit(limit).to_list(None)
        return [document["_id"] for document in found]
