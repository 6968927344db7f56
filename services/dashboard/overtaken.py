"""Counts what of a draft was screened again since: by its rows, or by what was written since, whichever is less.

A draft of a run may hold 180,000 rows of which three changed; in a busy hour 180,000 change beside a draft of three.
"""

from services.dashboard.batch import Batch
from services.dashboard.counting import LATE
from services.dashboard.rules import Entry, screening_key
from services.dashboard.store import Stores

_NOBODY = Entry("")


async def overtaken(stores: Stores, batch: Batch, to_do: int) -> int:
    """Count those of a draft's `to_do` open rows that would not be decided on what was seen. Raises `Unavailable`."""
    since = batch.made_at - LATE
    count = 0
    if not to_do:
        return 0
    if await stores.queue.written(batch.programme_id, since, to_do) < to_do:
        async for entries in stores.queue.since(batch.programme_id, since):
            for row in await stores.rows.open(batch.batch_id, entries):
                count += screening_key(entries[row.submission_id].standing) != row.expects
        return count
    async for rows in stores.rows.each(batch.batch_id):
        there = {row.submission_id: row.expects for row in rows if row.ending is None}
        entries = await stores.queue.load(there)
        for name, expects in there.items():
            count += screening_key(entries.get(name, _NOBODY).standing) != expects
    return count
