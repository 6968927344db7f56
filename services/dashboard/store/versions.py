"""Drafts of versions of programmes: whoever saves says which revision they saw, so none is written over unseen."""

from contextlib import suppress
from dataclasses import asdict

from pymongo.errors import DuplicateKeyError

from services.dashboard.people import Person
from services.dashboard.versions import Draft
from shared.mongo import Database, Document, adapting


class VersionDrafts:
    """Drafts by name. One that was published is let go."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._drafts = database.get_collection("version_drafts")

    async def prepare(self) -> None:
        """Make nothing: every question is at `_id`, or for all of the few there are."""

    async def begin(self, draft: Draft) -> Draft:
        """Write a draft down; give the one that stands, which is another's where somebody had begun it."""
        async with adapting():
            with suppress(DuplicateKeyError):
                await self._drafts.insert_one({"_id": draft.name, **asdict(draft)})
        return await self.find(draft.name) or draft

    async def save(self, draft: Draft) -> Draft | None:
        """Save the revision after the one that was seen: give it, or what stands where somebody else was first.

        Saved again as it stands, it stays; None where there is none any more.
        """
        fields = {name: value for name, value in asdict(draft).items() if name in ("text", "revision", "person", "at")}
        async with adapting():
            await self._drafts.update_one({"_id": draft.name, "revision": draft.revision - 1}, {"$set": fields})
        return await self.find(draft.name)

    async def find(self, name: str) -> Draft | None:
        """Give a draft."""
        async with adapting():
            found = await self._drafts.find_one({"_id": name})
        return _draft(found) if found else None

    async def all(self) -> list[Draft]:
        """Give all of them, by name."""
        async with adapting():
            return [_draft(one) for one in await self._drafts.find({}).sort("_id", 1).to_list(None)]

    async def drop(self, name: str) -> None:
        """Let a draft go."""
        async with adapting():
            await self._drafts.delete_one({"_id": name})


def _draft(document: Document) -> Draft:
    fields = {name: value for name, value in document.items() if name not in ("_id", "person")}
    return Draft(**fields, person=Person(**document["person"]))
