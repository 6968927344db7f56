"""Claims, one document per submission: whoever's conditional write lands has it until it runs out."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from services.dashboard.claims import MOST, Claim
from shared.mongo import Database, Document, adapting, find_among

_TOLD = timedelta(days=1)
"""For so long whoever had it can be told that a claim has run out."""
_TURNS = 4


class Claims:
    """Claims by submission and by official."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._claims = database.get_collection("claims")

    async def prepare(self) -> None:
        """Make the index by official, and let the store forget what nobody needs to be told any more."""
        async with adapting():
            await self._claims.create_index([("official", 1), ("programme_id", 1)])
            await self._claims.create_index("until", expireAfterSeconds=int(_TOLD.total_seconds()))

    async def take(self, claim: Claim, now: datetime) -> Claim:
        """Claim, or go on claiming, what nobody else has; give the claim that now stands, perhaps another's."""
        name = claim.submission_id
        fields = {field: value for field, value in asdict(claim).items() if field != "submission_id"}
        free = {"_id": name, "$or": [{"until": {"$lte": now}}, {"official": claim.official}]}
        for _ in range(_TURNS):
            async with adapting():
                if (await self._claims.update_one(free, {"$set": fields})).matched_count:
                    return claim
                try:
                    await self._claims.insert_one({"_id": name, **fields})
                    return claim
                except DuplicateKeyError:
                    standing = (await self.of([name])).get(name)
            if standing is not None and standing.holds(now) and standing.official != claim.official:
                return standing
        return standing or claim

    async def release(self, submission_id: str, official: str) -> None:
        """Give up one's own claim; another's stays. Harmless when repeated."""
        async with adapting():
            await self._claims.delete_one({"_id": submission_id, "official": official})

    async def of(self, submission_ids: Iterable[str]) -> dict[str, Claim]:
        """Give the claims of these submissions, those that have run out too."""
        async with adapting():
            found = await find_among(self._claims, "_id", submission_ids)
        return {document["_id"]: _claim(document) for document in found}

    async def by(self, official: str, programme_id: str) -> list[Claim]:
        """Give an official's claims in a programme, those that have run out too."""
        async with adapting():
            cursor = self._claims.find({"official": official, "programme_id": programme_id})
            return [_claim(document) for document in await cursor.limit(MOST).to_list(None)]

    async def drop(self, submission_ids: Iterable[str]) -> None:
        """Forget the claims of submissions that are gone."""
        names = list(submission_ids)
        if names:
            async with adapting():
                await self._claims.delete_many({"_id": {"$in": names}})


def _claim(document: Document) -> Claim:
    fields = {name: value for name, value in document.items() if name != "_id"}
    return Claim(submission_id=document["_id"], **fields)
