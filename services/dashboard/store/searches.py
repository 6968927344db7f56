"""What each official keeps at hand: saved searches, and when they were last at a programme's queue.

Names that were searched for are never kept: a saved search holds only what an address may show.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.dashboard.store.hashing import hashed
from shared.mongo import Database, adapting

MOST = 20
"""Saved searches of one official."""
AWAY = timedelta(minutes=30)
"""Whoever comes again after so long has been away."""
_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class SavedSearch:
    """A search under a name of one's own."""

    search_id: str
    name: str
    query: str
    """As an address of the queue carries it."""


class Searches:
    """Saved searches by official."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._searches = database.get_collection("searches")

    async def prepare(self) -> None:
        """Make the index by official."""
        async with adapting():
            await self._searches.create_index("official")

    async def save(self, official: str, name: str, query: str, now: datetime) -> bool:
        """Save a search, over one of the same name; False where there are too many."""
        key = hashed(f"{official}|{name}")
        fields = {"official": official, "name": name, "query": query, "at": now}
        async with adapting():
            if (await self._searches.update_one({"_id": key}, {"$set": fields})).matched_count:
                return True
            if await self._searches.count_documents({"official": official}) >= MOST:
                return False
            await self._searches.update_one({"_id": key}, {"$set": fields}, upsert=True)
        return True

    async def of(self, official: str) -> list[SavedSearch]:
        """Give an official's, by name."""
        async with adapting():
            found = await self._searches.find({"official": official}).limit(MOST).to_list(None)
        return sorted((SavedSearch(one["_id"], one["name"], one["query"]) for one in found), key=lambda one: one.name)

    async def drop(self, official: str, search_id: str) -> None:
        """Forget one of one's own."""
        async with adapting():
            await self._searches.delete_one({"_id": search_id, "official": official})


class Stays:
    """When an official was last at a programme's queue, so that what is new since can be told."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._stays = database.get_collection("stays")

    async def prepare(self) -> None:
        """Let the store forget those who have long not been here."""
        async with adapting():
            await self._stays.create_index("seen", expireAfterSeconds=int(_KEPT.total_seconds()))

    async def come(self, official: str, programme_id: str, now: datetime) -> datetime | None:
        """Note that an official is here; give when they were before this stay, None where they never were.

        A stay ends with half an hour's absence, so that a page drawn again, or a second browser, changes nothing.
        """
        key = hashed(f"{official}|{programme_id}")
        async with adapting():
            found = await self._stays.find_one({"_id": key})
            if found is None:
                await self._stays.update_one({"_id": key}, {"$setOnInsert": {"seen": now}}, upsert=True)
                return None
            if now - found["seen"] >= AWAY:
                same = {"_id": key, "seen": found["seen"]}
                await self._stays.update_one(same, {"$set": {"before": found["seen"], "seen": now}})
                return found["seen"]  # type: ignore[no-any-return]
            if now - found["seen"] >= timedelta(minutes=1):
                await self._stays.update_one({"_id": key, "seen": found["seen"]}, {"$set": {"seen": now}})
        before: datetime | None = found.get("before")
        return before

    async def all_seen(self, official: str, programme_id: str, until: datetime, now: datetime) -> None:
        """Let nothing that had come until then be new any more; what was seen stays seen."""
        key = hashed(f"{official}|{programme_id}")
        async with adapting():
            await self._stays.update_one({"_id": key}, {"$max": {"before": until}, "$set": {"seen": now}}, upsert=True)
