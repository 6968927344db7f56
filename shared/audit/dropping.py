"""Drops strands of the access log from the store, once it is signed for that they may go.

The entries go first and the opening last: so a strand that a killed run left half dropped is still found, and the next
run drops the rest. Dropping what is gone already changes nothing.
"""

from shared.audit.chain import place_of
from shared.mongo import Database, adapting

_SOME = 1_000


async def drop(database: Database, strand: int, entries: int) -> None:
    """Delete a strand of so many entries, a bounded number at a time. Raises `Unavailable`."""
    for first in range(1, entries + 1, _SOME):
        places = {"$gte": place_of(strand, first), "$lt": place_of(strand, first + _SOME)}
        async with adapting():
            await database.get_collection("entries").delete_many({"_id": places})
    async with adapting():
        await database.get_collection("strands").delete_one({"_id": strand})
