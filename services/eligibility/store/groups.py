"""Which submissions stand together, in MongoDB."""

from collections.abc import Collection, Mapping, Sequence

from pymongo import DeleteOne, UpdateMany, UpdateOne

from services.eligibility.groups import Group, Member
from shared.mongo import Database, Document, adapting, find_among

_IS_THERE = {"$exists": True}
_A_SECOND = "members.1.submission_id"
"""Only groups with a second member stand in its index, which is sparse."""


class Groups:
    """One document per group, which alone says who entered in which order.

    `changes` is the number of its members and of what is `past`, so that one idempotent upsert enters and counts.
    """

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._groups = database.get_collection("groups")

    async def prepare(self) -> None:
        """Make the indexes that forgetting and selection runs need."""
        async with adapting():
            await self._groups.create_index("members.submission_id")
            await self._groups.create_index(_A_SECOND, sparse=True)
            await self._groups.create_index("past", sparse=True)

    async def enter(self, entering: Mapping[str, Sequence[Member]]) -> dict[str, Group]:
        """Enter members into groups by key; give these groups as they then stand. Harmless when repeated."""
        writes = [
            UpdateOne(
                {"_id": key},
                {"$addToSet": {"members": {"$each": [member._asdict() for member in members]}}},
                upsert=True,
            )
            for key, members in entering.items()
        ]
        if writes:
            async with adapting():
                await self._groups.bulk_write(writes, ordered=False)
        return await self.read(entering)

    async def read(self, keys: Collection[str]) -> dict[str, Group]:
        """Give groups by key; one that nobody is in any more, without members."""
        documents: dict[str, Document] = {key: {"_id": key, "members": []} for key in keys}
        async with adapting():
            documents |= {found["_id"]: found for found in await find_among(self._groups, "_id", keys)}
        return {key: _group(document) for key, document in documents.items()}

    async def eventful(self) -> dict[str, Group]:
        """Give, by key, the groups of more than one member and those that somebody has left, of all programmes.

        Every other group has one member, of whom nothing is found and whose coming is its only change.
        """
        documents: dict[str, Document] = {}
        async with adapting():
            for chosen in ({_A_SECOND: {"$gt": ""}}, {"past": {"$gt": 0}}):
                documents |= {one["_id"]: one for one in await self._groups.find(chosen).to_list(None)}
        return {key: _group(document) for key, document in documents.items()}

    async def leave(self, submission_ids: Collection[str]) -> list[Group]:
        """Count these as gone from every group they are in; give those groups as they then stand.

        Until `release` they are found again, so that a kill before the others were told loses nothing.
        """
        writes = [
            UpdateMany({"members.submission_id": name}, {"$addToSet": {"gone": name}, "$inc": {"past": 1}})
            for name in submission_ids
        ]
        if not writes:
            return []
        async with adapting():
            await self._groups.bulk_write(writes, ordered=False)
            found = await self._groups.find({"members.submission_id": {"$in": list(submission_ids)}}).to_list(None)
        return [_group(document) for document in found]

    async def release(self, left: Collection[tuple[str, str]]) -> None:
        """Delete who has left which group (key, submission), and every group in which nobody is left."""
        writes: list[DeleteOne | UpdateOne] = []
        for key, name in left:
            gone = {"_id": key, "gone": name}
            out = {"$pull": {"members": {"submission_id": name}, "gone": name}, "$inc": {"past": 1}}
            writes += [DeleteOne({**gone, "members": {"$size": 1}}), UpdateOne({**gone, "members.1": _IS_THERE}, out)]
        async with adapting():
            while True:  # of two who are released at once neither may see that it is the last
                done = await self._groups.bulk_write(writes, ordered=False)
                if not done.deleted_count + done.modified_count:
                    break


def _group(document: Document) -> Group:
    return Group(
        key=document["_id"],
        members=tuple(Member(**member) for member in document["members"]),
        gone=frozenset(document.get("gone", ())),
        changes=len(document["members"]) + document.get("past", 0),
    )
